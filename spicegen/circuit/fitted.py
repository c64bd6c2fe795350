"""Transistor cells of a circuit replaced by the behavioural models fitted to their data sheets.

A cell keeps its name, its ports and its parameters, so that the circuit around it stays what it
is. Cells that consist of resistors, capacitors and op-amps keep their own templates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from spicegen.circuit.amplifier import POLE_TRANSCONDUCTANCE_SIEMENS
from spicegen.circuit.graph import FloatArray, Subcircuit, Value
from spicegen.design import Design
from spicegen.errors import DesignError
from spicegen.pdk.fitted import END_VOLTS, FittedCells, FittedCurve

Values = dict[str, Value]

FITTED_OPTIONS = {"gmin": 1e-18}
"""ngspice adds gmin to ground at controlled sources: its default discharges a hold capacitor faster
than the cell does."""

BOLTZMANN_VOLTS = 8.617333262e-5
"""Boltzmann constant over the elementary charge, V/K."""

LARGEST_EXPONENT = 45.0
"""Of a clamp's diode at the end of the swing: solvers know no smaller saturation currents."""

INJECTION_SHARE = 1e-3
"""Capacitor that couples injected charge, as a share of the hold capacitor."""

LOAD_SIEMENS = 1e-3
"""What makes voltages of the currents that carry a curve."""


def fitted_blocks(
    blocks: Iterable[Subcircuit], cells: FittedCells | None, design: Design
) -> tuple[Subcircuit, ...]:
    """Blocks without foundry devices.

    Args:
        blocks: of a circuit, drawn with transistors.
        cells: parameters of the models.
        design: kit, thresholds, capacitors.
    Raises:
        DesignError: there are no parameters.
    """
    if cells is None:
        raise DesignError(
            "pdk.models",
            "behavioural models are fitted to data sheets, which a run or an emission measures",
            repr("behavioural"),
            "calibrate the network first",
        )
    drawn = []
    for block in blocks:
        make = MODELS.get(block.name)
        if make is None or not block.template.startswith("transistor/"):
            drawn.append(block)
            continue
        values = make(cells, design)
        drawn.append(replace(block, template=f"fitted/{_template(block.name)}", values=values))
    return tuple(drawn)


def _template(name: str) -> str:
    return "activation" if name in ("tanh", "sigmoid", "sigmoid_gate") else name


def _opamp(cells: FittedCells, design: Design) -> Values:
    amp, gm = cells.opamp, POLE_TRANSCONDUCTANCE_SIEMENS
    v_thermal, i_end = BOLTZMANN_VOLTS * (273.15 + design.pdk.temperature_celsius), gm * END_VOLTS
    above = max(amp.high_knee_volts, amp.high_volts / LARGEST_EXPONENT)
    return {
        "gain": amp.gain,
        "gbw_hertz": amp.gbw_hertz,
        "v_offset_volts": amp.v_offset_volts,
        "slope_volts_per_ampere": amp.slope_volts_per_ampere,
        "r_out_ohm": amp.r_out_ohm,
        "low_volts": amp.low_volts,
        "high_volts": amp.high_volts,
        "gm_siemens": gm,
        "i_offset_ampere": gm * amp.v_offset_volts,
        "r_gain_ohm": amp.gain / gm,
        "c_pole_farad": gm / (2.0 * math.pi * amp.gbw_hertz),
        "g_slope_siemens": gm * amp.slope_volts_per_ampere / amp.r_out_ohm,
        "i_end_ampere": i_end,
        "v_below_volts": -amp.low_volts,
        "emission_below": amp.low_knee_volts / v_thermal,
        "emission_above": above / v_thermal,
        "i_saturation_ampere": i_end * math.exp(-amp.high_volts / above),
        "temperature_celsius": design.pdk.temperature_celsius,
        "g_out_siemens": 1.0 / amp.r_out_ohm,
    }


