"""Measured cells as PyTorch modules: ideal curves must give PyTorch's own layers."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.cells import DataSheet
from spicegen.errors import InputError

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from spicegen.torch import CellGate, CellLSTM, CellSigmoid, CellTanh  # noqa: E402

SCALE, V_UNIT, SWING, GAIN = 0.07, 0.072, 0.3, 6e-6
X = np.linspace(-0.95, 0.95, 3801)


def made_up(cell: str, values: dict[str, float], curves: dict[str, dict]) -> DataSheet:
    return DataSheet(cell, "gf180mcu", "typical", 27.0, 3.3, None, values, curves)


def activation(cell: str, shape, scale: float, amplitude: float, output: float) -> DataSheet:
    offset = 1e-3
    y = amplitude * shape((X - offset) / scale) + output
    values = {
        "v_scale_volts": scale,
        "v_offset_volts": offset,
        "v_amplitude_volts": amplitude,
        "v_output_offset_volts": output,
    }
    return made_up(cell, values, {"transfer": {"x_volts": X, "y_volts": y}})


def logistic(x):
    return 1 / (1 + np.exp(-x))


TANH = activation("tanh", np.tanh, SCALE, 0.073, -2e-4)
# nothing takes an offset of the gate off: the multiplier sees it
GATE = activation("sigmoid_gate", logistic, 0.04, -SWING, 0.0)


def product() -> DataSheet:
    x, y = np.linspace(-0.45, 0.45, 61), np.linspace(-0.36, 0.02, 39)
    curve = {"x_volts": x, "y_volts": y, "i_ampere": -GAIN * np.outer(x, y)}
    values = {"gain_ampere_per_square_volt": GAIN, "i_offset_ampere": 0.0}
    return made_up("multiplier", values, {"product": curve})


def test_ideal_curves_are_the_ideal_functions() -> None:
    x = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    assert (CellTanh(TANH)(x) - torch.tanh(x)).abs().max() < 1e-7
    assert (CellSigmoid(GATE)(x) - torch.sigmoid(x)).abs().max() < 1e-7


def test_gradients_are_those_of_the_curve() -> None:
    x = torch.linspace(-4, 4, 101, dtype=torch.float64, requires_grad=True)
    CellTanh(TANH)(x).sum().backward()
    assert (x.grad - (1 - torch.tanh(x) ** 2)).abs().max() < 1e-4
    gate = CellGate(GATE, product(), V_UNIT)
    pair = [torch.tensor([0.3, -1.7], dtype=torch.float64, requires_grad=True) for _ in range(2)]
    assert torch.autograd.gradcheck(gate, pair, eps=1e-7, atol=1e-5)


def test_the_curve_goes_through_what_was_measured() -> None:
    rough = np.random.default_rng(0).normal(size=X.size)
    sheet = made_up("tanh", dict(TANH.values), {"transfer": {"x_volts": X, "y_volts": rough}})
    values = TANH.values
    x = torch.tensor((X - values["v_offset_volts"]) / values["v_scale_volts"])
    answers = CellTanh(sheet).volts(x).numpy()
    np.testing.assert_allclose(answers, rough, atol=1e-9)
    beyond = CellTanh(sheet).volts(torch.tensor([-99.0, 99.0], dtype=torch.float64)).numpy()
    np.testing.assert_allclose(beyond, rough[[0, -1]], atol=1e-9)


def test_an_lstm_of_ideal_cells_is_pytorchs() -> None:
    """One state dictionary, one answer, one gradient."""
    torch.manual_seed(1)
    reference = torch.nn.LSTM(3, 4, batch_first=True).double()
    cells = CellLSTM(3, 4, CellTanh(TANH), CellGate(GATE, product(), V_UNIT)).double()
    cells.load_state_dict(reference.state_dict(), strict=False)
    x = torch.randn(5, 7, 3, dtype=torch.float64)
    expected, (h, c) = reference(x)
    answers, (h_cells, c_cells) = cells(x)
    assert (answers - expected).abs().max() < 1e-4
    assert (h_cells - h[0]).abs().max() < 1e-4 and (c_cells - c[0]).abs().max() < 1e-4
    expected.square().sum().backward()
    answers.square().sum().backward()
    for name, parameter in reference.named_parameters():
        found = dict(cells.named_parameters())[name].grad
        assert (found - parameter.grad).abs().max() < 1e-3


def test_another_calibration_stretches_the_input() -> None:
    """A hot cell in a circuit made for a cold one: the scale of tanh is off by their ratio."""
    hot = activation("tanh", np.tanh, 1.2 * SCALE, 0.073, -2e-4)
    x = torch.linspace(-3, 3, 61, dtype=torch.float64)
    offset = TANH.values["v_offset_volts"]
    expected = torch.tanh((x * SCALE + offset - offset) / (1.2 * SCALE))
    assert (CellTanh(hot, calibration=TANH)(x) - expected).abs().max() < 1e-6


def test_sheets_of_other_cells_are_refused() -> None:
    with pytest.raises(InputError, match="CellTanh: takes the data sheet of tanh, got"):
        CellTanh(GATE)
    with pytest.raises(InputError, match=r"CellSigmoid: takes .* sigmoid or sigmoid_gate, got"):
        CellGate(TANH, product(), V_UNIT)
    with pytest.raises(InputError, match="CellGate: takes the data sheet of multiplier, got tanh"):
        CellGate(GATE, TANH, V_UNIT)
