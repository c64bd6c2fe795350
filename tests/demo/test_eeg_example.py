"""The packaged EEG network: the published numbers in the right places, and its README."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest

from spicegen.demo import edf
from spicegen.demo.eeg_signal import eeg_like
from spicegen.network import Dense, Lstm, Network, load_network
from spicegen.paths import packaged

EXAMPLE = packaged("examples") / "eeg_lstm"
TABLES = Path(__file__).parents[2].parent / "shared" / "data" / "eeg_lstm"


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network(EXAMPLE)


def lstm_of(network: Network) -> Lstm:
    layer = network.layers[1]
    assert isinstance(layer, Lstm)
    return layer


def dense_of(network: Network, index: int) -> Dense:
    layer = network.layers[index]
    assert isinstance(layer, Dense)
    return layer


def test_sizes(network: Network) -> None:
    assert (network.name, network.input_size, network.output_size) == ("eeg_lstm", 23, 23)
    assert [layer.name for layer in network.layers] == ["in", "lstm", "out"]
    assert [layer.output_size for layer in network.layers] == [5, 5, 23]
    assert (dense_of(network, 0).activation, dense_of(network, 2).activation) == ("relu", "linear")


def test_the_largest_published_weights_sit_at_their_gates(network: Network) -> None:
    weight_ih = lstm_of(network).weight_ih
    assert weight_ih[5 + 2, 2] == -133.79  # W_xf, row 2, column 2
    assert weight_ih[2, 1] == 104.57  # W_xi, row 2, column 1
    assert weight_ih[15 + 2, 0] == 71.72  # W_xo, row 2, column 0
    assert lstm_of(network).weight_hh[15, 4] == -25.47  # W_ho, row 0, column 4
    assert np.abs(weight_ih).max() == 133.79


def test_dense_layers_have_the_published_orientation(network: Network) -> None:
    first, last = dense_of(network, 0), dense_of(network, 2)
    np.testing.assert_array_equal(first.weight[:, 0], [0.25, -0.47, 0.33, -0.03, -0.05])
    np.testing.assert_array_equal(last.weight[0], [3.88, 2.65, 0.02, 4.63, -2.67])
    assert not any(bias.any() for bias in (first.bias, lstm_of(network).bias, last.bias))


def test_arrays_equal_the_published_tables(network: Network) -> None:
    if not TABLES.is_dir():
        pytest.skip("the published tables are not beside this checkout")
    tables = {file.stem: np.loadtxt(file, delimiter=",") for file in TABLES.glob("*.csv")}
    lstm = lstm_of(network)
    np.testing.assert_array_equal(dense_of(network, 0).weight, tables["W_in"].T)
    np.testing.assert_array_equal(dense_of(network, 2).weight, tables["W_out"])
    for gate in "ifgo":
        rows = lstm.gate_rows(gate)
        np.testing.assert_array_equal(lstm.weight_ih[rows], tables[f"W_x{gate}"])
        np.testing.assert_array_equal(lstm.weight_hh[rows], tables[f"W_h{gate}"])


@pytest.mark.parametrize("seed", range(4))
def test_the_network_predicts_the_next_sample(network: Network, seed: int) -> None:
    """Trained on real EEG for one-step prediction: a misplaced block of weights would show."""
    signal = eeg_like(2000, seed)
    predicted = network.forward(signal).outputs
    correlation = np.corrcoef(predicted[50:-1].ravel(), signal[51:].ravel())[0, 1]
    assert correlation > 0.8


def test_a_thousand_steps_are_no_matter_of_seconds(network: Network) -> None:
    signal = eeg_like(1000, seed=0)
    times = []
    for _ in range(5):
        start = time.process_time()
        network.forward(signal)
        times.append(time.process_time() - start)
    assert min(times) < 0.5  # 15 ms on an idle machine


def test_the_readme_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    signal = eeg_like(1000, seed=3)
    monkeypatch.chdir(EXAMPLE.parents[1])
    names: dict[str, object] = {}
    exec(blocks[0], names)  # noqa: S102 - our own README
    assert np.shape(names["outputs"]) == (1000, 23)
    # No recording is shipped: the reader itself is tested in test_eeg_edf.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(edf, "read_edf", lambda path, steps: signal[:steps])
    exec(blocks[1], names)  # noqa: S102
    np.testing.assert_array_equal(np.load(tmp_path / "inputs.npy"), signal)
