"""Numbers as SPICE text: exact, finite, and the same as a naive loop would write."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bench import Bench
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from spicegen.netlist.numbers import NumberError, cells, pairs, si, spice, wrap

Array = NDArray[np.float64]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
BAD = [math.nan, math.inf, -math.inf]


@given(FINITE)
def test_a_number_reads_back_as_itself(value: float) -> None:
    text = spice(value)
    assert float(text) == value
    assert math.copysign(1, float(text)) == math.copysign(1, value)
    # a plain decimal: no unit, no word that SPICE could take for a scale factor
    assert set(text) <= set("0123456789+-.e")


@given(st.integers(-(2**53), 2**53))
def test_integers_and_numpy_scalars(value: int) -> None:
    assert float(spice(value)) == value
    assert spice(np.float64(value)) == spice(float(value))


def test_words_pass() -> None:
    assert spice("tanh_lstm") == "tanh_lstm"  # type: ignore[arg-type]


@pytest.mark.parametrize("value", BAD)
def test_nan_and_infinity_are_refused(value: float) -> None:
    with pytest.raises(NumberError, match=rf"a netlist cannot hold the number {value}"):
        spice(value)
    with pytest.raises(NumberError, match=rf"cannot hold the number {value} at \[0, 1\]"):
        cells("R{row}_{column} a b {ohm}", np.array([[1.0, value]]), np.ones((1, 2), dtype=bool))
    with pytest.raises(NumberError, match=rf"cannot hold the number {value} at \[1\]"):
        pairs(np.array([0.0, 1.0]), np.array([0.0, value]))
    with pytest.raises(NumberError, match=rf"cannot hold the number {value} at \[0\]"):
        pairs(np.array([value, 1.0]), np.array([0.0, 0.0]))


def test_ngspice_reads_the_same_numbers(bench: Bench) -> None:
    generator = np.random.default_rng(0)
    exponents = np.arange(-30, 16, 2)
    values = (1 + 9 * generator.random(exponents.size)) * 10.0**exponents
    lines = [f"V{k} n{k} 0 DC {spice(value)}" for k, value in enumerate(values.tolist())]
    found = bench.operating_point([], lines)
    read = [found[f"n{k}"] for k in range(values.size)]
    np.testing.assert_allclose(read, values, rtol=4e-16)  # its reader rounds the last bit


@st.composite
def conductances(draw: st.DrawFn) -> tuple[Array, NDArray[np.bool_]]:
    """Any conductances, and where devices stand; there are none where the conductance is 0."""
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 9)))
    g_siemens = draw(arrays(np.float64, shape, elements=st.floats(1e-300, 1e300)))
    present = draw(st.just(np.ones(shape, dtype=bool)) | arrays(np.bool_, shape))
    return g_siemens * present, present


@given(
    conductances(),
    st.sampled_from(
        [
            "Rp{row}_{column} wl{row} bl_pos{column} {ohm}",
            "R{column}_{row} b{column} w{row} {ohm}",
            "R{row} 100%{column} {ohm} $d %r %s",
        ]
    ),
)
def test_cells_are_a_double_loop(array: tuple[Array, NDArray[np.bool_]], pattern: str) -> None:
    g_siemens, present = array
    rows, columns = g_siemens.shape
    naive = [
        pattern.format(row=row, column=column, ohm=repr(1.0 / float(g_siemens[row, column])))
        for row in range(rows)
        for column in range(columns)
        if present[row, column]
    ]
    assert cells(pattern, g_siemens, present) == "\n".join(naive)


@pytest.mark.parametrize("g_siemens", [0.0, -1e-6])
def test_a_memristor_must_conduct(g_siemens: float) -> None:
    g = np.array([[1e-5, g_siemens]])
    with pytest.raises(NumberError, match="a memristor's conductance must be positive"):
        cells("R{row}_{column} a b {ohm}", g, np.ones((1, 2), dtype=bool))
    assert cells("R{row}_{column} a b {ohm}", g, g > 0) == f"R0_0 a b {1 / 1e-5!r}"


@given(st.integers(1, 40).flatmap(lambda n: arrays(np.float64, (2, n), elements=FINITE)))
def test_pairs_are_times_and_volts_in_turn(table: Array) -> None:
    lines = pairs(*table).split("\n")
    assert all(line.startswith("+ ") and len(line.split()) <= 13 for line in lines)
    numbers = [float(word) for line in lines for word in line[2:].split()]
    assert numbers == [float(x) for point in table.T for x in point]


@given(st.lists(st.text("ab_0", min_size=1, max_size=4), max_size=40))
def test_wrapped_words_are_one_logical_line(words: list[str]) -> None:
    text = wrap(words)
    assert text.replace("\n+ ", " ").split() == words
    assert max(len(line.split()) for line in text.split("\n")) <= 13


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (50e6, "Hz", "50 MHz"),
        (10e-12, "F", "10 pF"),
        (1e-6, "S", "1 uS"),
        (0.3, "V", "300 mV"),
        (-0.5, "V", "-500 mV"),
        (1.0, "V", "1 V"),
        (1e3, "ohm", "1 kohm"),
        (1e12, "ohm", "1 Tohm"),
        (0.12e-15, "C", "120 aC"),
        (0.0, "V", "0 V"),
        (1e6, "", "1e+06"),
        (0.02, "", "0.02"),
        (1e20, "ohm", "1e+20 ohm"),
        (4.712345678, "V", "4.71235 V"),
    ],
)
def test_numbers_for_people(value: float, unit: str, text: str) -> None:
    assert si(value, unit) == text


@given(st.floats(1e-17, 1e14))
def test_prefixes_keep_the_value(value: float) -> None:
    number, prefixed = si(value, "V").split()
    scale = {"a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "": 0}
    scale |= {"k": 3, "M": 6, "G": 9, "T": 12}
    assert float(number) * 10.0 ** scale[prefixed[:-1]] == pytest.approx(value, rel=1e-5)
