"""Measured cells as PyTorch modules, to train networks with the curves that they will run on.

    import spicegen as sg

    design = sg.load_design(None, ["fidelity=transistor"])
    tanh = sg.torch.CellTanh(sg.cells.characterise("tanh", design))

A module takes and gives network units: what calibration folds into the circuit, scale and offset
of a cell's input, amplitude and offset of its output, is folded here as well. What is left, the
cell's own shape, is in the answers and in the gradients.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.cells import DataSheet
from spicegen.errors import InputError

try:
    import torch
    from torch import Tensor, nn
except ModuleNotFoundError as error:
    rule = "PyTorch must be installed for cells as modules"
    raise InputError("spicegen.torch", rule, None, "pip install torch") from error

__all__ = ["CellGate", "CellLSTM", "CellSigmoid", "CellTanh"]

FloatArray = NDArray[np.float64]
USED_UNITS = 3.0
"""Largest input of multipliers, network units: that of an LSTM's cell state."""
FOLDED = ("v_scale_volts", "v_offset_volts", "v_amplitude_volts", "v_output_offset_volts")


class _Curve(nn.Module):
    """A curve through equally spaced points: cubic pieces whose slopes meet (Catmull-Rom).

    Outside of its points the curve keeps its end values.
    """

    y: Tensor
    slope: Tensor

    def __init__(self, x: FloatArray, y: FloatArray) -> None:
        super().__init__()
        self.start, self.step = float(x[0]), float(x[-1] - x[0]) / (len(x) - 1)
        if not np.allclose(np.diff(x), self.step, rtol=1e-3):
            raise InputError("curve of a cell", "its inputs must be equally spaced")
        self.register_buffer("y", torch.tensor(y))
        self.register_buffer("slope", torch.tensor(np.gradient(y)))

    def forward(self, x: Tensor) -> Tensor:
        y, slope = self.y.to(x.dtype), self.slope.to(x.dtype)
        last = len(y) - 1
        place = ((x - self.start) / self.step).clamp(0, last)
        left = place.detach().floor().clamp(max=last - 1)
        index = left.long()
        t = place - left
        y0, y1, m0, m1 = y[index], y[index + 1], slope[index], slope[index + 1]
        return y0 + t * m0 + t**2 * (3 * (y1 - y0) - 2 * m0 - m1) + t**3 * (2 * (y0 - y1) + m0 + m1)


class _Surface(nn.Module):
    """A surface over an equally spaced grid, linear in either input between its lines."""

    z: Tensor

    def __init__(self, x: FloatArray, y: FloatArray, z: FloatArray) -> None:
        super().__init__()
        self.axes = tuple((float(a[0]), float(a[1] - a[0]), len(a) - 1) for a in (x, y))
        self.register_buffer("z", torch.tensor(z))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        z = self.z.to(x.dtype)
        places = []
        for value, (start, step, last) in zip((x, y), self.axes, strict=True):
            place = ((value - start) / step).clamp(0, last)
            left = place.detach().floor().clamp(max=last - 1)
            places.append((left.long(), place - left))
        (i, s), (j, t) = places
        low = z[i, j] * (1 - s) + z[i + 1, j] * s
        high = z[i, j + 1] * (1 - s) + z[i + 1, j + 1] * s
        return low * (1 - t) + high * t


class _Activation(nn.Module):
    """A measured activation cell in network units."""

    cells: tuple[str, ...]

    def __init__(self, measured: DataSheet, calibration: DataSheet | None = None) -> None:
        """
        Args:
            measured: the cell.
            calibration: the cell whose scale, offsets and amplitude the circuit was made for;
                the measured one itself by default.
        Raises:
            InputError: the data sheet of another kind of cell.
        """
        super().__init__()
        folded = calibration or measured
        for each in (measured, folded):
            if each.cell not in self.cells:
                known = " or ".join(self.cells)
                raise InputError(type(self).__name__, f"takes the data sheet of {known}", each.cell)
        curve = measured.curves["transfer"]
        self.curve = _Curve(curve["x_volts"], curve["y_volts"])
        self.scale, self.offset, self.amplitude, self.output = (
            folded.values[name] for name in FOLDED
        )

    def volts(self, x: Tensor) -> Tensor:
        """Output of the cell, V against its reference, at an input in network units."""
        answer: Tensor = self.curve(x * self.scale + self.offset)
        return answer

    def forward(self, x: Tensor) -> Tensor:
        """(...) to (...), network units."""
        return (self.volts(x) - self.output) / self.amplitude


