"""Imported first by the packages that define networks, so that without torch they say what to install."""

from __future__ import annotations

import importlib.util

from edgekit.errors import BackendError

if importlib.util.find_spec("torch") is None:
    raise BackendError("torch is not installed: pip install edgekit[train,export]")
