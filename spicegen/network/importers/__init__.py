"""Models of other frameworks become the same description and arrays as a network.toml."""

from spicegen.network.importers.keras import import_keras
from spicegen.network.importers.onnx_graph import import_onnx

__all__ = ["import_keras", "import_onnx"]
