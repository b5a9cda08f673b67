"""Extraction network: words and their places to the fields of a receipt."""

from __future__ import annotations

from models import needs_torch as needs_torch
from models.extractor import needs_transformers as needs_transformers
from models.extractor.loading import CHECKPOINT, load
from models.extractor.network import ExtractorConfig, ExtractorModel

__all__ = ["CHECKPOINT", "ExtractorConfig", "ExtractorModel", "load"]
