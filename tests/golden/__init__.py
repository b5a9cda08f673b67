"""Golden cases: what every port of the runtime must reproduce."""
