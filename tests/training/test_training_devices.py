"""Devices under pulses: the measured table, pulses with variation, models of the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spicegen.circuit.programming import pulse_slots
from spicegen.devices import load_model
from spicegen.errors import InputError
from spicegen.training.build import perceptron_devices
from spicegen.training.model_devices import ModelDevices, model_devices
from spicegen.training.plan_parts import ModelDevice, PulsedDevice, Shift, TableDevice
from spicegen.training.pulsed_devices import PulsedDevices
from spicegen.training.table_devices import TableDevices, read_table, shifts, table_devices

TABLE = np.array([4.0, 5.0, 7.0, 8.0]) * 1e-7
MIDDLE = np.full((2, 40, 50), 5e-5)


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def table_plan(folder: Path, *values: float, **keys: str) -> TableDevice:
    path = folder / "table.csv"
    path.write_text("\n".join(["S", *map(repr, values)]))
    return TableDevice(kind="table", table=path, **keys)  # type: ignore[arg-type]


def test_each_pulse_takes_the_next_value_of_the_table() -> None:
    devices = TableDevices(TABLE, 10.0, np.array([[[1e-8]], [[2e-8]]]))
    np.testing.assert_allclose(devices.g_siemens.ravel(), [1e-7, 2e-7])
    devices.pulse(np.array([[[2]], [[0]]]), draws())
    np.testing.assert_allclose(devices.g_siemens.ravel(), [10 * (3e-7 + 1e-8), 2e-7])
    devices.pulse(np.array([[[9]], [[1]]]), draws())  # the table ends
    np.testing.assert_allclose(devices.g_siemens.ravel(), [10 * (4e-7 + 1e-8), 10 * (1e-7 + 2e-8)])
    again = TableDevices(TABLE, 10.0, np.ones((2, 1, 1)))
    again.restore(devices.state())
    np.testing.assert_array_equal(again.g_siemens, devices.g_siemens)


def test_a_table_that_falls_is_refused_sorted_or_followed(tmp_path: Path) -> None:
    values = (4e-7, 6e-7, 5e-7, 8e-7, 7e-7)
    with pytest.raises(InputError, match=r"pulse 2: .* must rise .*5e-07 S after 6e-07.*2 such"):
        read_table(table_plan(tmp_path, *values))
    np.testing.assert_array_equal(
        read_table(table_plan(tmp_path, *values, order="sort")), sorted(values)
    )
    np.testing.assert_array_equal(
        read_table(table_plan(tmp_path, *values, order="measured")), values
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S\n1e-7\nword\n", "one conductance per line"),
        ("S\n1e-7,2e-7\n3e-7,4e-7\n", r"one column .*\(2, 2\)"),
        ("S\n1e-7\n", "at least 2 conductances"),
        ("S\n1e-7\n-2e-7\n", "finite and positive"),
        ("S\n1e-7\nnan\n", "finite and positive"),
        ("1e-7\n2e-7\n3e-7\n", "first line must be a heading, got 1e-07"),
        ("S\n1e-7\n1e-7\n", "must change the conductance, got 1e-07 S throughout"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(TableDevice(kind="table", table=path))
    with pytest.raises(InputError, match="readable text"):
        read_table(TableDevice(kind="table", table=tmp_path / "missing.csv"))


@pytest.mark.parametrize("distribution", ["lognormal", "exponential"])
def test_shifts_keep_their_bounds_and_their_shape(distribution: str) -> None:
    plan = Shift(distribution=distribution)  # type: ignore[arg-type]
    found = shifts(plan, (2, 100, 50), draws())
    assert found.min() >= 1e-8
    assert found.max() <= 1e-7
    if distribution == "lognormal":  # symmetric in the logarithm: the cut tails are equal
        assert np.median(found) == pytest.approx(np.sqrt(1e-8 * 1e-7), rel=0.02)
    else:  # mean of an exponential of scale s that ends at 3 s: s (1 - 3/(e^3 - 1))
        assert found.mean() - 1e-8 == pytest.approx(3e-8 * (1 - 3 / (np.e**3 - 1)), rel=0.02)


def test_shifts_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "shifts.npy"
    kept = np.full((2, 4, 2), 3e-8)
    np.save(path, kept)
    np.testing.assert_array_equal(shifts(Shift(file=path), (2, 4, 2), draws()), kept)
    with pytest.raises(InputError, match=r"shifts must be \(2, 4, 3\)"):
        shifts(Shift(file=path), (2, 4, 3), draws())
    np.save(path, -kept)
    with pytest.raises(InputError, match="must be positive, S, got -3e-08"):
        shifts(Shift(file=path), (2, 4, 2), draws())
    path.write_text("no array")
    with pytest.raises(InputError, match=r"shifts\.npy: not a readable numpy file"):
        shifts(Shift(file=path), (2, 4, 2), draws())


def test_pulses_of_linear_devices_are_equal_steps() -> None:
    devices = PulsedDevices(PulsedDevice(kind="pulsed", levels=100), MIDDLE, draws())
    step = (1e-4 - 1e-6) / 99
    devices.pulse(np.full(MIDDLE.shape, 7), draws())
    devices.pulse(np.full(MIDDLE.shape, -3), draws())
    np.testing.assert_allclose(devices.g_siemens, MIDDLE + 4 * step, rtol=1e-12)
    devices.pulse(np.full(MIDDLE.shape, 1000), draws())
    np.testing.assert_array_equal(devices.g_siemens, 1e-4)  # the window ends


def test_asymmetry_and_variation_have_the_spread_they_say() -> None:
    plan = PulsedDevice(
        kind="pulsed", levels=1000, asymmetry=0.2, cycle_variation=0.3, device_variation=0.1
    )
    devices = PulsedDevices(plan, MIDDLE, draws())
    step = (1e-4 - 1e-6) / 999
    cycles = np.random.default_rng(1)
    changes = []
    for _ in range(200):
        before = devices.g_siemens
        devices.pulse(np.full(MIDDLE.shape, 4), cycles)
        middle = devices.g_siemens
        devices.pulse(np.full(MIDDLE.shape, -4), cycles)
        changes.append((middle - before, devices.g_siemens - middle))
        devices.restore(devices.state() | {"g_siemens": MIDDLE})
    up, down = np.array(changes).transpose(1, 0, 2, 3, 4) / step
    assert up.mean() == pytest.approx(4 * 1.2, rel=0.005)
    assert down.mean() == pytest.approx(-4 * 0.8, rel=0.005)
    assert np.std(up.mean(axis=0)) == pytest.approx(4 * 1.2 * 0.1, rel=0.05)  # between devices
    # four pulses that vary by 0.3 each, of devices whose mean square step is 1 + 0.1^2
    assert np.sqrt(up.var(axis=0).mean()) == pytest.approx(1.2 * 0.3 * 2 * np.sqrt(1.01), rel=0.02)


def test_fractions_of_a_pulse_are_right_on_average() -> None:
    devices = PulsedDevices(PulsedDevice(kind="pulsed", levels=1000), MIDDLE, draws())
    step = (1e-4 - 1e-6) / 999
    counts = devices.update(np.full(MIDDLE.shape, -2.3 * step), 31, draws())
    assert set(np.unique(counts)) == {-3, -2}
    assert counts.mean() == pytest.approx(-2.3, abs=0.03)  # 4000 devices: 4 sigma
    assert devices.update(np.full(MIDDLE.shape, 50 * step), 31, draws()).max() == 31


def test_exact_devices_change_as_they_are_told() -> None:
    devices = PulsedDevices(PulsedDevice(kind="pulsed"), MIDDLE, draws())
    devices.update(np.full(MIDDLE.shape, 1.23e-7), 31, draws())
    np.testing.assert_allclose(devices.g_siemens, MIDDLE + 1.23e-7, rtol=1e-12)


def test_row_parallel_slots_by_hand() -> None:
    """Two columns: word line 0 needs two slots up and one down, word line 1 three down. Two
    rows: halves stand on word lines of their own, 2 + 1, 0, 1 and 3 slots."""
    counts = np.array([[[2, -1], [0, 0]], [[1, 0], [-3, -2]]])
    assert pulse_slots(counts, "dual-column") == 2 + 1 + 3
    assert pulse_slots(counts, "dual-row") == 2 + 1 + 0 + 1 + 3


def test_write_verify_stops_within_its_tolerance() -> None:
    devices = PulsedDevices(PulsedDevice(kind="pulsed", levels=100), MIDDLE, draws())
    step = devices.g_pulse_siemens
    target = MIDDLE + np.random.default_rng(2).uniform(-8, 8, MIDDLE.shape) * step
    counts = devices.program(target, 0.51 * step, 20, draws())
    assert np.abs(devices.g_siemens - target).max() <= 0.51 * step
    np.testing.assert_allclose(devices.g_siemens, MIDDLE + counts * step, rtol=1e-12)


def test_write_verify_of_a_table_goes_up_only() -> None:
    devices = TableDevices(TABLE, 1.0, np.full((2, 1, 1), 1e-8))
    target = np.array([[[2.9e-7]], [[0.5e-8]]])
    counts = devices.program(target, 1e-8, 10, draws())
    np.testing.assert_array_equal(counts.ravel(), [2, 0])
    np.testing.assert_allclose(devices.g_siemens.ravel(), [3.1e-7, 1e-8])


def test_a_model_follows_its_closed_form() -> None:
    """analog_threshold without slowing down: dx/dt = (v/1 V - 1)^2/10 us, 1.5 V for 1 us."""
    plan = ModelDevice(kind="model", model="analog_threshold", pulses="numpy")
    devices = model_devices(plan, np.full((2, 3, 2), 0.2))
    counts = np.zeros((2, 3, 2), np.int64)
    counts[0, 1, 0], counts[1, 2, 1] = 3, -2
    devices.pulse(counts, draws())
    expected = np.full((2, 3, 2), 0.2)
    expected[0, 1, 0] += 3 * 0.025
    expected[1, 2, 1] -= 2 * 0.025
    np.testing.assert_allclose(devices.states, expected, atol=1e-9)
    np.testing.assert_allclose(devices.g_siemens, 1e-6 + 99e-6 * expected, rtol=1e-6)
    assert devices.g_pulse_siemens == pytest.approx(0.025 * 99e-6, rel=1e-6)


def test_write_verify_of_a_model_reaches_what_single_pulses_cannot() -> None:
    plan = ModelDevice(kind="model", model="analog_threshold", pulses="numpy")
    devices = model_devices(plan, np.full((2, 3, 2), 0.5))
    step = devices.g_pulse_siemens
    target = devices.g_siemens + step * np.linspace(-2.6, 2.6, 12).reshape(2, 3, 2)
    counts = devices.program(target, 0.1 * step, 60, draws())
    assert np.abs(devices.g_siemens - target).max() <= 0.1 * step
    np.testing.assert_array_equal(np.sign(counts), np.sign(target - (1e-6 + 99e-6 * 0.5)))


def test_a_model_shows_what_it_can() -> None:
    devices = ModelDevices(*load_model("vteam"), np.zeros((2, 2, 1)))
    low, high = devices.model.conductance_window(devices.preset.use.v_read_volts)
    devices.show(np.array([[[low], [0.5 * (low + high)]], [[high], [2 * high]]]))
    np.testing.assert_allclose(
        devices.g_siemens.ravel(), [low, 0.5 * (low + high), high, high], rtol=1e-9
    )


def test_states_at_the_start_need_an_interval() -> None:
    plan = ModelDevice(kind="model", model="vteam", start_low=0.5, start_high=0.2)
    with pytest.raises(InputError, match=r"start_low: must be below start_high, got 0\.5"):
        perceptron_devices(plan, (2, 4, 2), draws())


def test_the_packaged_table_is_the_default() -> None:
    devices = table_devices(TableDevice(kind="table", order="measured"), (2, 4, 2), draws())
    span = 5.322098737704621e-07 - 4.5447996811368545e-07  # largest and first of its 51 values
    assert devices.g_pulse_siemens == pytest.approx(10 * span / 50, rel=1e-9)
