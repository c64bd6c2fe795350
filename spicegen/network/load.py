"""From a network file to a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from spicegen.errors import NetworkError
from spicegen.network.build import build_network
from spicegen.network.description import NetworkDescription, read_description
from spicegen.network.layer import Array
from spicegen.network.network import Network
from spicegen.weights import canonical_names, load_arrays

_FILE = "network.toml"
_KINDS = f"a network is a {_FILE} or a folder holding one, .onnx, .keras, .h5 or .safetensors"
_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")
_ARRAYS = (".npz", ".npy", ".csv")
_PICKLE_REMEDY = (
    "such files hold Python objects and are never loaded; "
    f"save the state_dict as .safetensors and describe it in a {_FILE}"
)
_ARRAYS_REMEDY = f"this file holds arrays only; name it in a {_FILE} and load that"
_REMEDIES = dict.fromkeys(_PICKLES, _PICKLE_REMEDY) | dict.fromkeys(_ARRAYS, _ARRAYS_REMEDY)


def load_network(path: str | Path) -> Network:
    """The network of a file, in float64 and with gates in the canonical order.

    Args:
        path: one of
            - `network.toml`, or a folder that holds one; its `arrays` are found relative to it;
            - `.safetensors` with a `network.toml` beside it that names it;
            - `.onnx` (needs the extra `onnx`);
            - `.keras` or `.h5` as Keras 3 writes them (needs the extra `keras`).
    Raises:
        NetworkError: missing, of another kind, not a valid description, arrays that are
            missing, unknown, of the wrong shape or not finite, or something in a model that
            has no counterpart here.
    """
    file = Path(path)
    if file.is_dir():
        file = file / _FILE
    if not file.exists():
        raise NetworkError(str(file), "no such network file", remedy="check the path")
    suffix = file.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        remedy = _REMEDIES.get(suffix, f"write a {_FILE} that names the arrays")
        raise NetworkError(str(file), _KINDS, f"'{file.suffix}'", remedy)
    return build_network(*reader(file))


def _read_toml(file: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    description = read_description(file)
    arrays = load_arrays(description.arrays)
    return description, canonical_names(arrays, str(description.arrays))


def _read_safetensors(file: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    beside = file.with_name(_FILE)
    remedy = f"a .safetensors file holds arrays only: describe the layers in a {_FILE} beside it"
    if not beside.exists():
        raise NetworkError(str(file), f"there is no {_FILE} beside it", remedy=remedy)
    if read_description(beside).arrays.resolve() != file.resolve():
        raise NetworkError(str(beside), f"its arrays must be '{file.name}'", remedy=remedy)
    return _read_toml(beside)


def _read_onnx(file: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    from spicegen.network.importers import import_onnx  # most runs need no importer

    return import_onnx(file)


def _read_keras(file: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    from spicegen.network.importers import import_keras

    return import_keras(file)


_READERS: dict[str, Callable[[Path], tuple[NetworkDescription, dict[str, Array]]]] = {
    ".toml": _read_toml,
    ".safetensors": _read_safetensors,
    ".onnx": _read_onnx,
    ".keras": _read_keras,
    ".h5": _read_keras,
    ".hdf5": _read_keras,
}