def _activation(name: str, of: Callable[[FittedCells], FittedCurve]) -> Callable[..., Values]:
    def values(cells: FittedCells, design: Design) -> Values:
        curve, kit = of(cells), design.kit
        r_ohm = kit.value(name, "r_out_ohm")
        # a gate is counted from vy, its op-amp's virtual ground stands at common
        base = kit.v_gate_volts - design.signal.v_common_volts if name == "sigmoid_gate" else 0.0
        a, k, d = curve.terms.T
        # the measured curve holds the op-amp's error, which the model's op-amp makes once more
        scale = (1.0 + 1.0 / cells.opamp.gain) / r_ohm
        constant = scale * (curve.constant_volts + base) + cells.opamp.v_offset_volts / r_ohm
        common = design.signal.v_common_volts  # one node of each controlled source less to load
        terms: FloatArray = np.stack([a * scale, k, d + k * common], axis=1)
        return {
            "shape": name,
            "r_out_ohm": r_ohm,
            "c_out_farad": kit.value(name, "c_out_farad"),
            "fixed_output": name == "sigmoid_gate",
            "residual_pct": curve.residual_pct[0],
            "i_constant_ampere": constant - scale * curve.slope * common,
            "g_line_siemens": scale * curve.slope,
            "terms": terms,
        }

    return values


def _multiplier(cells: FittedCells, design: Design) -> Values:
    product, x = cells.product, f"(V(x)-{design.signal.v_common_volts!r})"
    return {
        "residual_pct": product.residual_pct[0],
        "v_gate_volts": design.kit.v_gate_volts,
        "x": x,
        "reference": horner(x, product.reference),
        "first": horner(x, product.first),
        "second": horner(x, product.second),
        "r_a_ohm": 1.0 / product.a_siemens,
        "r_b_ohm": 1.0 / product.b_siemens,
    }


def _relu(cells: FittedCells, design: Design) -> Values:
    return {"load_siemens": LOAD_SIEMENS, "load_ohm": 1.0 / LOAD_SIEMENS}


def _sample_hold(cells: FittedCells, design: Design) -> Values:
    own, hold = design.sample_hold, cells.hold
    threshold = design.timing.v_clock_volts / 2
    per_volt = -(1 + 1 / INJECTION_SHARE) / threshold
    return {
        "c_hold_farad": own.c_hold_farad,
        "r_on_ohm": own.r_on_ohm,
        "g_on_siemens": 1.0 / own.r_on_ohm,
        "v_threshold_volts": threshold,
        "i_leak_ampere": hold.droop_volts_per_second * own.c_hold_farad,
        "droop_volts_per_second": hold.droop_volts_per_second,
        "injection_volts": hold.injection_volts[0],
        "c_injection_farad": INJECTION_SHARE * own.c_hold_farad,
        # what couples falls from the threshold to nothing as the switch opens
        "injection": horner(
            f"(V(hold)-{design.signal.v_common_volts!r})",
            [each * per_volt for each in hold.injection_volts],
        ),
    }


def _state_cell(cells: FittedCells, design: Design) -> Values:
    threshold = design.timing.v_clock_volts / 2
    return {"g_on_siemens": 1.0 / design.sample_hold.r_on_ohm, "v_threshold_volts": threshold}


def _clock_driver(cells: FittedCells, design: Design) -> Values:
    supply = design.v_supply_volts
    return {
        "load_siemens": LOAD_SIEMENS,
        "load_ohm": 1.0 / LOAD_SIEMENS,
        "i_supply_ampere": supply * LOAD_SIEMENS,
    }


MODELS: dict[str, Callable[[FittedCells, Design], Values]] = {
    "opamp": _opamp,
    "tanh": _activation("tanh", lambda cells: cells.tanh),
    "sigmoid": _activation("sigmoid", lambda cells: cells.sigmoid),
    "sigmoid_gate": _activation("sigmoid_gate", lambda cells: cells.gate),
    "multiplier": _multiplier,
    "relu": _relu,
    "sample_hold": _sample_hold,
    "state_cell": _state_cell,
    "clock_driver": _clock_driver,
}
"""What the template of each replaced cell prints."""


def horner(x: str, coefficients: Iterable[float]) -> str:
    """A polynomial as text: coefficients of 1, x, x**2, ..."""
    text = ""
    for each in reversed([*coefficients]):
        text = f"({each!r}+{x}*{text})" if text else f"({each!r})"
    return text
