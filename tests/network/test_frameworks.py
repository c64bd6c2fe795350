"""Models of PyTorch, Keras, ONNX Runtime and tf2onnx against what those frameworks compute.

`scripts/make_framework_fixtures.py` has made the models and stored inputs and outputs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spicegen.network import Lstm, Network, load_network

FIXTURES = Path(__file__).parent / "fixtures"
FLOAT64 = 1e-12
FLOAT32 = 1e-6
"""ONNX Runtime and tf2onnx compute these in float32."""

MODELS = sorted(
    path
    for path in FIXTURES.iterdir()
    if path.suffix in (".onnx", ".keras", ".h5", "") and not path.name.startswith("refused")
)


def outputs_of(network: Network, x: np.ndarray) -> np.ndarray:
    trace = network.forward(x)
    if not network.classifies:
        return trace.outputs
    # Frameworks give the probabilities; the trace has them beside the logits.
    return trace.layers[network.layers[-1].name]["probability"].reshape(trace.outputs.shape)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_reference_agrees(path: Path) -> None:
    with np.load(path.parent / f"{path.stem}.npz") as stored:
        x, expected = stored["inputs"], stored["outputs"]
    network = load_network(path)
    if path.stem.startswith("onnx_") or "time_major" in path.stem:  # (step, sample, feature)
        x, expected = x.swapaxes(0, 1), expected.swapaxes(0, 1)
    if not network.recurrent:  # a model may flatten its inputs first
        x = x.reshape(len(x), -1)
    tolerance = FLOAT32 if path.stem.startswith(("onnx_", "tf2onnx_")) else FLOAT64
    np.testing.assert_allclose(outputs_of(network, x), expected, rtol=0, atol=tolerance)


def test_there_are_models_of_every_family() -> None:
    families = {path.stem.partition("_")[0] for path in MODELS}
    assert families == {"torchscript", "dynamo", "state", "keras", "onnx", "tf2onnx"}
    assert len(MODELS) >= 45


def test_gates_of_eight_units_are_not_those_of_four() -> None:
    """An export that took column i x gates + j instead of i x units + j was right for 4 only."""
    network = load_network(FIXTURES / "keras_lstm8.keras")
    memory = network.layers[0]
    assert isinstance(memory, Lstm)
    assert memory.output_size == 8
    with np.load(FIXTURES / "keras_lstm8.npz") as stored:
        x, expected = stored["inputs"], stored["outputs"]
    assert x.shape[1] == 200
    np.testing.assert_allclose(network.forward(x).outputs, expected, rtol=0, atol=FLOAT64)

    def mixed(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(8, 4, *rows.shape[1:]).swapaxes(0, 1).reshape(rows.shape)

    wrong = Lstm(memory.name, mixed(memory.weight_ih), mixed(memory.weight_hh), mixed(memory.bias))
    faulty = Network("faulty", 3, (wrong, *network.layers[1:]))
    assert np.abs(faulty.forward(x).outputs - expected).max() > 0.1


def test_an_exported_and_a_described_model_are_the_same_network() -> None:
    exported = load_network(FIXTURES / "torchscript_lstm_both_ways.onnx")
    described = load_network(FIXTURES / "state_dict_lstm_both_ways")
    dynamo = load_network(FIXTURES / "dynamo_lstm_both_ways.onnx")
    x = np.random.default_rng(0).standard_normal((2, 30, 3))
    for other in (described, dynamo):
        np.testing.assert_array_equal(other.forward(x).outputs, exported.forward(x).outputs)


def test_both_keras_formats_hold_the_same_network() -> None:
    one = load_network(FIXTURES / "keras_functional.keras")
    other = load_network(FIXTURES / "keras_functional.h5")
    assert [layer.name for layer in one.layers] == [layer.name for layer in other.layers]
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    np.testing.assert_array_equal(one.forward(x).outputs, other.forward(x).outputs)
