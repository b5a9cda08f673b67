"""EdgeKit on 64-bit ARM without a board: programs emulated one by one. Nothing here says how fast a processor is."""
