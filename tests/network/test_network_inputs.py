"""Input files: kinds, axes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spicegen.errors import InputError
from spicegen.network import Dense, Lstm, Network, load_inputs

STATIC = Network("static", 2, (Dense("d", np.ones((1, 2)), np.zeros(1)),))
RECURRENT = Network("recurrent", 2, (Lstm("m", np.ones((4, 2)), np.ones((4, 1)), np.zeros(4)),))
TABLE = np.array([[1.0, 2.5], [-3.0, 0.125], [4.0, 5.0]])


@pytest.mark.parametrize("network", [STATIC, RECURRENT])
def test_every_kind_gives_the_same_table(tmp_path: Path, network: Network) -> None:
    np.save(tmp_path / "x.npy", TABLE)
    np.savez(tmp_path / "x.npz", inputs=TABLE, labels=np.array(["a", "b"]))
    np.savetxt(tmp_path / "x.csv", TABLE, delimiter=",")
    np.savetxt(tmp_path / "y.csv", TABLE, delimiter=",", header="left,right", comments="")
    for file in ("x.npy", "x.npz", "x.csv", "y.csv"):
        loaded = load_inputs(tmp_path / file, network)
        assert loaded.dtype == np.float64
        np.testing.assert_array_equal(loaded, TABLE)


def test_three_axes_are_kept(tmp_path: Path) -> None:
    batch = np.arange(12.0).reshape(2, 3, 2)
    np.save(tmp_path / "x.npy", batch.astype(np.float32))
    np.testing.assert_array_equal(load_inputs(str(tmp_path / "x.npy"), RECURRENT), batch)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.npy: no such input file; check the path"):
        load_inputs(tmp_path / "x.npy", STATIC)


def test_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.mat").write_bytes(b"")
    with pytest.raises(InputError, match=r"inputs come from \.npy, \.npz or \.csv, got '\.mat'"):
        load_inputs(tmp_path / "x.mat", STATIC)


def test_an_archive_needs_the_array_inputs(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=TABLE)
    with pytest.raises(InputError, match=r"x\.npz: the archive must hold an array named 'inputs'"):
        load_inputs(tmp_path / "x.npz", STATIC)


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object))
    with pytest.raises(InputError, match=r"x\.npy: not a readable numpy file of plain numbers"):
        load_inputs(tmp_path / "x.npy", STATIC)


@pytest.mark.parametrize("content", [b"", b"not numpy", b"\x93NUMPY\x01\x00\x76\x00{'descr'"])
def test_damaged_npy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.npy: not a readable numpy file"):
        load_inputs(tmp_path / "x.npy", STATIC)


def test_a_bad_cell_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n3,oops\n")
    with pytest.raises(InputError, match=r"x\.csv, row 3, column 2: .*got 'oops'"):
        load_inputs(tmp_path / "x.csv", STATIC)


def test_the_file_is_named_where_the_network_disagrees(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((4, 3)))
    with pytest.raises(InputError, match=r"x\.npy: network 'static' takes 2 features.*\(4, 3\)"):
        load_inputs(tmp_path / "x.npy", STATIC)
    np.save(tmp_path / "x.npy", np.ones((4, 3, 2)))
    with pytest.raises(InputError, match=r"x\.npy: the axes must be \(sample, feature\)"):
        load_inputs(tmp_path / "x.npy", STATIC)
    np.save(tmp_path / "x.npy", np.ones((0, 2)))
    with pytest.raises(InputError, match=r"x\.npy: there must be at least one sample and step"):
        load_inputs(tmp_path / "x.npy", RECURRENT)
    np.save(tmp_path / "x.npy", np.array([[1.0, 2.0], [np.inf, 0.0]]))
    with pytest.raises(InputError, match=r"x\.npy: every entry .*got inf at index \(1, 0\)"):
        load_inputs(tmp_path / "x.npy", RECURRENT)
