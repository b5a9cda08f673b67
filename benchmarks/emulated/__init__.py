"""Other processors, emulated: what a graph gives on them. Nothing here says how fast they are."""
