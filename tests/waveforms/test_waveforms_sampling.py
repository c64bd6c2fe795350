"""Waveforms: names, slices, values at sampling instants, checks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spicegen.errors import InputError, RawFileError
from spicegen.waveforms import Plot, Variable, Waveforms

T_S = [0.0, 1.0, 1.0, 3.0, 4.0]  # a jump at 1 s
H0 = [0.0, 2.0, 10.0, 30.0, -10.0]
C0 = [1.0, 1.0, 2.0, 4.0, 5.0]
ALIASES = {"lstm.h0": "v(n_lstm_h0)", "supply": "v1#branch"}


def make_plot(*columns, names=("time", "v(n_lstm_h0)", "i(v1)"), dims=()):
    kinds = {"time": "time", "i(v1)": "current", "frequency": "frequency"}
    variables = tuple(
        Variable(name, kinds.get(name, "voltage"), dims if name == names[-1] else ())
        for name in names
    )
    return Plot("Transient", "t", "d", ("real",), variables, np.array(columns).T, "f.raw")


@pytest.fixture
def waves():
    return Waveforms(make_plot(T_S, H0, C0), ALIASES)


def test_friendly_names_stand_first(waves):
    assert waves.names() == ["lstm.h0", "supply", "time", "v(n_lstm_h0)", "i(v1)"]
    assert "supply" in waves
    assert "V(N_lstm_H0)" in waves
    assert "h0" not in waves


def test_a_waveform_is_a_view(waves):
    h0 = waves["lstm.h0"]
    assert (h0.name, h0.unit) == ("lstm.h0", "V")
    assert np.shares_memory(h0.values, waves.plot.data)
    np.testing.assert_array_equal(h0.values, H0)
    np.testing.assert_array_equal(h0.t_s, T_S)
    assert waves["supply"].unit == "A"
    assert waves["time"].unit == "s"
    assert waves["n_lstm_h0"].t_s is h0.t_s


def test_a_friendly_name_hides_a_raw_one():
    waves = Waveforms(make_plot(T_S, H0, C0), {"i(v1)": "v(n_lstm_h0)"})
    assert waves["i(v1)"].unit == "V"


def test_values_at_instants_by_hand(waves):
    t_s = [4.0, 0.0, 0.5, 1.0, 2.0, 3.25]
    expected = [[-10, 5], [0, 1], [1, 1], [10, 2], [20, 3], [20, 4.25]]
    np.testing.assert_array_equal(waves.at(["lstm.h0", "supply"], t_s), expected)
    np.testing.assert_array_equal(waves.at("supply", 2.0), [[3.0]])
    assert waves.at([], [1.0]).shape == (1, 0)
    assert waves.at(["supply"], []).shape == (0, 1)


def test_a_jump_at_the_last_instant_takes_the_later_value():
    waves = Waveforms(make_plot([0.0, 1.0, 1.0], [0.0, 1.0, 5.0], [0.0, 0.0, 0.0]))
    np.testing.assert_array_equal(waves.at("v(n_lstm_h0)", [1.0]), [[5.0]])


def test_one_simulated_point():
    waves = Waveforms(make_plot([2.0], [7.0], [0.0]))
    np.testing.assert_array_equal(waves.at("v(n_lstm_h0)", [2.0]), [[7.0]])


def test_complex_vectors_are_interpolated_too():
    plot = make_plot([1e3, 3e3], [1j, 3 + 1j], names=("frequency", "v(out)"))
    waves = Waveforms(plot)
    np.testing.assert_array_equal(waves.at("out", [2e3]), [[1.5 + 1j]])
    assert waves.t_s.dtype == np.float64


def test_infinite_neighbours_do_not_spoil_simulated_points():
    waves = Waveforms(make_plot([0.0, 1.0, 2.0], [1.0, np.inf, 3.0], [0.0, 0.0, 0.0]))
    np.testing.assert_array_equal(waves.at("n_lstm_h0", [0.0, 1.0, 2.0])[:, 0], [1, np.inf, 3])


def test_instants_outside_the_span(waves):
    match = r"span 0 s to 4 s, got 4\.1 s \(1 of 2 lie outside\)"
    with pytest.raises(InputError, match=match):
        waves.at("supply", [1.0, 4.1])
    with pytest.raises(InputError, match="simulated span"):
        waves.at("supply", [-1e-6])
    with pytest.raises(InputError, match=r"got nan s \(1 of 1"):
        waves.at("supply", [np.nan])
    with pytest.raises(InputError, match=r"must be \(instants,\), got \(1, 2\)"):
        waves.at("supply", [[1.0, 2.0]])
    np.testing.assert_array_equal(waves.at("supply", [4.0 * (1 + 1e-12), -1e-12]), [[5.0], [1.0]])


def test_a_falling_sweep_has_no_values_between():
    waves = Waveforms(make_plot([0.0, 1.0, 0.0], H0[:3], C0[:3], names=("v(v-sweep)", "a", "b")))
    assert waves["a"].values.size == 3
    with pytest.raises(InputError, match=r"sweep 'v\(v-sweep\)' must rise"):
        waves.at("a", [0.5])


def test_a_missing_signal_names_the_nearest(waves):
    with pytest.raises(InputError, match=r"no such signal, got lstm\.h1; did you mean lstm\.h0\?"):
        waves["lstm.h1"]
    with pytest.raises(InputError, match=r"f\.raw, plot 'Transient': no such signal, got x"):
        waves.at(["lstm.h0", "x"], [0.0])


def test_missing_probes_are_found_at_once():
    aliases = {"a": "v(n_lstm_h1)", "b": "i(v1)", "c": "v(zz)"}
    with pytest.raises(RawFileError, match=r"2 of 3 probes are missing, .*'v\(n_lstm_h1\)'; did"):
        Waveforms(make_plot(T_S, H0, C0), aliases)


def test_vectors_of_another_length_are_not_waveforms():
    waves = Waveforms(make_plot(T_S, H0, C0, dims=(2,)))
    with pytest.raises(InputError, match="one value for each of the 5 points, got 2 values"):
        waves["i(v1)"]
    assert waves.plot["i(v1)"].size == 2


def test_between_takes_the_points_of_an_interval(waves):
    part = waves.between("supply", 1.0, 3.5)
    np.testing.assert_array_equal(part.t_s, [1, 1, 3])
    np.testing.assert_array_equal(part.values, [1, 2, 4])
    assert (part.name, part.unit) == ("supply", "A")
    assert np.shares_memory(part.values, waves.plot.data)
    for interval in [(3.1, 3.9), (3.0, 1.0), (9.0, 10.0)]:
        with pytest.raises(InputError, match=r"must hold a point of the simulated span 0 s to 4 s"):
            waves.between("supply", *interval)


def test_require_finite_names_the_earliest(monkeypatch):
    table = [list(T_S), [0.0, 1.0, 2.0, 3.0, np.nan], [0.0, 1.0, 2.0, -np.inf, np.nan]]
    waves = Waveforms(make_plot(*table), {"lstm.h0": "v(n_lstm_h0)"})
    for block in (1, 4, 1 << 20):
        monkeypatch.setattr("spicegen.waveforms.waveforms.BLOCK_VALUES", block)
        with pytest.raises(RawFileError, match=r"'i\(v1\)' is -inf at time 3 s \(point 3\)"):
            waves.require_finite()
        with pytest.raises(RawFileError, match=r"signal 'lstm\.h0' is nan at time 4 s \(point 4\)"):
            waves.require_finite("lstm.h0")
    waves.require_finite(["time"])
    Waveforms(make_plot(T_S, H0, C0)).require_finite()
    with pytest.raises(InputError, match="no such signal"):
        waves.require_finite(["nothing"])


def test_require_reached(waves):
    waves.require_reached(4.0 * (1 + 1e-12))
    assert waves.span_s == (0.0, 4.0)
    with pytest.raises(RawFileError, match=r"simulation stopped at 4 s, before 9 s"):
        waves.require_reached(9.0)


def test_from_raw_picks_the_plot(raw_bytes, tmp_path):
    path = tmp_path / "two.raw"
    operating_point = raw_bytes(["v(a)|voltage"], [[1.0]], plot="Operating Point")
    tran = raw_bytes(["time|time", "v(a)|voltage"], [[0.0, 1.0], [2.0, 5.0]])
    path.write_bytes(operating_point + tran)
    assert Waveforms.from_raw(path, {"a": "v(a)"}).at("a", [1.0])[0, 0] == 3.0
    assert Waveforms.from_raw(path, plot="operating").plot["a"][0] == 1.0
    with pytest.raises(RawFileError, match="starts with 'ac', found 0"):
        Waveforms.from_raw(path, plot="ac")


@given(
    steps=st.lists(st.floats(1e-3, 10.0), min_size=1, max_size=40),
    levels=st.lists(st.floats(-1e3, 1e3), min_size=41, max_size=41),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=20),
)
def test_sampling_agrees_with_numpy(steps, levels, shares):
    t_s = np.concatenate(([0.0], np.cumsum(steps)))
    values = np.array(levels[: len(t_s)])
    waves = Waveforms(make_plot(t_s, values, names=("time", "v(a)")))
    instants = np.array(shares) * t_s[-1]
    expected = np.interp(instants, t_s, values)
    np.testing.assert_allclose(waves.at("a", instants)[:, 0], expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(waves.at("a", t_s)[:, 0], values)
