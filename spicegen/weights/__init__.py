"""Weight files become named float64 arrays in one canonical order; nothing here builds layers."""

from spicegen.weights.gate_order import from_keras, from_onnx
from spicegen.weights.keras_file import KerasModel, read_keras
from spicegen.weights.load import load_arrays
from spicegen.weights.onnx_file import OnnxGraph, OnnxNode, read_onnx
from spicegen.weights.pytorch_names import canonical_names

__all__ = [
    "KerasModel",
    "OnnxGraph",
    "OnnxNode",
    "canonical_names",
    "from_keras",
    "from_onnx",
    "load_arrays",
    "read_keras",
    "read_onnx",
]
