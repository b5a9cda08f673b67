"""Text recogniser: pictures of lines to characters."""

from __future__ import annotations

from models import needs_torch as needs_torch
from models.recognizer.loading import load
from models.recognizer.network import TINY, Recognizer, RecognizerConfig, RecognizerGraph

__all__ = ["TINY", "Recognizer", "RecognizerConfig", "RecognizerGraph", "load"]
