"""Recurrent layers of every kind from network.toml and its arrays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from spicegen.errors import NetworkError
from spicegen.network import Bidirectional, Gru, Lstm, Network, Reversed, Rnn, load_network

FIXTURES = Path(__file__).parent / "fixtures"
BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}


def arrays_of(kind: str, suffixes: tuple[str, ...] = ("",), **more: tuple[int, ...]) -> Any:
    """Random arrays of a layer `m` with 4 units and 3 inputs."""
    generator, rows = np.random.default_rng(7), BLOCKS[kind] * 4
    shapes = {"weight_ih": (rows, 3), "weight_hh": (rows, 4), "bias_ih": (rows,)}
    shapes |= {"bias_hh": (rows,)} | more
    return {
        f"m.{name}{suffix}": generator.standard_normal(shape)
        for suffix in suffixes
        for name, shape in shapes.items()
    }


def network(folder: Path, kind: str, arrays: dict[str, np.ndarray], keys: str = "") -> Network:
    text = f'name = "n"\ninputs = 3\narrays = "w.npz"\n[[layer]]\nname = "m"\nkind = "{kind}"\n'
    (folder / "network.toml").write_text(f"{text}units = 4\n{keys}\n")
    np.savez(folder / "w.npz", **arrays)
    return load_network(folder)


def test_rnn(tmp_path: Path) -> None:
    arrays = arrays_of("rnn")
    (layer,) = network(tmp_path, "rnn", arrays, 'activation = "relu"').layers
    assert isinstance(layer, Rnn)
    assert layer.activation == "relu"
    np.testing.assert_array_equal(layer.bias, arrays["m.bias_ih"] + arrays["m.bias_hh"])


def test_gru_keeps_the_inner_bias_apart(tmp_path: Path) -> None:
    arrays = arrays_of("gru")
    b_ih, b_hh = arrays["m.bias_ih"], arrays["m.bias_hh"]
    (layer,) = network(tmp_path, "gru", arrays).layers
    assert isinstance(layer, Gru)
    assert layer.reset_after
    np.testing.assert_array_equal(layer.bias[:8], (b_ih + b_hh)[:8])
    np.testing.assert_array_equal(layer.bias[8:], b_ih[8:])
    np.testing.assert_array_equal(layer.bias_hn, b_hh[8:])
    (layer,) = network(tmp_path, "gru", arrays, "reset_after = false").layers
    assert isinstance(layer, Gru)
    np.testing.assert_array_equal(layer.bias, b_ih + b_hh)
    assert not layer.bias_hn.any()


def test_lstm_variants(tmp_path: Path) -> None:
    peepholes = {f"peephole_{gate}": (4,) for gate in "ifo"}
    arrays = arrays_of("lstm", **peepholes, gates_hh=(12, 12))
    (layer,) = network(tmp_path, "lstm", arrays, 'variant = "fgr"').layers
    assert isinstance(layer, Lstm)
    assert layer.variant == "fgr"
    np.testing.assert_array_equal(layer.peepholes["o"], arrays["m.peephole_o"])
    assert layer.gates_hh is not None
    np.testing.assert_array_equal(layer.gates_hh, arrays["m.gates_hh"])
    del arrays["m.gates_hh"], arrays["m.peephole_f"]
    (layer,) = network(tmp_path, "lstm", arrays, 'variant = "vanilla"').layers
    assert isinstance(layer, Lstm)
    assert list(layer.peepholes) == ["i", "o"]


@pytest.mark.parametrize("kind", BLOCKS)
def test_bidirectional(tmp_path: Path, kind: str) -> None:
    arrays = arrays_of(kind, ("", "_reverse"))
    whole = network(tmp_path, kind, arrays, 'bidirectional = true\nreturns = "last"')
    (layer,) = whole.layers
    assert isinstance(layer, Bidirectional)
    assert (layer.output_size, layer.returns) == (8, "last")
    for direction, suffix in ((layer.forward_layer, ""), (layer.backward_layer, "_reverse")):
        weight = direction.weight_hh  # type: ignore[attr-defined]
        np.testing.assert_array_equal(weight, arrays[f"m.weight_hh{suffix}"])


def test_reverse(tmp_path: Path) -> None:
    (layer,) = network(tmp_path, "rnn", arrays_of("rnn"), "reverse = true").layers
    assert isinstance(layer, Reversed)


@pytest.mark.parametrize(
    ("kind", "keys", "change", "message"),
    [
        ("lstm", 'variant = "fgr"', {}, r"array 'gates_hh' of shape \(12, 12\) is missing; add"),
        ("lstm", "", {"m.peephole_i": np.zeros(4)}, "every array must belong to a layer"),
        ("lstm", 'variant = "nig"', {"m.peephole_i": np.zeros(4)}, "every array must belong to"),
        ("rnn", "bidirectional = true", {}, r"'weight_ih_reverse' of shape \(4, 3\) is missing"),
        ("gru", "", {"m.bias_hh": np.zeros(4)}, r"'bias_hh': the shape must be \(12,\)"),
        ("gru", "", {"m.weight_ih_l0": np.zeros((12, 3))}, "two arrays stand for the same one"),
        ("gru", "", {"m_l1.weight_ih": np.zeros((12, 3))}, "got 'm_l1.weight_ih'; did you mean"),
        ("lstm", 'activation = "tanh"', {}, "layer 'm', key 'activation': unknown key"),
        ("gru", 'reset_after = "yes"', {}, "key 'reset_after': input should be a valid boolean"),
    ],
)
def test_what_does_not_fit_is_said(
    tmp_path: Path, kind: str, keys: str, change: dict[str, np.ndarray], message: str
) -> None:
    with pytest.raises(NetworkError, match=message):
        network(tmp_path, kind, arrays_of(kind) | change, keys)


def test_a_safetensors_file_is_described_beside_it(tmp_path: Path) -> None:
    folder = shutil.copytree(FIXTURES / "state_dict_lstm8", tmp_path / "model")
    by_file = load_network(folder / "weights.safetensors")
    by_folder = load_network(folder)
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    np.testing.assert_array_equal(by_file.forward(x).outputs, by_folder.forward(x).outputs)
    save_file({"a": np.zeros(1)}, folder / "other.safetensors")
    with pytest.raises(NetworkError, match=r"network\.toml: its arrays must be 'other\.safetensor"):
        load_network(folder / "other.safetensors")
    (folder / "network.toml").unlink()
    with pytest.raises(NetworkError, match=r"there is no network\.toml beside it; a \.safetensors"):
        load_network(folder / "weights.safetensors")


@pytest.mark.parametrize(
    ("suffix", "remedy"),
    [
        (".pth", "such files hold Python objects and are never loaded"),
        (".pkl", "save the state_dict as .safetensors"),
        (".npz", "this file holds arrays only; name it in a network.toml"),
        (".tflite", "write a network.toml that names the arrays"),
    ],
)
def test_files_of_unknown_convention_are_refused(tmp_path: Path, suffix: str, remedy: str) -> None:
    file = tmp_path / f"model{suffix}"
    file.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(NetworkError, match=rf"a network is a .*got '\{suffix}'; .*{remedy}"):
        load_network(file)
