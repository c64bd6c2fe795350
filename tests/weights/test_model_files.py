"""Model files that are damaged, too old, too large, or lead elsewhere."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from spicegen.errors import NetworkError
from spicegen.weights import hdf5, keras_file, onnx_file, read_keras, read_onnx

FIXTURES = Path(__file__).parent.parent / "network" / "fixtures"
KERAS, LEGACY = FIXTURES / "keras_both_ways_last.keras", FIXTURES / "keras_functional.h5"
ONNX = FIXTURES / "torchscript_lstm8.onnx"


def test_keras_weights_come_in_their_own_order() -> None:
    weights = read_keras(KERAS).weights
    shapes = [array.shape for array in weights["bidirectional"]]
    assert shapes == [(3, 20), (5, 20), (20,)] * 2


@pytest.mark.parametrize("path", [KERAS, LEGACY, ONNX], ids=lambda path: path.suffix)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_truncated_files_are_refused(tmp_path: Path, path: Path, share: float) -> None:
    content = path.read_bytes()
    cut = tmp_path / f"cut{path.suffix}"
    cut.write_bytes(content[: int(share * len(content))])
    read = read_onnx if path is ONNX else read_keras
    with pytest.raises(NetworkError):
        read(cut)


@pytest.mark.parametrize("path", [KERAS, LEGACY, ONNX], ids=lambda path: path.suffix)
def test_damaged_files_never_raise_anything_else(tmp_path: Path, path: Path) -> None:
    content = path.read_bytes()
    read = read_onnx if path is ONNX else read_keras
    generator = np.random.default_rng(0)
    damaged = tmp_path / f"damaged{path.suffix}"
    for _ in range(25):
        changed = bytearray(content)
        for position in generator.integers(0, len(content), 8):
            changed[position] = generator.integers(0, 256)
        damaged.write_bytes(changed)
        try:
            read(damaged)
        except NetworkError:
            continue


def test_an_archive_must_hold_a_model(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "[]")
    with pytest.raises(NetworkError, match=r"m\.keras: not a readable \.keras archive.*config"):
        read_keras(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(NetworkError, match=r"m\.keras: its description must be a table"):
        read_keras(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "[" * 100_000)
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(NetworkError, match=r"its description is not readable JSON"):
        read_keras(path)


def test_members_have_a_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_file, "_MAX_TEXT", 100)
    with pytest.raises(NetworkError, match=r"config\.json: must have at most 100 bytes"):
        read_keras(KERAS)


def test_weights_without_a_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file["dense/kernel"] = np.zeros((2, 2))
    with pytest.raises(NetworkError, match="must hold a whole Keras model, got weights only; save"):
        read_keras(path)


def test_links_out_of_a_file_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.zeros(3)
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["outside"] = h5py.ExternalLink("other.h5", "secret")
        with pytest.raises(NetworkError, match="m, 'outside': links to other places are not foll"):
            hdf5.datasets(file, "m")
    with h5py.File(tmp_path / "n.h5", "w") as file:
        file.create_group("a")
        file["a/again"] = file["a"]
        with pytest.raises(NetworkError, match="'again': links to other places are not followed"):
            hdf5.datasets(file, "n")
    layout = h5py.VirtualLayout((3,), "f8")
    layout[:] = h5py.VirtualSource(tmp_path / "other.h5", "secret", (3,))
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_virtual_dataset("elsewhere", layout)
        with pytest.raises(NetworkError, match="v, 'elsewhere': the array must be inside the file"):
            hdf5.datasets(file, "v")


def test_arrays_have_a_size_limit(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.create_dataset("vast", (2**30,), "f8", chunks=(2**20,), compression="gzip")
        with pytest.raises(
            NetworkError, match="m, 'vast': an array must have at most 1073741824 b"
        ):
            hdf5.datasets(file, "m")


def test_arrays_beside_an_onnx_file_are_read(tmp_path: Path) -> None:
    whole = read_onnx(ONNX)
    path = tmp_path / "m.onnx"
    onnx.save_model(
        onnx.load(ONNX), path, save_as_external_data=True, size_threshold=0, location="m.data"
    )
    assert path.stat().st_size < ONNX.stat().st_size
    apart = read_onnx(path)
    for name, array in whole.constants.items():
        np.testing.assert_array_equal(apart.constants[name], array)
    (tmp_path / "m.data").unlink()
    with pytest.raises(NetworkError, match=r"m\.onnx: not a readable ONNX model"):
        read_onnx(path)


def test_arrays_outside_the_folder_of_an_onnx_file_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(80))
    (tmp_path / "inner").mkdir()
    model = onnx.load(ONNX)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret")
    path = tmp_path / "inner" / "m.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(NetworkError, match=r"m\.onnx: not a readable ONNX model"):
        read_onnx(path)


def small(opset: int, domain: str = "") -> onnx.ModelProto:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node("Own" if domain else "Relu", ["x"], ["y"], domain=domain)],
        "g",
        value[:1],
        value[1:],
        [numpy_helper.from_array(np.zeros(1, np.float32), "unused")],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("mine", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_old_operators_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.onnx"
    onnx.save(small(8), path)
    with pytest.raises(NetworkError, match="the opset must be 9 or newer, got 8; export it again"):
        read_onnx(path)


def test_operators_of_others_carry_their_domain(tmp_path: Path) -> None:
    path = tmp_path / "own.onnx"
    onnx.save(small(17, "mine"), path)
    assert [node.op for node in read_onnx(path).nodes] == ["mine.Own"]


def test_an_onnx_file_has_a_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "MAX_BYTES", 100)
    with pytest.raises(NetworkError, match=r"torchscript_lstm8\.onnx: must have at most 100 bytes"):
        read_onnx(ONNX)


@pytest.mark.parametrize(
    ("path", "module", "extra"), [(ONNX, "onnx", "onnx"), (KERAS, "h5py", "keras")]
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: Path, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    copied = shutil.copy(path, tmp_path)
    message = rf"needs the package {module}, .*pip install 'spicegen\[{extra}\]'"
    with pytest.raises(NetworkError, match=message):
        (read_onnx if module == "onnx" else read_keras)(Path(copied))
