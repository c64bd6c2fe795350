"""One LSTM unit with its state cells, driven with pre-activations: the float64 equations."""

from __future__ import annotations

import numpy as np
import pytest
from bench import Bench, held, instance, source
from numpy.typing import NDArray

from spicegen.circuit import Clock
from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.cells import multipliers, sample_hold
from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.lstm import lstm_unit
from spicegen.circuit.unit import Unit
from spicegen.design import Design, design_from
from spicegen.mapping import Lines, MappedCrossbar, MappedRecurrent

Array = NDArray[np.float64]
GATE, C, H, SIGMOID, TANH = 0.72, 0.4, 0.3, 0.04, 0.08
PRE_VOLTS = {"i": SIGMOID, "f": SIGMOID, "g": TANH, "o": SIGMOID}
STEPS = 4
CLOCK = Clock(8e-6, 2e-6, 0.1e-6, 1.8, 2, STEPS, 1)
PRE = np.random.default_rng(7).uniform(-2.5, 2.5, (4, 2, STEPS))  # i f g o, sequence, step


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def equations() -> tuple[Array, Array]:
    """(sequence, step) c and h."""
    c, h = np.zeros((2, 2, STEPS))
    for sequence in range(2):
        before = 0.0
        for step in range(STEPS):
            i, f, o = (sigmoid(PRE[gate, sequence, step]) for gate in (0, 1, 3))
            before = f * before + i * np.tanh(PRE[2, sequence, step])
            c[sequence, step], h[sequence, step] = before, o * np.tanh(before)
    return c, h


def unit(design: Design) -> tuple[Unit, list[Subcircuit]]:
    """The unit of an ordinary LSTM as a layer draws it, with every block it needs."""
    volts = dict.fromkeys(("i", "f", "g", "o", "tanh_c"), GATE)
    volts |= {"c": C, "c_next": C, "h": H, "h_next": H}
    volts |= {f"pre_{gate}": scale for gate, scale in PRE_VOLTS.items()}
    columns = tuple(Lines(f"pre_{gate}", 1, scale) for gate, scale in PRE_VOLTS.items())
    one = np.ones((1, 4))
    crossbar = MappedCrossbar("m", one, one, one[0], one[0, :1], one[0], one > 0)
    layer = MappedRecurrent("m", "lstm", "np", 1, (), columns, crossbar, volts, 1, False)
    made = lstm_unit(layer, "m", True, design)
    shared = [*amplifiers(design), *multipliers(design), *sample_hold(design)]
    return made, [*shared, *made.cells, made.subcircuit]


@pytest.mark.parametrize("fidelity", ["ideal", "behavioural"])
@pytest.mark.parametrize("v_common_volts", [0.0, 1.2])
def test_steps_of_two_sequences(bench: Bench, fidelity: str, v_common_volts: float) -> None:
    made, blocks = unit(design_from({"fidelity": fidelity}))
    assert made.subcircuit.ports == (
        "pre_i", "pre_f", "pre_g", "pre_o", "c", "c_ref", "c_next", "h_next", "cm"
    )  # fmt: skip
    lines = [
        source(f"pre_{gate}", held(CLOCK, scale * PRE[index]), "cm")
        for index, (gate, scale) in enumerate(PRE_VOLTS.items())
    ]
    lines += [
        source("track", CLOCK.track()), source("transfer", CLOCK.transfer()),
        source("reset", CLOCK.reset(0)),
        instance("u", made.subcircuit, " ".join(made.subcircuit.ports)),
        instance("c", "state_cell", "c_next track transfer reset c cm"),
        instance("h", "state_cell", "h_next track transfer reset h cm"),
        instance("replica", "state_cell", "cm track transfer reset c_ref cm"),
    ]  # fmt: skip
    plot = bench.run(
        blocks, lines, f".tran 8u {CLOCK.t_stop_s!r} 0 8u uic", v_common_volts=v_common_volts,
        options=".options reltol=1e-4 vntol=1e-7 abstol=1e-12",
    )  # fmt: skip

    def at(node: str, t_s: Array) -> Array:
        return np.interp(t_s, plot.sweep, plot[f"v({node})"] - v_common_volts)

    c, h = equations()
    now, later = CLOCK.sampling(0), CLOCK.sampling(1)
    # 12 uV per opened switch, two on the way of each state: 6e-5 of 0.4 V, 8e-5 of 0.3 V.
    # Within a product the replica takes them out of c; h and c themselves keep them.
    product = 2e-5
    kept = {"c": 2e-5, "h": 2e-5}
    if fidelity == "behavioural":
        kept = {"c": 2 * 12e-6 / C + product, "h": 2 * 12e-6 / H + product}
    gates = {"i": sigmoid(PRE[0]), "f": sigmoid(PRE[1]), "g": np.tanh(PRE[2])}
    for node, expected in (gates | {"o": sigmoid(PRE[3])}).items():
        np.testing.assert_allclose(at(f"xu.{node}", now) / GATE, expected, atol=product)
    np.testing.assert_allclose(at("c_next", now) / C, c, atol=product)
    np.testing.assert_allclose(at("xu.tanh_c", now) / GATE, np.tanh(c), atol=product)
    np.testing.assert_allclose(at("h_next", now) / H, h, atol=product)
    np.testing.assert_allclose(at("c", later) / C, c, atol=kept["c"])
    np.testing.assert_allclose(at("h", later) / H, h, atol=kept["h"])
    # the states start each sequence at zero, but for one switch that opened
    for node, scale in (("c", C), ("h", H)):
        np.testing.assert_allclose(at(node, now[:, 0]) / scale, 0.0, atol=kept[node])
    assert np.ptp(h) > 0.3


def test_volts_of_a_unit_cancel_in_its_products() -> None:
    """k of each multiplier, by hand: the product of two scaled signals in the third's scale."""
    made, _ = unit(design_from({}))
    products = {
        part.nodes[:4]: part.values["k"]
        for part in made.subcircuit.values["instances"]  # type: ignore[union-attr]
        if part.subcircuit == "multiplier"  # type: ignore[union-attr]
    }
    assert products == {
        ("f", "c", "c_ref", "c_next"): pytest.approx(C / (GATE * C)),
        ("i", "g", "cm", "c_next"): pytest.approx(C / (GATE * GATE)),
        ("o", "tanh_c", "cm", "h_next"): pytest.approx(H / (GATE * GATE)),
    }


def test_every_cell_takes_its_signal_in_the_signals_own_volts() -> None:
    made, _ = unit(design_from({}))
    scales = {
        (cell.template.rpartition("/")[2], cell.values["in_volts"], cell.values["out_volts"])
        for cell in made.cells
    }
    assert scales == {("sigmoid", SIGMOID, GATE), ("tanh", TANH, GATE), ("tanh", C, GATE)}
