"""Fitting what is small enough to fit anywhere: weights and confidences of the extractor. numpy only."""
