"""Text recogniser: pictures of lines to characters."""

from __future__ import annotations

from models import needs_torch as needs_torch
from models.recognizer.loading import load
from models.recognizer.neck import GuideConfig, MixerConfig
from models.recognizer.network import SMALL, TINY, Recognizer, RecognizerConfig, RecognizerGraph

__all__ = [
    "SMALL",
    "TINY",
    "GuideConfig",
    "MixerConfig",
    "Recognizer",
    "RecognizerConfig",
    "RecognizerGraph",
    "load",
]
