"""An LSTM as a SPICE deck, written the obvious way: one Python statement per element.

It shares nothing with spicegen but the parameters of the op-amps, and so checks its answers as
well as its speed. The style is that of published generators of analog LSTMs: two columns and
two op-amps per output, limiters in B sources, one pulse source per input and step in series,
ngspice's own solver options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.measure import FloatArray
from benchmarks.naive_opamp import limiter_corner
from spicegen.design import Design
from spicegen.network import Lstm

V_UNIT_VOLTS = 0.1
R_FEEDBACK_OHM = 100e3
G_MIN_SIEMENS = 1e-6
T_STEP_S = 9e-6
T_EDGE_S = 0.1e-6
C_HOLD_FARAD = 10e-12
V_CLOCK_VOLTS = 1.8


@dataclass(frozen=True, slots=True)
class NaiveDeck:
    """A deck and where its answers are.

    Attributes:
        text: the deck.
        vectors: hidden state, one per unit; V_UNIT_VOLTS is 1.
        t_read_s: (step,) instants at which they are read, s.
        t_stop_s: end of the transient analysis, s.
        elements: lines that are elements.
    """

    text: str
    vectors: tuple[str, ...]
    t_read_s: FloatArray
    t_stop_s: float
    elements: int


def naive_lstm(layer: Lstm, inputs: FloatArray, simulated: int, design: Design) -> NaiveDeck:
    """A deck with sources for all steps, of which the first ones are simulated.

    Args:
        layer: without peepholes and other variants.
        inputs: (step, feature), network units.
        simulated: steps that the analysis covers.
        design: gain, bandwidth, rails and output resistance of the op-amps.
    """
    units = layer.output_size
    body = [
        *_opamp(design),
        ".model closing sw vt=0.9 vh=0.1 ron=10k roff=1e12",
        f"Vtransfer transfer 0 {_clock(0.0, 2.0e-6)}",
        f"Vtrack track 0 {_clock(6.5e-6, 2.2e-6)}",
        f"Vbias bias 0 DC {V_UNIT_VOLTS}",
        *_inputs(inputs),
        *_columns(layer),
    ]
    for unit in range(units):
        body += _unit(unit, units)
    t_stop_s = (simulated + 1) * T_STEP_S
    vectors = tuple(f"v(h{unit})" for unit in range(units))
    tail = [f".save {' '.join(vectors)}", f".tran {T_STEP_S / 20} {t_stop_s} uic", ".end", ""]
    # what step k computes is passed on, and stands still, during step k + 1
    t_read_s = (np.arange(simulated) + 1.9) * T_STEP_S
    elements = sum(line[0] not in ".*" for line in body)
    text = "\n".join(["* LSTM, written the obvious way", *body, *tail])
    return NaiveDeck(text, vectors, t_read_s, t_stop_s, elements)


def _opamp(design: Design) -> list[str]:
    return [".subckt opamp inp inn out cm", *limiter_corner(design), ".ends opamp"]


def _clock(delay_s: float, width_s: float) -> str:
    return f"PULSE(0 {V_CLOCK_VOLTS} {delay_s} {T_EDGE_S} {T_EDGE_S} {width_s} {T_STEP_S})"


def _inputs(inputs: FloatArray) -> Iterator[str]:
    """For each input as many sources in series as there are steps, one pulse each."""
    steps, features = inputs.shape
    forever_s = 10 * steps * T_STEP_S
    for feature in range(features):
        low = "0"
        for step in range(steps):
            high = f"x{feature}" if step == steps - 1 else f"x{feature}_{step}"
            volts = V_UNIT_VOLTS * float(inputs[step, feature])
            pulse = f"PULSE(0 {volts!r} {step * T_STEP_S} {T_EDGE_S} {T_EDGE_S}"
            width_s = T_STEP_S - T_EDGE_S
            yield f"Vx{feature}_{step} {high} {low} {pulse} {width_s} {forever_s})"
            low = high


def _columns(layer: Lstm) -> Iterator[str]:
    """Pre-activations: the positive half is inverted and added to the negative one."""
    weights = np.hstack([layer.weight_ih, layer.weight_hh, layer.bias[:, None]])
    rows = [f"x{k}" for k in range(layer.weight_ih.shape[1])]
    rows += [f"h{k}" for k in range(layer.output_size)] + ["bias"]
    for column in range(weights.shape[0]):
        for row, name in enumerate(rows):
            weight = float(weights[column, row])
            for half, part in (("p", max(weight, 0.0)), ("n", max(-weight, 0.0))):
                siemens = G_MIN_SIEMENS + part / R_FEEDBACK_OHM
                yield f"R{half}{row}_{column} {name} {half}{column} {1 / siemens!r}"
        yield f"Rfp{column} p{column} m{column} {R_FEEDBACK_OHM}"
        yield f"Xp{column} 0 p{column} m{column} 0 opamp"
        yield f"Rsub{column} m{column} n{column} {R_FEEDBACK_OHM}"
        yield f"Rfn{column} n{column} a{column} {R_FEEDBACK_OHM}"
        yield f"Xn{column} 0 n{column} a{column} 0 opamp"


def _unit(unit: int, units: int) -> Iterator[str]:
    """Activations, products, the sum of the new cell state, and four memories."""
    for row, gate in enumerate("ifgo"):
        kind = "tanh" if gate == "g" else "sigmoid"
        yield from _activation(f"{gate}{unit}", f"a{row * units + unit}", kind)
    yield f"Bkeep{unit} fc{unit} 0 V=V(f{unit})*V(c{unit})/{V_UNIT_VOLTS}"
    yield f"Bwrite{unit} ig{unit} 0 V=V(i{unit})*V(g{unit})/{V_UNIT_VOLTS}"
    for name, source, target in (("k", f"fc{unit}", "s"), ("w", f"ig{unit}", "s")):
        yield f"Rs{name}{unit} {source} {target}{unit} {R_FEEDBACK_OHM}"
    yield f"Rfs{unit} s{unit} minus{unit} {R_FEEDBACK_OHM}"
    yield f"Xs{unit} 0 s{unit} minus{unit} 0 opamp"
    yield f"Rinv{unit} minus{unit} t{unit} {R_FEEDBACK_OHM}"
    yield f"Rfinv{unit} t{unit} cnew{unit} {R_FEEDBACK_OHM}"
    yield f"Xinv{unit} 0 t{unit} cnew{unit} 0 opamp"
    yield from _activation(f"tc{unit}", f"cnew{unit}", "tanh")
    yield f"Bhidden{unit} hnew{unit} 0 V=V(o{unit})*V(tc{unit})/{V_UNIT_VOLTS}"
    for state in "hc":
        yield from _memory(f"{state}new{unit}", f"{state}{unit}")


def _activation(out: str, source: str, kind: str) -> Iterator[str]:
    unit = V_UNIT_VOLTS
    if kind == "sigmoid":
        yield f"B{out} {out} 0 V={unit}/(1+exp(-V({source})/{unit}))"
    else:
        yield f"B{out} {out} 0 V={unit}*tanh(V({source})/{unit})"


def _memory(source: str, out: str) -> Iterator[str]:
    """Two switches and capacitors in series, ideal buffers behind them."""
    yield f"S1{out} {source} first_{out} track 0 closing"
    yield f"C1{out} first_{out} 0 {C_HOLD_FARAD} ic=0"
    yield f"X1{out} first_{out} middle_{out} middle_{out} 0 opamp"
    yield f"S2{out} middle_{out} second_{out} transfer 0 closing"
    yield f"C2{out} second_{out} 0 {C_HOLD_FARAD} ic=0"
    yield f"X2{out} second_{out} {out} {out} 0 opamp"