class CellTanh(_Activation):
    """The tanh cell."""

    cells = ("tanh",)


class CellSigmoid(_Activation):
    """The sigmoid cell, or the one that drives gates of multipliers."""

    cells = ("sigmoid", "sigmoid_gate")


class CellGate(nn.Module):
    """A gated product, sigmoid(pre) * x: the sigmoid cell at a gate of the multiplier."""

    def __init__(
        self,
        sigmoid: DataSheet,
        multiplier: DataSheet,
        v_unit_volts: float,
        calibration: tuple[DataSheet, DataSheet] | None = None,
    ) -> None:
        """
        Args:
            sigmoid: of `sigmoid_gate`.
            multiplier: of `multiplier`.
            v_unit_volts: volts of 1.0 at the multiplier's input.
            calibration: the pair of cells that the circuit was made for; these by default.
        Raises:
            InputError: the data sheet of another cell.
        """
        super().__init__()
        if multiplier.cell != "multiplier":
            raise InputError("CellGate", "takes the data sheet of multiplier", multiplier.cell)
        folded = calibration or (sigmoid, multiplier)
        self.sigmoid = CellSigmoid(sigmoid, folded[0])
        product = multiplier.curves["product"]
        self.product = _Surface(product["x_volts"], product["y_volts"], product["i_ampere"])
        self.v_unit_volts = v_unit_volts
        gain = _gain(folded[1], USED_UNITS * v_unit_volts)
        self.full = gain * v_unit_volts * abs(folded[0].values["v_amplitude_volts"])

    def forward(self, pre: Tensor, x: Tensor) -> Tensor:
        """Two tensors of one shape, network units."""
        current = self.product(x * self.v_unit_volts, self.sigmoid.volts(pre))
        answer: Tensor = current / self.full
        return answer


def _gain(multiplier: DataSheet, v_used_volts: float) -> float:
    """Gain of a multiplier by least squares over the inputs in use, A/V2; nothing is added, for
    both factors are 0 where they are."""
    curve = multiplier.curves["product"]
    used = np.abs(curve["x_volts"]) <= v_used_volts
    product = -np.outer(curve["x_volts"][used], curve["y_volts"])
    return float((product * curve["i_ampere"][used]).sum() / (product**2).sum())


class CellLSTM(nn.Module):
    """A layer of LSTM units made of measured cells, with the parameters of `torch.nn.LSTM`.

    Args:
        inputs, units: sizes.
        tanh: the cell of candidate and output.
        gate: the cells of the three gates.
    """

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, inputs: int, units: int, tanh: CellTanh, gate: CellGate) -> None:
        super().__init__()
        reference = nn.LSTM(inputs, units, batch_first=True)
        for name, array in reference.named_parameters():
            self.register_parameter(name, nn.Parameter(array.detach().clone()))
        self.units, self.tanh, self.gate = units, tanh, gate

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """(sample, step, input) to all (sample, step, unit), and the last h and c."""
        h = c = x.new_zeros(x.shape[0], self.units)
        bias = self.bias_ih_l0 + self.bias_hh_l0
        answers = []
        for step in x.unbind(1):
            pre = step @ self.weight_ih_l0.T + h @ self.weight_hh_l0.T + bias
            i, f, g, o = pre.chunk(4, dim=1)
            c = self.gate(f, c) + self.gate(i, self.tanh(g))
            h = self.gate(o, self.tanh(c))
            answers.append(h)
        return torch.stack(answers, dim=1), (h, c)
