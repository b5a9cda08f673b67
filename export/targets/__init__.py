"""One module per format: ``lower`` takes a finished Net and gives the bytes of its file."""
