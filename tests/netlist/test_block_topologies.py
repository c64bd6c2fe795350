"""Reference column and voltage read-out: mapped weights against algebra and a nodal solver."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from bench import Bench, instance
from nodal import Nodal
from numpy.typing import NDArray

from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.crossbar import crossbar
from spicegen.circuit.graph import Subcircuit
from spicegen.design import Design, design_from
from spicegen.mapping import MappedCrossbar, map_crossbar

Array = NDArray[np.float64]
ROWS, COLUMNS = 5, 4
KINDS = [
    {"topology": "reference-column"},
    {"topology": "dual-row", "readout": "voltage"},
    {"topology": "dual-column", "readout": "voltage"},
]
COMMON = [0.0, 1.2]
WEIGHT = np.random.default_rng(0).uniform(-4.0, 4.0, (COLUMNS, ROWS))
VOLTS = np.random.default_rng(1).uniform(-0.3, 0.3, ROWS)
BIT_VOLTS = 0.06


def named(kind: Mapping[str, str]) -> str:
    return " ".join(kind.values())


def design(kind: Mapping[str, str], fidelity: str, **opamp: float) -> Design:
    return design_from({"fidelity": fidelity, "crossbar": dict(kind), "opamp": dict(opamp)})


def mapped(made: Design, weight: Array = WEIGHT) -> MappedCrossbar:
    columns, rows = weight.shape
    return map_crossbar("x", weight, np.full(rows, 0.3), np.full(columns, BIT_VOLTS), made)


def exact(weight: Array = WEIGHT) -> Array:
    """Word lines carry 0.3 V per unit."""
    return np.asarray(BIT_VOLTS * weight @ (VOLTS[: weight.shape[1]] / 0.3))


def bit_lines(made: Design, column: int) -> str:
    if made.crossbar.topology == "dual-column":
        return f"bp{column} bn{column}"
    return f"b{column} ref" if made.crossbar.has_reference else f"b{column}"


def deck(
    arrays: MappedCrossbar, made: Design, volts: Array = VOLTS
) -> tuple[list[Subcircuit], list[str]]:
    block = crossbar("crossbar_x", arrays, made)
    word = [f"w{row}" for row in range(arrays.word_lines)]
    lines = [f"V{node} {node} cm {v!r}" for node, v in zip(word, volts.tolist(), strict=False)]
    if made.crossbar.topology == "dual-row":
        lines += [f"Ei{node} i{node} cm {node} cm -1" for node in word]
        word += [f"i{node}" for node in word]
    halves = ["bp", "bn"] if made.crossbar.topology == "dual-column" else ["b"]
    nodes = word + [f"{half}{column}" for half in halves for column in range(arrays.bit_lines)]
    values = [{"r_f": r_f} for r_f in arrays.r_feedback_ohm.tolist()]
    if arrays.voltage is not None:
        nodes.append("cm")
        values = [{"gain": gain} for gain in arrays.voltage.gain.tolist()]
    if arrays.reference is not None:
        nodes.append("bref")
        r_ref = arrays.reference.r_ohm
        lines.append(instance("ref", "readout_reference", "bref ref cm", r_f=r_ref))
        values = [{**each, "r_ref": r_ref} for each in values]
    lines.append(instance("x", block, " ".join(nodes)))
    for column, each in enumerate(values):
        ends = f"{bit_lines(made, column)} out{column} cm"
        lines.append(instance(f"r{column}", "readout", ends, **each))
    return [*amplifiers(made), block], lines


def outputs(found: Mapping[str, float], columns: int = COLUMNS) -> Array:
    return np.array([found[f"out{column}"] for column in range(columns)])


def solved(arrays: MappedCrossbar, made: Design, gain: float, r_out_ohm: float) -> Array:
    """The array with real amplifiers, drawn once more for the nodal solver."""
    net = Nodal()
    amp = {"gain": gain, "r_out_ohm": r_out_ohm}
    for row, volts in enumerate(VOLTS.tolist()):
        net.source(f"w{row}", "0", volts)
        net.source(f"i{row}", "0", -volts)
    if arrays.reference is not None:
        for row in range(ROWS):
            net.resistor(f"w{row}", "bref", 1 / arrays.g_pos_siemens[row, 0])
        net.resistor("bref", "ref", arrays.reference.r_ohm)
        net.opamp("0", "bref", "ref", **amp)
    for column in range(COLUMNS):
        _column(net, arrays, made, column, amp)
    return outputs(net.solve())


def _column(
    net: Nodal, arrays: MappedCrossbar, made: Design, column: int, amp: dict[str, float]
) -> None:
    r_f, b, out = float(arrays.r_feedback_ohm[column]), f"b{column}", f"out{column}"
    g_pos, g_neg = arrays.g_pos_siemens[:, column], arrays.g_neg_siemens[:, column]
    if arrays.reference is not None:
        for row in range(ROWS):
            net.resistor(f"w{row}", b, 1 / g_neg[row])
        net.resistor("ref", b, arrays.reference.r_ohm)
        net.resistor(b, out, r_f)
        net.opamp("0", b, out, **amp)
        return
    assert arrays.voltage is not None
    base = made.crossbar.r_feedback_min_ohm
    far = base * (float(arrays.voltage.gain[column]) - 1)
    dummies = arrays.voltage.g_dummy_siemens[:, column]
    if made.crossbar.topology == "dual-row":
        ends = [(b, g_pos, "w"), (b, g_neg, "i")]
        net.resistor(f"s{column}", "0", base)
        net.resistor(f"s{column}", out, far)
        net.opamp(b, f"s{column}", out, **amp)
    else:
        p, n = f"p{column}", f"n{column}"
        ends = [(p, g_pos, "w"), (n, g_neg, "w")]
        net.resistor(f"sn{column}", "0", far)
        net.resistor(f"sn{column}", f"mid{column}", base)
        net.opamp(n, f"sn{column}", f"mid{column}", **amp)
        net.resistor(f"mid{column}", f"sp{column}", base)
        net.resistor(f"sp{column}", out, far)
        net.opamp(p, f"sp{column}", out, **amp)
    for node, g, line in ends:
        for row in range(ROWS):
            net.resistor(f"{line}{row}", node, 1 / g[row])
    for node, g_dummy in zip(dict.fromkeys(node for node, *_ in ends), dummies, strict=True):
        if g_dummy:
            net.resistor(node, "0", 1 / g_dummy)


@pytest.mark.parametrize("kind", KINDS, ids=named)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_ideal_read_out_gives_the_weights(
    bench: Bench, kind: dict[str, str], v_common_volts: float
) -> None:
    made = design(kind, "ideal")
    found = bench.operating_point(*deck(mapped(made), made), v_common_volts=v_common_volts)
    np.testing.assert_allclose(outputs(found), exact(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS, ids=named)
@pytest.mark.parametrize("gain", [1e3, 1e6])
def test_real_read_out_is_the_nodal_solution(
    bench: Bench, kind: dict[str, str], gain: float
) -> None:
    made = design(kind, "behavioural", gain=gain, r_out_ohm=100.0)
    arrays = mapped(made)
    for v_common_volts in COMMON:
        found = bench.operating_point(*deck(arrays, made), v_common_volts=v_common_volts)
        truth = solved(arrays, made, gain, 100.0)
        np.testing.assert_allclose(outputs(found), truth, rtol=1e-7, atol=1e-9)
    assert np.abs(truth - exact()).max() > 1e-7  # finite gain shows


@pytest.mark.parametrize("kind", KINDS[1:], ids=named)
def test_floating_bit_lines_stand_at_the_weighted_mean(bench: Bench, kind: dict[str, str]) -> None:
    made = design(kind, "ideal")
    arrays = mapped(made, 10 * WEIGHT)  # far from the least gain
    found = bench.operating_point(*deck(arrays, made))
    assert arrays.voltage is not None
    g = np.stack([arrays.g_pos_siemens, arrays.g_neg_siemens])
    sums, currents = g.sum(axis=1), np.einsum("hrc,r->hc", g, VOLTS)
    if kind["topology"] == "dual-row":
        nodes = np.array([[found[f"b{column}"] for column in range(COLUMNS)]])
        means = (currents[0] - currents[1]) / sums.sum(axis=0)
        assert not arrays.voltage.g_dummy_siemens.any()
        np.testing.assert_allclose(nodes[0], means, rtol=1e-9)
        return
    nodes = np.array([[found[f"b{half}{column}"] for column in range(COLUMNS)] for half in "pn"])
    # the line of the larger sum has no dummy, the other one is brought to the same sum
    np.testing.assert_allclose(nodes, currents / sums.max(axis=0), rtol=1e-9)
    np.testing.assert_allclose(
        sums + arrays.voltage.g_dummy_siemens, np.broadcast_to(sums.max(axis=0), sums.shape)
    )


@pytest.mark.parametrize("kind", KINDS[1:], ids=named)
def test_few_small_weights_get_a_dummy(bench: Bench, kind: dict[str, str]) -> None:
    """R_f sum(G) is 0.04 or so: no non-inverting amplifier has that gain."""
    made = design(kind, "behavioural", gain=1e9)
    arrays = mapped(made, np.array([[0.01, 0.0]]))
    assert arrays.voltage is not None
    assert arrays.voltage.gain.tolist() == [2.0]
    assert arrays.voltage.g_dummy_siemens.min() > 0
    found = bench.operating_point(*deck(arrays, made))
    assert found["out0"] == pytest.approx(0.01 * VOLTS[0] / 0.3 * BIT_VOLTS, rel=1e-5)


def test_halves_that_cancel_saturate_virtual_grounds_only(bench: Bench) -> None:
    """Two columns as virtual grounds need the rails for each half; floating ones hold means."""
    weight = np.full((1, ROWS), 200.0) * np.array([1.0, -1.0, 1.0, -1.0, 1.0])
    volts = np.array([0.3, 0.3, 0.3, 0.299, -0.0005])
    product = BIT_VOLTS * float((weight @ (volts / 0.3))[0])
    assert abs(product) < 0.8
    floating = design(KINDS[2], "behavioural")
    found = bench.operating_point(*deck(mapped(floating, weight), floating, volts))
    assert found["out0"] == pytest.approx(product, rel=1e-2)
    grounded = design({"topology": "dual-column"}, "behavioural")
    found = bench.operating_point(*deck(mapped(grounded, weight), grounded, volts))
    assert abs(found["out0"] - product) > 0.5
    reference = design(KINDS[0], "behavioural")
    found = bench.operating_point(*deck(mapped(reference, weight), reference, volts))
    assert found["out0"] == pytest.approx(product, rel=1e-2)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_one_wrong_memristor_is_noticed(bench: Bench, kind: dict[str, str]) -> None:
    made = design(kind, "ideal")
    arrays = mapped(made)
    arrays.g_neg_siemens[3, 1] *= 1.001
    found = outputs(bench.operating_point(*deck(arrays, made)))
    assert abs(found[1] / exact()[1] - 1) > 1e-6
    np.testing.assert_allclose(np.delete(found, 1), np.delete(exact(), 1), rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_noise_gains_divide_the_gain(bench: Bench, kind: dict[str, str]) -> None:
    """A last amplifier of finite gain A is off by noise gain / A of its output."""
    gain = 1e5
    made = design(kind, "behavioural", gain=gain, r_out_ohm=1e-3)
    arrays = mapped(made)
    error = outputs(bench.operating_point(*deck(arrays, made))) - exact()
    gains = arrays.noise_gains(made.crossbar.topology)
    expected = -exact() * gains[-1] / gain
    if arrays.reference is not None:
        # the reference is too small by its own share, and a larger reference raises outputs
        current = arrays.r_feedback_ohm * (VOLTS @ arrays.g_pos_siemens)
        expected -= current * gains[0] / gain
    elif kind["topology"] == "dual-column":
        # the first hands on the negative half, times gain - 1
        assert arrays.voltage is not None
        total = arrays.voltage.gain / arrays.r_feedback_ohm
        negative = VOLTS @ arrays.g_neg_siemens / total * gains[0]
        expected += (arrays.voltage.gain - 1) * negative * gains[0] / gain
    np.testing.assert_allclose(error, expected, rtol=1e-2, atol=1e-9)
