"""Crossbars and their read-outs: random conductances against numpy and a nodal solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bench import Bench, block_text, instance
from nodal import Nodal
from numpy.typing import NDArray

from spicegen.circuit.amplifier import amplifiers, multiplexers
from spicegen.circuit.crossbar import crossbar
from spicegen.design import Design, design_from
from spicegen.mapping import MappedCrossbar

Array = NDArray[np.float64]
ROWS, COLUMNS = 5, 4
TOPOLOGIES = ["dual-row", "dual-column"]
COMMON = [0.0, 1.2]


def random_crossbar(seed: int = 0, columns: int = COLUMNS) -> MappedCrossbar:
    generator = np.random.default_rng(seed)
    g_pos, g_neg = generator.uniform(1e-6, 1e-4, (2, ROWS, columns))
    r_feedback = generator.uniform(20e3, 40e3, columns)
    present = np.ones((ROWS, columns), dtype=bool)
    return MappedCrossbar("x", g_pos, g_neg, r_feedback, np.ones(ROWS), np.ones(columns), present)


WORD_VOLTS = np.random.default_rng(1).uniform(-0.3, 0.3, ROWS)


def design(topology: str, fidelity: str, **opamp: float) -> Design:
    return design_from(
        {"fidelity": fidelity, "crossbar": {"topology": topology}, "opamp": dict(opamp)}
    )


def read_out(
    bench: Bench, mapped: MappedCrossbar, made: Design, v_common_volts: float
) -> dict[str, float]:
    """Operating point of a driven crossbar with its read-outs."""
    block = crossbar("crossbar_x", mapped, made)
    word = [f"w{row}" for row in range(ROWS)]
    lines = [f"V{node} {node} cm {v!r}" for node, v in zip(word, WORD_VOLTS.tolist(), strict=True)]
    halves = ["p", "n"] if made.crossbar.topology == "dual-column" else [""]
    if made.crossbar.topology == "dual-row":
        lines += [f"Ei{node} i{node} cm {node} cm -1" for node in word]
        word = [*word, *(f"i{node}" for node in word)]
    bit = [f"b{half}{column}" for half in halves for column in range(mapped.bit_lines)]
    lines.append(instance("x", block, " ".join(word + bit)))
    for column, r_f in enumerate(mapped.r_feedback_ohm.tolist()):
        ends = " ".join(f"b{half}{column}" for half in halves)
        lines.append(instance(f"r{column}", "readout", f"{ends} out{column} cm", r_f=r_f))
    return dict(
        bench.operating_point([*amplifiers(made), block], lines, v_common_volts=v_common_volts)
    )


def outputs(found: dict[str, float], columns: int = COLUMNS) -> Array:
    return np.array([found[f"out{column}"] for column in range(columns)])


def ideal(mapped: MappedCrossbar) -> Array:
    """r_f * sum over word lines of (g_pos - g_neg) v."""
    return mapped.r_feedback_ohm * (WORD_VOLTS @ (mapped.g_pos_siemens - mapped.g_neg_siemens))


def solved(mapped: MappedCrossbar, topology: str, gain: float, r_out_ohm: float) -> Array:
    """The same array with real amplifiers, drawn once more for the nodal solver."""
    net = Nodal()
    amp = {"gain": gain, "r_out_ohm": r_out_ohm}
    for row, volts in enumerate(WORD_VOLTS.tolist()):
        net.source(f"w{row}", "0", volts)
        net.source(f"i{row}", "0", -volts)
    for column, r_f in enumerate(mapped.r_feedback_ohm.tolist()):
        for row in range(ROWS):
            r_pos = 1.0 / mapped.g_pos_siemens[row, column]
            r_neg = 1.0 / mapped.g_neg_siemens[row, column]
            if topology == "dual-row":  # the read-out inverts
                net.resistor(f"i{row}", f"b{column}", r_pos)
                net.resistor(f"w{row}", f"b{column}", r_neg)
            else:
                net.resistor(f"w{row}", f"p{column}", r_pos)
                net.resistor(f"w{row}", f"n{column}", r_neg)
        if topology == "dual-row":
            net.resistor(f"b{column}", f"out{column}", r_f)
            net.opamp("0", f"b{column}", f"out{column}", **amp)
        else:
            net.resistor(f"p{column}", f"m{column}", r_f)
            net.opamp("0", f"p{column}", f"m{column}", **amp)
            net.resistor(f"m{column}", f"n{column}", r_f)
            net.resistor(f"n{column}", f"out{column}", r_f)
            net.opamp("0", f"n{column}", f"out{column}", **amp)
    return outputs(dict(net.solve()))


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_ideal_read_out_is_the_matrix_product(
    bench: Bench, topology: str, v_common_volts: float
) -> None:
    mapped = random_crossbar()
    found = outputs(read_out(bench, mapped, design(topology, "ideal"), v_common_volts))
    np.testing.assert_allclose(found, ideal(mapped), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
@pytest.mark.parametrize("gain", [1e3, 1e6])
def test_real_read_out_is_the_nodal_solution(
    bench: Bench, topology: str, v_common_volts: float, gain: float
) -> None:
    mapped = random_crossbar()
    made = design(topology, "behavioural", gain=gain, r_out_ohm=100.0)
    found = outputs(read_out(bench, mapped, made, v_common_volts))
    truth = solved(mapped, topology, gain, 100.0)
    np.testing.assert_allclose(found, truth, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_finite_gain_costs_noise_gain_over_gain(bench: Bench, topology: str) -> None:
    mapped, gain = random_crossbar(), 1e5
    made = design(topology, "behavioural", gain=gain, r_out_ohm=1e-3)
    found = read_out(bench, mapped, made, 0.0)
    gains = mapped.noise_gains(topology)  # type: ignore[arg-type]
    if topology == "dual-row":
        expected = -ideal(mapped) * gains[0] / gain
    else:
        # the first stage's error reaches the output inverted, the second adds its own
        first = -mapped.r_feedback_ohm * (WORD_VOLTS @ mapped.g_pos_siemens)
        expected = first * gains[0] / gain - ideal(mapped) * gains[1] / gain
    error = outputs(found) - ideal(mapped)
    np.testing.assert_allclose(error, expected, rtol=2e-3)  # next order: noise gain / gain


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_wide_sum_saturates_at_the_rail(bench: Bench, topology: str) -> None:
    """Halves that cancel do not saturate dual rows, but do saturate the first of two columns."""
    g = np.full((ROWS, 1), 1e-4)
    ones = np.ones(1)
    mapped = MappedCrossbar("x", g, g * 0.98, 400e3 * ones, np.ones(ROWS), ones, g > 0)
    found = outputs(read_out(bench, mapped, design(topology, "behavioural"), 0.0), 1)
    exact = ideal(mapped)[0]
    half_volts = abs(400e3 * (WORD_VOLTS @ g)[0])
    assert half_volts > 2 * 0.9 > abs(exact)
    if topology == "dual-row":
        assert found[0] == pytest.approx(exact, rel=1e-3)
    else:
        assert abs(found[0] - exact) > 0.5


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("fidelity", ["ideal", "behavioural"])
def test_exchanged_halves_flip_the_sign(bench: Bench, topology: str, fidelity: str) -> None:
    mapped, made = random_crossbar(), design(topology, fidelity)
    other = replace(mapped, g_pos_siemens=mapped.g_neg_siemens, g_neg_siemens=mapped.g_pos_siemens)
    one, flipped = (outputs(read_out(bench, each, made, 0.0)) for each in (mapped, other))
    # real amplifiers: noise gain 15 over gain 1e6, of voltages up to 1 V, and of both signs
    atol = 1e-12 if fidelity == "ideal" else 3e-5
    np.testing.assert_allclose(one, -flipped, rtol=0, atol=atol)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_one_exchanged_pair_is_noticed(bench: Bench, topology: str) -> None:
    """The comparison above would fail for any single pair that is wired the other way round."""
    mapped, made = random_crossbar(), design(topology, "ideal")
    truth = ideal(mapped)
    for row, column in ((0, 0), (3, 1), (ROWS - 1, COLUMNS - 1)):
        g_pos, g_neg = mapped.g_pos_siemens.copy(), mapped.g_neg_siemens.copy()
        g_pos[row, column], g_neg[row, column] = g_neg[row, column], g_pos[row, column]
        mutant = replace(mapped, g_pos_siemens=g_pos, g_neg_siemens=g_neg)
        found = outputs(read_out(bench, mutant, made, 0.0))
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            np.testing.assert_allclose(found, truth, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(np.delete(found, column), np.delete(truth, column), rtol=1e-9)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_pairs_that_are_not_there_do_not_conduct(bench: Bench, topology: str) -> None:
    mapped = random_crossbar()
    present = np.random.default_rng(5).random(mapped.g_pos_siemens.shape) < 0.6
    assert present.any(axis=0).all()
    sparse = replace(
        mapped,
        g_pos_siemens=mapped.g_pos_siemens * present,
        g_neg_siemens=mapped.g_neg_siemens * present,
        present=present,
    )
    assert block_text(crossbar("x", sparse, design(topology, "ideal"))).count("\nR") == (
        2 * present.sum()
    )
    found = outputs(read_out(bench, sparse, design(topology, "ideal"), 0.0))
    np.testing.assert_allclose(found, ideal(sparse), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("fidelity", ["ideal", "behavioural"])
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_bit_lines_take_turns_at_one_read_out(
    bench: Bench, topology: str, fidelity: str, v_common_volts: float
) -> None:
    """Whichever line is selected: r_f times its own current, the switch's resistance included."""
    mapped, made = random_crossbar(), design(topology, fidelity)
    r_f = 30e3
    block = crossbar("crossbar_x", mapped, made)
    halves = ["_pos", "_neg"] if topology == "dual-column" else [""]
    word = [f"w{row}" for row in range(ROWS)]
    lines = [f"V{node} {node} cm {v!r}" for node, v in zip(word, WORD_VOLTS.tolist(), strict=True)]
    if topology == "dual-row":
        lines += [f"Ei{node} i{node} cm {node} cm -1" for node in word]
        word = [*word, *(f"i{node}" for node in word)]
    bit = [f"b{half}{column}" for half in halves for column in range(COLUMNS)]
    lines.append(instance("x", block, " ".join(word + bit)))
    wires = [f"{wire}{half}" for half in halves for wire in ("sense", "force")]
    lines.append(instance("shared", "readout_shared", f"{' '.join(wires)} out cm", r_f=r_f))
    for column in range(COLUMNS):
        for half in halves:
            for wire in ("sense", "force"):
                nodes = f"b{half}{column} {wire}{half} phi{column}"
                lines.append(instance(f"{wire}{half}{column}", "line_switch", nodes))
    blocks = [*amplifiers(made), *multiplexers(made), block]
    exact = r_f * (WORD_VOLTS @ (mapped.g_pos_siemens - mapped.g_neg_siemens))
    for selected in range(COLUMNS):
        phases = [f"Vphi{c} phi{c} 0 {1.8 * (c == selected)}" for c in range(COLUMNS)]
        found = bench.operating_point(blocks, [*lines, *phases], v_common_volts=v_common_volts)
        # unselected lines leak 1e-12 S; the kept loop of 100 Mohm and gain 1e6 cost 2e-5
        assert found["out"] == pytest.approx(exact[selected], rel=1e-4, abs=2e-5), selected
