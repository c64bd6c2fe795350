"""Weight files of every kind: what is read, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from spicegen.errors import NetworkError
from spicegen.weights import load_arrays

ARRAYS = {"a.weight": np.array([[1.5, -2.25], [0.1, 4.0]]), "a.bias": np.array([3.0, -0.5])}


def test_npz_gives_the_arrays_in_float64(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{name: a.astype(np.float32) for name, a in ARRAYS.items()})
    loaded = load_arrays(tmp_path / "w.npz")
    assert sorted(loaded) == ["a.bias", "a.weight"]
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == np.float64
        np.testing.assert_array_equal(loaded[name], array.astype(np.float32))


def test_safetensors_gives_the_arrays_in_float64(tmp_path: Path) -> None:
    save_file(ARRAYS, tmp_path / "w.safetensors")
    loaded = load_arrays(tmp_path / "w.safetensors")
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == np.float64
        np.testing.assert_array_equal(loaded[name], array)


@pytest.mark.parametrize("kind", ["float16", "float32", "int8", "uint16", "int64"])
def test_both_archives_take_every_plain_number(tmp_path: Path, kind: str) -> None:
    array = np.array([[1, 2], [3, 4]], dtype=kind)
    np.savez(tmp_path / "w.npz", x=array)
    save_file({"x": array}, tmp_path / "w.safetensors")
    for file in ("w.npz", "w.safetensors"):
        np.testing.assert_array_equal(load_arrays(tmp_path / file)["x"], [[1.0, 2.0], [3.0, 4.0]])


def test_safetensors_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    # By hand: 1.0 = 0x3f80, -2.5 = 0xc020.
    header = b'{"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    content = len(header).to_bytes(8, "little") + header + bytes([0x80, 0x3F, 0x20, 0xC0])
    (tmp_path / "w.safetensors").write_bytes(content)
    np.testing.assert_array_equal(load_arrays(tmp_path / "w.safetensors")["x"], [1.0, -2.5])


def test_a_suffix_in_capitals_is_the_same_kind(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", x=np.ones(2))
    (tmp_path / "w.npz").rename(tmp_path / "W.NPZ")
    np.testing.assert_array_equal(load_arrays(tmp_path / "W.NPZ")["x"], [1.0, 1.0])


def test_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"gone\.npz: no such file or folder of arrays; check"):
        load_arrays(tmp_path / "gone.npz")


def test_other_kinds_are_refused_with_the_accepted_ones(tmp_path: Path) -> None:
    (tmp_path / "w.pkl").write_bytes(b"")
    with pytest.raises(
        NetworkError, match=r"arrays come from \.npz, \.safetensors or a folder .*got '\.pkl'"
    ):
        load_arrays(tmp_path / "w.pkl")


@pytest.mark.parametrize("name", ["w.npz", "w.safetensors"])
@pytest.mark.parametrize("cut", [0, 10, 60])
def test_truncated_archives_are_refused(tmp_path: Path, name: str, cut: int) -> None:
    np.savez(tmp_path / "w.npz", **ARRAYS)
    save_file(ARRAYS, tmp_path / "w.safetensors")
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(NetworkError, match=r"w\..*: not a readable (numpy|safetensors) file"):
        load_arrays(file)


@pytest.mark.parametrize("name", ["w.npz", "w.safetensors"])
def test_damaged_archives_never_raise_anything_else(tmp_path: Path, name: str) -> None:
    np.savez_compressed(tmp_path / "w.npz", x=np.arange(40.0).reshape(8, 5))
    save_file({"x": np.arange(40.0).reshape(8, 5)}, tmp_path / "w.safetensors")
    content = (tmp_path / name).read_bytes()
    generator = np.random.default_rng(5)
    for _ in range(300):
        damaged = bytearray(content)
        for place in generator.integers(0, len(content), 3):
            damaged[place] = generator.integers(0, 256)
        (tmp_path / name).write_bytes(damaged)
        try:
            load_arrays(tmp_path / name)
        except NetworkError as error:
            assert name in str(error)


def test_object_arrays_are_never_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(NetworkError, match=r"w\.npz: not a readable numpy file.*without object"):
        load_arrays(tmp_path / "w.npz")


def test_a_bare_array_is_not_an_archive(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.ones(2))
    (tmp_path / "w.npy").rename(tmp_path / "w.npz")
    with pytest.raises(NetworkError, match="got one array without a name"):
        load_arrays(tmp_path / "w.npz")


def test_other_members_of_an_archive_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(NetworkError, match=r"array 'notes\.txt': every member .* \.npy array"):
        load_arrays(tmp_path / "w.npz")


@pytest.mark.parametrize("entries", [np.array(["a"]), np.array([1j]), np.array([True])])
def test_entries_must_be_real_numbers(tmp_path: Path, entries: np.ndarray) -> None:
    np.savez(tmp_path / "w.npz", x=entries)
    with pytest.raises(
        NetworkError, match=rf"array 'x': entries must be real.*got type {entries.dtype}"
    ):
        load_arrays(tmp_path / "w.npz")


def test_other_safetensors_types_are_refused_by_name(tmp_path: Path) -> None:
    save_file({"x": np.array([True])}, tmp_path / "w.safetensors")
    with pytest.raises(NetworkError, match=r"array 'x': the number type must be .*F64.*got BOOL"):
        load_arrays(tmp_path / "w.safetensors")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_entries_must_be_finite_and_the_index_is_said(tmp_path: Path, bad: float) -> None:
    array = np.ones((3, 4))
    array[2, 1] = bad
    np.savez(tmp_path / "w.npz", **{"a.weight": array})
    save_file({"a.weight": array}, tmp_path / "w.safetensors")
    np.savetxt(tmp_path / "a.weight.csv", array, delimiter=",")
    for file, where in (
        ("w.npz", r"w\.npz, array 'a\.weight'"),
        ("w.safetensors", r"w\.safetensors, array 'a\.weight'"),
        ("", r"a\.weight\.csv"),
    ):
        with pytest.raises(
            NetworkError, match=rf"{where}: every entry must be finite, got {bad} at index \(2, 1\)"
        ):
            load_arrays(tmp_path / file)
