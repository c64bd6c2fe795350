"""Activation cells, multipliers and adders alone, against their formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bench import Bench, instance
from numpy.typing import NDArray

from spicegen.circuit.cells import activation, multipliers
from spicegen.design import design_from

Array = NDArray[np.float64]
FIDELITIES = ["ideal", "behavioural"]
COMMON = [0.0, 1.2]
IN_VOLTS, OUT_VOLTS = 0.04, 0.72
SHAPES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
}
SLOPES = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # at zero; of the ReLU above it


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_shapes(bench: Bench, fidelity: str, v_common_volts: float) -> None:
    """Every shape over the whole swing, with an offset where the fidelity has one."""
    offset = 3e-3
    table = {"fidelity": fidelity, "activation": {"v_offset_volts": offset}}
    cells = [
        activation(shape, shape, IN_VOLTS, OUT_VOLTS, design_from(table))  # type: ignore[arg-type]
        for shape in SHAPES
    ]
    lines = ["Vin in cm 0", *(instance(c.name, c, f"in {c.name}_out cm") for c in cells)]
    plot = bench.run(cells, lines, ".dc Vin -0.9 0.9 0.0225", v_common_volts=v_common_volts)
    x = plot.sweep / IN_VOLTS
    for shape, function in SHAPES.items():
        expected = OUT_VOLTS * function(x) + (offset if fidelity == "behavioural" else 0.0)
        found = plot[f"v({shape}_out)"] - v_common_volts
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_cell_has_one_pole_and_an_output_resistance(bench: Bench, shape: str) -> None:
    table = {"activation": {"bandwidth_hertz": 2e6, "r_out_ohm": 5e3}}
    cell = activation("cell", shape, IN_VOLTS, OUT_VOLTS, design_from(table))  # type: ignore[arg-type]
    bias = 0.01 if shape == "relu" else 0.0
    lines = [
        f"Vin in cm DC {bias} AC 1", instance("a", cell, "in out cm"),
        instance("b", cell, "in loaded cm"), "Rload loaded cm 5k",
    ]  # fmt: skip
    plot = bench.run([cell], lines, ".ac dec 5 1k 1g")
    f_hertz = plot.sweep.real
    gain = OUT_VOLTS / IN_VOLTS * SLOPES[shape]
    np.testing.assert_allclose(plot["v(out)"], gain / (1 + 1j * f_hertz / 2e6), rtol=1e-6)
    # half the resistance: half the gain, twice the bandwidth
    np.testing.assert_allclose(plot["v(loaded)"], gain / 2 / (1 + 1j * f_hertz / 4e6), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_ideal_cell_has_no_pole(bench: Bench, shape: str) -> None:
    table = {"fidelity": "ideal", "activation": {"bandwidth_hertz": 1.0}}
    cell = activation("cell", shape, IN_VOLTS, OUT_VOLTS, design_from(table))  # type: ignore[arg-type]
    lines = ["Vin in cm DC 0.01 AC 1", instance("a", cell, "in out cm")]
    plot = bench.run([cell], lines, ".ac lin 1 1g 1g")
    slope = {"sigmoid": 0.25 / np.cosh(0.125) ** 2, "tanh": 1 / np.cosh(0.25) ** 2, "relu": 1.0}
    expected = OUT_VOLTS / IN_VOLTS * slope[shape]
    np.testing.assert_allclose(plot["v(out)"], expected, rtol=1e-9)


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_products_in_four_quadrants(bench: Bench, fidelity: str, v_common_volts: float) -> None:
    gain_error, offset, y_ref = 0.02, 1.5e-3, 0.07
    table = {
        "fidelity": fidelity,
        "multiplier": {"gain_error": gain_error, "v_offset_volts": offset},
    }
    blocks = multipliers(design_from(table))
    points = [(x, y) for x in (-0.7, 0.3, 0.0) for y in (-0.5, 0.2, 0.6)]
    lines = [f"Vref ref cm {y_ref}"]
    for k, (x, y) in enumerate(points):
        lines += [
            f"Vx{k} x{k} cm {x}", f"Vy{k} y{k} cm {y}",
            instance(f"m{k}", "multiplier", f"x{k} y{k} ref p{k} cm", k=1.4),
            instance(f"a{k}", "adder", f"p{k} cm"),
        ]  # fmt: skip
    # two products on one adder, each with its own k
    lines += [
        instance("s1", "multiplier", "x0 y0 cm s cm", k=2.0),
        instance("s2", "multiplier", "x3 y4 ref s cm", k=-0.5),
        instance("sum", "adder", "s cm"),
        # terms with one factor: 0.5 x3 counted from cm, -2 y4 counted from ref
        instance("w1", "weigher", "x3 cm w cm", k=0.5),
        instance("w2", "weigher", "y4 ref w cm", k=-2.0),
        instance("weighed", "adder", "w cm"),
        # and an adder without any
        instance("idle", "adder", "idle cm"), "Ridle idle cm 1e12",
    ]  # fmt: skip
    found = bench.operating_point(blocks, lines, v_common_volts=v_common_volts)
    gain, at_output = (1 + gain_error, offset) if fidelity == "behavioural" else (1.0, 0.0)
    for k, (x, y) in enumerate(points):
        expected = gain * 1.4 * x * (y - y_ref) + at_output
        assert found[f"p{k}"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    (x0, y0), (x3, y4) = points[0], (points[3][0], points[4][1])
    both = gain * (2.0 * x0 * y0 - 0.5 * x3 * (y4 - y_ref)) + at_output
    assert found["s"] == pytest.approx(both, rel=1e-9)
    assert found["w"] == pytest.approx(0.5 * x3 - 2.0 * (y4 - y_ref) + at_output, rel=1e-9)
    assert found["idle"] == pytest.approx(at_output, rel=1e-6, abs=1e-12)


def test_an_adder_has_one_pole(bench: Bench) -> None:
    table = {"multiplier": {"bandwidth_hertz": 3e6, "r_out_ohm": 2e3}}
    lines = [
        "Vx x cm DC 0.2 AC 1", "Vy y cm 0.5",
        instance("m", "multiplier", "x y cm sum cm", k=1.4), instance("a", "adder", "sum cm"),
    ]  # fmt: skip
    plot = bench.run(multipliers(design_from(table)), lines, ".ac dec 5 1k 1g")
    expected = 1.4 * 0.5 / (1 + 1j * plot.sweep.real / 3e6)
    np.testing.assert_allclose(plot["v(sum)"], expected, rtol=1e-6)
