"""The data-driven model: what was measured comes back, pulse by pulse."""

from pathlib import Path

import numpy as np
import pytest

from spicegen.devices import load_model, model_names
from spicegen.devices.integrate import hold
from spicegen.devices.pulse_table import change_per_pulse, monotone, read_pulse_table
from spicegen.errors import InputError
from spicegen.paths import packaged

CSV = packaged("models") / "measured_table" / "lsmo_gaq3.csv"


def test_the_packaged_measurement_is_reproduced() -> None:
    """Within 3 % of the span on average over 50 pulses (the scatter of the data is as large)."""
    model, preset = load_model("measured_table")
    measured = np.loadtxt(CSV, skiprows=1)
    x = np.zeros(1)
    conductances = [float(model.conductance(x, 0.1)[0])]
    for _ in range(len(measured) - 1):
        x = hold(model, preset.use.v_set_volts, preset.use.t_pulse_s, x)
        conductances.append(float(model.conductance(x, 0.1)[0]))
    errors = np.abs(np.array(conductances) - monotone(measured)) / model.g_span_siemens  # type: ignore[attr-defined]
    assert errors.mean() < 0.03
    assert errors.max() < 0.1


def test_shift_and_gain_per_device() -> None:
    """G = K [(G_exp(m) - G_exp(0)) + shift]."""
    shift, gain = np.array([1e-7, 2e-7]), np.array([1.0, 3.0])
    model, _ = load_model("measured_table", None, {"shift_siemens": shift, "gain": gain})
    np.testing.assert_allclose(model.conductance(np.zeros(2), 0.1), shift * gain)
    span = model.conductance(np.ones(2), 0.1) - shift * gain
    np.testing.assert_allclose(span, gain * 7.1e-8, rtol=0.05)


def test_monotone_pools_neighbours() -> None:
    np.testing.assert_allclose(monotone(np.array([1.0, 3.0, 2.0, 4.0])), [1.0, 2.5, 2.5, 4.0])


def test_a_straight_curve_changes_equally() -> None:
    np.testing.assert_allclose(change_per_pulse(np.linspace(0.0, 1.0, 41)), 1.0 / 40.0, rtol=1e-6)


def test_potentiation_and_depression(tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    rows = [f"{1e-6 * (1 + k)},{1e-6 * (10 - k)}" for k in range(10)]
    table.write_text("\n".join(["potentiation,depression", *rows]) + "\n")
    values = read_pulse_table(table)
    np.testing.assert_allclose(np.asarray(values["up"]), 1.0 / 9.0, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(values["down"]), 1.0 / 9.0, rtol=1e-6)
    assert values["g_span_siemens"] == pytest.approx(9e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("g\n1\n2\n", "at least 5 rows"),
        ("g\n1\nx\n3\n4\n5\n", "rows of one or two numbers"),
        ("g\n5\n4\n3\n2\n1\n", "must rise with the pulse number"),
        ("g\n1\n2\n-3\n4\n5\n", "finite and positive"),
        ("g\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n", "at least 5 rows of one or two"),
    ],
)
def test_broken_tables(text: str, message: str, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=message):
        read_pulse_table(table)
    with pytest.raises(InputError, match="must be readable"):
        read_pulse_table(tmp_path / "none.csv")


def test_the_model_is_listed() -> None:
    assert "measured_table" in model_names()
