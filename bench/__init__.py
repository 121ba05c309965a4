"""Measurements: one module per path, each with its aims; `python -m bench` runs them all."""
