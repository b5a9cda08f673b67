"""The weights of the extraction rules: fitted on labelled receipts, written into the constants of the bundle."""
