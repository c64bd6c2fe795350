"""network.toml: what is accepted, and the message for everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from spicegen.errors import NetworkError
from spicegen.network.dense import DenseDescription
from spicegen.network.description import read_description
from spicegen.network.lstm import LstmDescription


def test_everything_is_read(write_network: Callable[..., Path]) -> None:
    path = write_network()
    description = read_description(path)
    assert (description.name, description.inputs) == ("small", 3)
    assert description.arrays == path.parent / "weights.npz"
    first, memory = description.layers
    assert isinstance(first, DenseDescription)
    assert (first.name, first.units, first.activation) == ("first", 2, "relu")
    assert isinstance(memory, LstmDescription)
    assert (memory.units, memory.variant, memory.returns) == (4, "np", "sequence")
    assert memory.bidirectional is False


def test_defaults_may_be_written_out(write_network: Callable[..., Path]) -> None:
    path = write_network(
        "units = 4", 'units = 4\nvariant = "np"\nreturns = "last"\nbidirectional = false'
    )
    memory = read_description(path).layers[1]
    assert isinstance(memory, LstmDescription)
    assert memory.returns == "last"


@pytest.mark.parametrize("name", ["ä b", "x.y", "1 $R{", "R1 0 1 1k"])
def test_any_text_is_a_layer_name(write_network: Callable[..., Path], name: str) -> None:
    assert read_description(write_network('"first"', f'"{name}"')).layers[0].name == name


WRONG = [
    # what stands in DESCRIPTION, what takes its place, the message
    ('name = "small"\n', "", "network.toml, key 'name': this key is required"),
    ("inputs = 3", "input = 3", "network.toml, key 'input': unknown key; did you mean inputs?"),
    ("inputs = 3", 'inputs = "3"', "key 'inputs': input should be a valid integer, got '3'"),
    ("inputs = 3", "inputs = 3.0", "key 'inputs': input should be a valid integer, got 3.0"),
    ("inputs = 3", "inputs = true", "key 'inputs': input should be a valid integer, got True"),
    ("inputs = 3", "inputs = 0", "key 'inputs': input should be greater than 0, got 0"),
    ('name = "small"', 'name = ""', "key 'name': string should have at least 1 character, got ''"),
    ("units = 2", "unit = 2", "network.toml, layer 'first', key 'unit': unknown key; did you mean"),
    ("units = 2", "units = -2", "layer 'first', key 'units': input should be greater than 0"),
    ("units = 2\n", "", "layer 'first', key 'units': this key is required; add it"),
    ('name = "first"\n', "", "layer number 1, key 'name': this key is required"),
    (
        'kind = "lstm"',
        'kind = "conv"',
        "layer 'memory', key 'kind': must be one of dense, rnn, lstm, gru, got 'conv'",
    ),
    ('kind = "lstm"', 'kind = "ltsm"', "got 'ltsm'; did you mean lstm?"),
    ('kind = "lstm"', "kind = 7", "key 'kind': must be one of dense, rnn, lstm, gru, got 7"),
    (
        'kind = "lstm"\n',
        "",
        "layer 'memory', key 'kind': must be one of dense, rnn, lstm, gru, got none",
    ),
    (
        '"relu"',
        '"elu"',
        "layer 'first', key 'activation': must be 'linear', 'relu', 'sigmoid', 'tanh' or "
        "'softmax', got 'elu'; others are not supported",
    ),
    (
        "units = 4",
        'units = 4\nvariant = "peephole"',
        "layer 'memory', key 'variant': must be 'np', 'vanilla', 'nig', 'nfg', 'nog', 'niaf', "
        "'noaf', 'cifg' or 'fgr', got 'peephole'",
    ),
    (
        "units = 4",
        'units = 4\nreturns = "first"',
        "key 'returns': must be 'sequence' or 'last', got 'first'",
    ),
    (
        "units = 4",
        "units = 4\nbidirectional = true\nreverse = true",
        "layer 'memory': bidirectional and reverse exclude each other",
    ),
    (
        "units = 4",
        'units = 4\nactivation = "tanh"',
        "layer 'memory', key 'activation': unknown key",
    ),
    ('"memory"', '"first"', "network.toml: layer names must be unique, got 'first' twice"),
    ("[[layer]]", "[[layers]]", "key 'layers': unknown key; did you mean layer?"),
    ("inputs = 3", "inputs = = 3", "network.toml: not a TOML file, got Invalid value (at line 2"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG)
def test_what_is_wrong_is_said(
    write_network: Callable[..., Path], old: str, new: str, message: str
) -> None:
    with pytest.raises(NetworkError, match=re.escape(message)):
        read_description(write_network(old, new))


def test_layers_are_needed(tmp_path: Path) -> None:
    file = tmp_path / "network.toml"
    file.write_text('name = "n"\ninputs = 1\narrays = "w.npz"\n')
    with pytest.raises(NetworkError, match="key 'layer': this key is required"):
        read_description(file)
    file.write_text('name = "n"\ninputs = 1\narrays = "w.npz"\nlayer = []\n')
    with pytest.raises(NetworkError, match="key 'layer': list should have at least 1 item"):
        read_description(file)
    file.write_text('name = "n"\ninputs = 1\narrays = "w.npz"\nlayer = ["dense"]\n')
    with pytest.raises(NetworkError, match="key 'layer': input should be a valid dictionary"):
        read_description(file)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "network.toml"
    file.write_bytes(b'name = "\xff"\n')
    with pytest.raises(NetworkError, match=r"network\.toml: not a TOML file, got 'utf-8'"):
        read_description(file)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"the file cannot be read, got No such file"):
        read_description(tmp_path / "network.toml")
