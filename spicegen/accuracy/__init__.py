"""Analog outputs against the reference."""

from spicegen.accuracy.compare import Accuracy, OutputAccuracy, compare, error_pct, full_scale

__all__ = ["Accuracy", "OutputAccuracy", "compare", "error_pct", "full_scale"]
