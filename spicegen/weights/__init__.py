"""Weight files become named float64 arrays; nothing here knows what the names mean."""

from spicegen.weights.load import load_arrays

__all__ = ["load_arrays"]
