"""Energies of circuits that can be worked out on paper."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

import spicegen as sg
from spicegen.cost.elements import PARTS, Capacitor, Driver, Resistor, Switch
from spicegen.cost.energy import energies_of
from spicegen.cost.flatten import Unfolded
from spicegen.cost.intervals import Intervals
from spicegen.cost.model import EnergyModel
from spicegen.network import Dense, Network
from spicegen.waveforms import Waveforms

CROSSBARS = PARTS.index("crossbars")


def simulated(program: str, folder: Path, *lines: str) -> Waveforms:
    deck, raw = folder / "deck.cir", folder / "deck.raw"
    deck.write_text("\n".join(["* by hand", *lines, ".end\n"]))
    subprocess.run(
        [program, "-n", "-b", "-r", str(raw), str(deck)], check=True, capture_output=True
    )
    return Waveforms.from_raw(raw)


def test_resistive_divider(ngspice_program: str, tmp_path: Path) -> None:
    """2 V across 1 k and 3 k for 1 ms: 4 V^2 / 4 k = 1 mW, a quarter of it in the first."""
    waveforms = simulated(
        ngspice_program, tmp_path, "V1 a 0 DC 2", "R1 a b 1k", "R2 b 0 3k", ".tran 10u 1m"
    )
    circuit = Unfolded(
        (
            Resistor("opamps", "a", "b", 1e-3),
            Resistor("crossbars", "b", "0", 1 / 3e3),
            Driver("a", "i(v1)"),
        ),
        (),
        "0",
    )
    energies = energies_of(EnergyModel(circuit, 0.0, 1.0), waveforms, 0.0)
    assert energies.seconds == pytest.approx(1e-3)
    assert energies.supply_joule.tolist() == pytest.approx([1e-6, 0, 0, 0], rel=1e-9)
    assert energies.heat_joule[PARTS.index("opamps")] == pytest.approx(0.25e-6, rel=1e-9)
    assert energies.heat_joule[CROSSBARS] == pytest.approx(0.75e-6, rel=1e-9)
    assert energies.unaccounted_joule == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("element", ["resistor", "switch"])
def test_charge_of_a_capacitor(ngspice_program: str, tmp_path: Path, element: str) -> None:
    """1 nF to 1.5 V through 10 k: C V^2 drawn, half of it heat whatever the resistor, half kept."""
    waveforms = simulated(
        ngspice_program,
        tmp_path,
        "V1 a 0 PWL(0 0 1u 0 1.001u 1.5)",
        "Vphi phi 0 DC 1.8",
        "R1 a b 10k",
        "C1 b 0 1n",
        ".options reltol=1e-5",
        ".tran 1u 200u 0 1u uic",
    )
    on = Switch("a", "b", "phi", 1e-4, 0.0, 0.9)
    through = Resistor("switches", "a", "b", 1e-4) if element == "resistor" else on
    circuit = Unfolded((through, Capacitor("b", 1e-9), Driver("a", "i(v1)")), (), "0")
    energies = energies_of(EnergyModel(circuit, 0.0, 1.0), waveforms, 0.0)
    drawn = 1e-9 * 1.5**2
    assert energies.supply_joule[0] == pytest.approx(drawn, rel=2e-3)
    assert energies.heat_joule[PARTS.index("switches")] == pytest.approx(drawn / 2, rel=2e-3)
    assert energies.stored_joule == pytest.approx(drawn / 2, rel=1e-6)
    assert abs(energies.unaccounted_joule) < 1e-3 * drawn


def test_integrals_of_straight_lines() -> None:
    """x = t, y = 2 - t on uneven points of [0, 2]: integrals 2, 8/3, 4/3; and charges of loads."""
    t = np.array([0.0, 0.3, 0.3, 1.1, 2.0])
    time, x, y = Intervals(np.diff(t)), t[None], (2.0 - t)[None]
    assert time.of(x)[0] == pytest.approx(2.0)
    assert time.of_products(x, x)[0] == pytest.approx(8 / 3)
    assert time.of_products(x, y)[0] == pytest.approx(4 / 3)
    assert time.of_pairs(np.stack([t, 2.0 - t]), x).ravel() == pytest.approx([8 / 3, 4 / 3])
    # 0.5 t + 3 through g = 0.5 and C = 3; and -3 + 0.5 (2 - t), which is negative throughout
    charge = time.of_loads(np.concatenate([x, y]), np.array([0.5, 0.5]), np.array([3.0, 3.0]))
    assert charge == pytest.approx([7.0, 5.0])


@pytest.mark.parametrize("analysis", ["static", "transient"])
def test_a_network_of_one_layer(ngspice_program: str, tmp_path: Path, analysis: str) -> None:
    """Word lines at +-v, a virtual ground, a feedback resistor: five sums give every watt."""
    weight = np.array([[0.8, -0.5, 0.1], [-0.3, 0.6, 0.9]])
    network = Network("by_hand", 3, (Dense("out", weight, np.zeros(2), "linear"),))
    inputs = np.array([[0.5, -1.0, 0.25], [1.0, 0.75, -0.5]])
    settings = ["cost.enabled=true", f"simulation.analysis={analysis}", "opamp.gain=1e8"]
    if analysis == "transient":  # edges and settling take next to none of a long step
        settings += ["timing.t_step_s=2e-3"]
    run = sg.run(
        network, inputs, design=sg.load_design(None, settings), out=tmp_path / "a", force=True
    )
    cost = run.summary["cost"]
    with np.load(tmp_path / "a" / "crossbars.npz") as arrays:
        g = arrays["g_pos_siemens_0"] + arrays["g_neg_siemens_0"]
        r_f = arrays["r_feedback_ohm_0"]
    volts = {signal["signal"]: signal["volts_per_unit"] for signal in run.summary["clipping"]}
    v_in = inputs * next(per_unit for name, per_unit in volts.items() if "in" in name)
    v_out = run.outputs * next(per_unit for name, per_unit in volts.items() if "out" in name)
    crossbar = np.mean((v_in**2 @ g).sum(axis=1))
    current = np.abs(v_out) / r_f
    feedback = np.mean((v_out**2 / r_f).sum(axis=1))
    drawn = np.mean(0.9 * current.sum(axis=1))
    parts = {name: part["simulated_watt"] for name, part in cost["parts"].items()}
    near = 1e-6 if analysis == "static" else 5e-3
    assert parts["crossbars"] == pytest.approx(crossbar, rel=near)
    assert cost["supply_watt"]["opamps"] == pytest.approx(drawn, rel=near)
    # what the op-amps draw, they pass on to the feedback resistor or turn into heat themselves
    assert parts["opamps"] == pytest.approx(drawn, rel=near)
    assert feedback < drawn
    assert cost["supply_watt"]["drivers"] == pytest.approx(crossbar, rel=near)
    assert cost["power_simulated_watt"] == pytest.approx(crossbar + drawn, rel=near)
    t_step = run.summary["clock"]["t_step_s"]
    energy = (crossbar + drawn) * t_step
    assert cost["energy_simulated_joule"] == pytest.approx(energy, rel=near)
    assert cost["inference"] == "sample"
    # two op-amps of 41 uW per 10 MHz, at 50 MHz
    assert cost["power_table_watt"] == pytest.approx(2 * 5 * 41e-6, rel=1e-12)
    area = 2 * 3 * 2 * 1.728e-12 + 2 * 1.12e-8
    assert cost["area_square_metre"] == pytest.approx(area, rel=1e-12)
