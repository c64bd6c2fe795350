"""Analog outputs against the reference."""

from spicegen.accuracy.budget import Budget, Runs, Share, error_budget
from spicegen.accuracy.compare import Accuracy, OutputAccuracy, compare, error_pct, full_scale

__all__ = [
    "Accuracy",
    "Budget",
    "OutputAccuracy",
    "Runs",
    "Share",
    "compare",
    "error_budget",
    "error_pct",
    "full_scale",
]
