"""From weights, published or one's own, to a bundle: ``python -m export --help``.

A recipe says what a bundle is, as data (``export.recipes``). The verbs, in the order they run: ``sources`` fetches and
checks, ``tuning`` replaces weights, ``net`` reads, ``graphs`` (with ``rewrites`` and ``ports``) and ``words`` build,
``targets`` write (``catalogue`` lists them, ``lowering`` runs them), ``parity`` compares, ``gate`` and ``trials`` judge
lesser precisions by receipts that they read, ``pack`` assembles, ``report`` tells.
"""
