"""Measuring this machine: what ``edgekit bench`` does. ``schema.json`` says what it writes."""
