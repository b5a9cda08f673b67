"""Fits the confidences of every rung on labelled receipts that the rung has not seen."""
