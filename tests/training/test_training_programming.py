"""Pulses in ngspice: selected devices move as scipy says, half-selected ones stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from spicegen.circuit.programming import pulse_slots
from spicegen.devices import load_model
from spicegen.engine import Choice
from spicegen.training.model_devices import ModelDevices
from spicegen.training.programming import CrossbarProgrammer
from spicegen.waveforms import Waveforms

COUNTS = np.array([[[2, 0], [-1, 0], [0, 1]], [[0, 1], [0, -2], [0, 0]]])


def devices(model: str) -> ModelDevices:
    draws = np.random.default_rng(1)
    return ModelDevices(*load_model(model), draws.uniform(0.3, 0.6, COUNTS.shape))


def programmer(
    of: ModelDevices, live: Choice, folder: Path, form: str, topology: str
) -> CrossbarProgrammer:
    return CrossbarProgrammer(of, form, topology, "any name", live, folder, 60.0)


def by_scipy(array: ModelDevices, topology: str) -> tuple[np.ndarray, np.ndarray]:
    """States after the pulses, device by device and slot by slot, and the same without what
    half-selected devices do; written out for this test."""
    use, model = array.preset.use, array.model
    places = {}  # (word line, bit line) of each device
    for half, row, column in np.ndindex(COUNTS.shape):
        line = (row, 2 * column + half)
        if topology == "dual-row":  # the positive half is on the inverted word line
            line = (3 * (1 - half) + row, column)
        places[half, row, column] = line
    states = {at: float(array.states[at]) for at in places}
    alone = dict(states)

    def moved(x: float, volts: float) -> float:
        run = solve_ivp(
            lambda _, y: model.derivative(y, volts), (0.0, use.t_pulse_s), [x],
            method="LSODA", rtol=1e-9, atol=1e-12,
        )  # fmt: skip
        return float(run.y[0, -1])

    for line in sorted({word for word, _ in places.values()}):
        for sign, full in ((1, use.v_set_volts), (-1, use.v_reset_volts)):
            on_line = [at for at in places if places[at][0] == line]
            for number in range(max(sign * int(COUNTS[at]) for at in on_line)):
                chosen = [at for at in on_line if sign * COUNTS[at] > number]
                columns = {places[at][1] for at in chosen}
                for at, (word, bit) in places.items():
                    volts = 0.5 * full * ((word == line) + (bit in columns))
                    states[at] = moved(states[at], volts) if volts else states[at]
                for at in chosen:
                    alone[at] = moved(alone[at], full)
    order = list(np.ndindex(COUNTS.shape))
    return tuple(  # type: ignore[return-value]
        np.array([found[at] for at in order]).reshape(COUNTS.shape) for found in (states, alone)
    )


@pytest.mark.parametrize("topology", ["dual-column", "dual-row"])
@pytest.mark.parametrize(
    ("model", "form"),
    [
        ("analog_threshold", "behavioural"),
        ("vteam", "verilog-a"),
        ("linear_drift", "behavioural"),
    ],
)
def test_a_crossbar_under_pulses(
    live: Choice, tmp_path: Path, model: str, form: str, topology: str
) -> None:
    if form == "verilog-a":
        pytest.importorskip("openvaf_py")
    array = devices(model)
    after = programmer(array, live, tmp_path, form, topology)(array.states, COUNTS)
    expected, alone = by_scipy(array, topology)
    moved = np.abs(expected - array.states)
    assert moved[COUNTS != 0].max() > 0.01  # or nothing is tested here
    # edges of a thousandth of the width add to each pulse
    np.testing.assert_allclose(after, expected, atol=4e-3 * moved.max())
    disturbed = np.abs(expected - alone).max()
    if model == "analog_threshold":  # half of its pulses lies below the threshold
        assert np.abs(after - array.states)[COUNTS == 0].max() < 1e-9
        assert disturbed < 1e-9
    else:
        assert disturbed > 10 * 4e-3 * moved.max()  # and the circuit shows it


def test_pulses_come_word_line_by_word_line(live: Choice, tmp_path: Path) -> None:
    array = devices("analog_threshold")
    programmer(array, live, tmp_path, "behavioural", "dual-column")(array.states, COUNTS)
    use = array.preset.use
    period = 1.052 * use.t_pulse_s
    text = (tmp_path / "programming.cir").read_text()
    slots = pulse_slots(COUNTS, "dual-column")
    assert slots == 2 + 2 + 1
    assert f"{slots} pulses" in text
    waves = Waveforms.from_raw(tmp_path / "programming.raw")
    assert waves.span_s[1] == pytest.approx(slots * period)
