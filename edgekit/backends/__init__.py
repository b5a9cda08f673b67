"""One adapter per inference engine; each is the only module that imports its engine."""
