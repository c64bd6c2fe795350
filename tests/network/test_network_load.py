"""From files to a network: arrays find their layers, or the message says why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from spicegen.errors import NetworkError
from spicegen.network import Dense, Lstm, Network, load_network

Write = Callable[..., Path]


def assert_same(one: Network, other: Network) -> None:
    x = np.random.default_rng(0).standard_normal((5, one.input_size))
    np.testing.assert_array_equal(one.forward(x).outputs, other.forward(x).outputs)


def test_arrays_reach_their_layers(write_network: Write) -> None:
    path = write_network()
    with np.load(path.parent / "weights.npz") as arrays:
        stored = dict(arrays)
    network = load_network(path)
    first, memory = network.layers
    assert (network.name, network.input_size) == ("small", 3)
    assert isinstance(first, Dense)
    assert isinstance(memory, Lstm)
    np.testing.assert_array_equal(first.weight, stored["first.weight"])
    np.testing.assert_array_equal(first.bias, stored["first.bias"])
    np.testing.assert_array_equal(memory.weight_ih, stored["memory.weight_ih"])
    np.testing.assert_array_equal(memory.weight_hh, stored["memory.weight_hh"])
    total = stored["memory.bias_ih"] + stored["memory.bias_hh"]
    np.testing.assert_array_equal(memory.bias, total)


def test_absent_biases_are_zero(write_network: Write) -> None:
    first, memory = load_network(
        write_network(first__bias=None, memory__bias_ih=None, memory__bias_hh=None)
    ).layers
    assert isinstance(first, Dense)
    assert isinstance(memory, Lstm)
    assert not first.bias.any()
    assert not memory.bias.any()


def test_returns_last_reaches_the_layer(write_network: Write) -> None:
    memory = load_network(write_network("units = 4", 'units = 4\nreturns = "last"')).layers[1]
    assert not memory.keeps_steps


def test_a_folder_stands_for_its_network_toml(write_network: Write) -> None:
    path = write_network()
    assert_same(load_network(str(path.parent)), load_network(path))


def test_all_formats_give_the_same_network(write_network: Write, tmp_path: Path) -> None:
    path = write_network()
    reference = load_network(path)
    with np.load(tmp_path / "weights.npz") as archive:
        arrays = dict(archive)
    save_file(arrays, tmp_path / "weights.safetensors")
    (tmp_path / "tables").mkdir()
    for name, array in arrays.items():
        np.savetxt(tmp_path / "tables" / f"{name}.csv", array, delimiter=",", fmt="%.17g")
    for kind in ("weights.safetensors", "tables"):
        path.write_text(path.read_text().replace('"weights.npz"', f'"{kind}"'))
        assert_same(load_network(path), reference)
        path.write_text(path.read_text().replace(f'"{kind}"', '"weights.npz"'))


@pytest.mark.parametrize("text", ["0.5,-0.25\n", "0.5\n-0.25\n"])
def test_a_csv_vector_is_a_row_or_a_column(tmp_path: Path, text: str) -> None:
    (tmp_path / "network.toml").write_text(
        'name = "n"\ninputs = 1\narrays = "."\n[[layer]]\nname = "d"\nkind = "dense"\nunits = 2\n'
    )
    (tmp_path / "d.weight.csv").write_text("1\n2\n")
    (tmp_path / "d.bias.csv").write_text(text)
    np.testing.assert_array_equal(
        load_network(tmp_path).forward(np.array([[1.0]])).outputs, [[1.5, 1.75]]
    )


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"gone\.toml: no such network file; check the path"):
        load_network(tmp_path / "gone.toml")
    with pytest.raises(NetworkError, match=r"network\.toml: no such network file"):
        load_network(tmp_path)


def test_other_kinds_of_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(b"")
    with pytest.raises(
        NetworkError,
        match=r"net\.pt: a network is a network\.toml or a folder .*got '\.pt'; such files hold",
    ):
        load_network(tmp_path / "net.pt")


def test_missing_arrays_file_is_refused(write_network: Write) -> None:
    path = write_network("weights.npz", "other.npz")
    with pytest.raises(NetworkError, match=r"other\.npz: no such file or folder of arrays"):
        load_network(path)


WRONG = [
    (
        {"first__weight": None},
        "layer 'first': array 'weight' of shape (2, 3) is missing; add 'first.weight'",
    ),
    ({"memory__weight_hh": None}, "layer 'memory': array 'weight_hh' of shape (16, 4) is missing"),
    (
        {"first__weight": np.ones((2, 4))},
        "layer 'first', array 'weight': the shape must be (2, 3), "
        "as the network has 3 inputs and units = 2, got (2, 4)",
    ),
    (
        {"memory__weight_ih": np.ones((16, 3))},
        "layer 'memory', array 'weight_ih': the shape must be (16, 2), "
        "as layer 'first' gives 2 values and units = 4, got (16, 3)",
    ),
    ({"memory__bias_hh": np.ones(4)}, "array 'bias_hh': the shape must be (16,)"),
    ({"first__weight": np.ones((3, 2))}, "the shape must be (2, 3)"),
    (
        {"first__wieght": np.ones(1)},
        "weights.npz: every array must belong to a layer as <layer>.<array>, "
        "got 'first.wieght'; did you mean first.weight?",
    ),
    ({"memory__bias": np.ones(16)}, "got 'memory.bias'; did you mean memory.bias_"),
    (
        {"memory__weight_ih": np.full((16, 2), np.inf)},
        "array 'memory.weight_ih': every entry must be finite, got inf at index (0, 0)",
    ),
]


@pytest.mark.parametrize(("arrays", "message"), WRONG)
def test_what_is_wrong_is_said(
    write_network: Write, arrays: dict[str, np.ndarray | None], message: str
) -> None:
    with pytest.raises(NetworkError, match=re.escape(message)):
        load_network(write_network(**arrays))
