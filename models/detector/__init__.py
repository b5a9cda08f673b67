"""Text detector: a picture to a map of where text is."""

from __future__ import annotations

from models import needs_torch as needs_torch
from models.detector.loading import load
from models.detector.network import TINY, Detector, DetectorConfig, DetectorGraph

__all__ = ["TINY", "Detector", "DetectorConfig", "DetectorGraph", "load"]
