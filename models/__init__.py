"""Torch definitions of the networks in the default bundle: the source graphs' weights go in, every export comes out.

Both networks are written in their deploy form: PaddleOCR trains each depthwise convolution as several parallel branches
with batch normalisation and adds them up into one before it publishes a graph. The sums cannot be taken apart again, so
the definitions have one convolution each, with a bias. They can be trained on from there.
"""

from __future__ import annotations

import importlib.util

from edgekit.errors import BackendError

if importlib.util.find_spec("torch") is None:
    raise BackendError("torch is not installed: pip install edgekit[train,export]")
