"""Non-idealities of the circuit, simulated, against closed forms; same seed, same circuit."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_networks import chain, dense, lstm, signal

import spicegen
from spicegen.circuit.graph import Group, Instance
from spicegen.circuit.mismatch import spread
from spicegen.design import design_from
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.nonideality import generator
from spicegen.network import Network
from spicegen.pipeline import prepare

Array = NDArray[np.float64]
LINEAR = chain(dense("a", 6, 4, bias=False, seed=3))
RECURRENT = chain(
    dense("in", 3, 3, "relu", seed=21), lstm("m", 3, 3, seed=22), dense("out", 3, 2, seed=23)
)
EXACT = {"reltol": 1e-9, "vntol_volts": 1e-12, "abstol_ampere": 1e-15}
TOPOLOGIES = ["dual-row", "dual-column"]


def outputs_and_crossbar(
    out: Path, network: Network, inputs: Array, table: dict[str, Any]
) -> tuple[Array, MappedCrossbar]:
    """Analog outputs in volts of a linear layer, and its crossbar."""
    exact = {"simulation": EXACT | {"analysis": "static"}}
    design = design_from(table | exact)
    prepared = prepare(network, inputs, design)
    result = spicegen.run(network, inputs, design=design, out=out)
    mapped = prepared.stages[0].mapped
    return result.outputs * mapped.output_volts, mapped.layers[0].parts[0].crossbar


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_curved_cells(tmp_path: Path, topology: str) -> None:
    k, inputs = 4.0, signal(9, 6, seed=5)
    table = {
        "fidelity": "ideal",
        "crossbar": {"topology": topology},
        "nonideality": [{"kind": "nonlinear-iv", "k_per_volt": k}],
    }
    found, crossbar = outputs_and_crossbar(tmp_path / "a", LINEAR, inputs, table)
    words = inputs * crossbar.word_volts
    g = crossbar.g_pos_siemens - crossbar.g_neg_siemens
    expected = np.sinh(k * words) / k @ g * crossbar.r_feedback_ohm
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    linear = words @ g * crossbar.r_feedback_ohm
    assert np.abs(linear - expected).max() > 1e-3  # the curve shows


def test_every_read_out_has_its_own_op_amp(tmp_path: Path) -> None:
    """Against the nodal equations of each TIA, with the values that stand in the deck."""
    inputs = signal(5, 6, seed=6)
    entry = {"kind": "opamp-mismatch", "sigma_offset_volts": 5e-3, "sigma_gain": 0.5}
    table = {"opamp": {"gain": 1e3}, "nonideality": [entry]}
    found, crossbar = outputs_and_crossbar(tmp_path / "a", LINEAR, inputs, table)
    deck = (tmp_path / "a" / "circuit.cir").read_text()
    lines = [line for line in deck.splitlines() if line.startswith("Xa_readout")]
    values = [
        {
            key: float(text)
            for key, text in (word.split("=") for word in line.split() if "=" in word)
        }
        for line in lines
    ]
    assert len({each["vos0"] for each in values}) == len(values) == 4
    r_out = 100.0
    for column, each in enumerate(values):
        r_f, gain = crossbar.r_feedback_ohm[column], 1e3 * each["ka0"]
        g_pos, g_neg = crossbar.g_pos_siemens[:, column], crossbar.g_neg_siemens[:, column]
        words = inputs * crossbar.word_volts
        # Unknown: the bit line u and the output w. Current into u, and current into w.
        matrix = [[g_pos.sum() + g_neg.sum() + 1 / r_f, -1 / r_f],
                  [gain / r_out - 1 / r_f, 1 / r_out + 1 / r_f]]  # fmt: skip
        right = np.stack([words @ (g_neg - g_pos), np.full(5, gain * each["vos0"] / r_out)])
        expected = np.linalg.solve(np.array(matrix), right)[1]
        np.testing.assert_allclose(found[:, column], expected, rtol=1e-6, atol=1e-8)


def test_mismatch_has_its_distribution() -> None:
    n = 20_000
    table = {
        "opamp": {"v_offset_volts": 1e-3},
        "nonideality": [
            {"kind": "opamp-mismatch", "sigma_offset_volts": 2e-3, "sigma_gain": 0.1},
            {"kind": "hold-mismatch", "sigma": 0.02},
        ],
    }
    cells = tuple(Instance(f"c{k}", "hold_cell", ("a", "b", "0")) for k in range(n))
    _, (group,) = spread((), (Group("layer a", cells, "a"),), design_from(table))
    for key, mean, sigma, of in (
        ("vos0", 1e-3, 2e-3, float),
        ("ka0", 0.0, 0.1, math.log),
        ("kc0", 1.0, 0.02, float),
    ):
        values = np.array([of(each.values[key]) for each in group.instances])
        assert abs(values.mean() - mean) < 5 * sigma / math.sqrt(n), key
        assert abs(values.var() / sigma**2 - 1) < 5 * math.sqrt(2 / n), key


def test_ideal_blocks_have_no_mismatch() -> None:
    entries = [{"kind": "opamp-mismatch", "sigma_offset_volts": 1.0}]
    entries.append({"kind": "hold-mismatch", "sigma": 0.02})
    groups = (Group("a", (Instance("s", "state_cell", ("a",)),), "a"),)
    design = design_from({"nonideality": entries, "fidelity": "ideal"})
    assert spread((), groups, design) == ((), groups)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_read_noise(tmp_path: Path, topology: str) -> None:
    """Each deviation is the drawn Gaussian times the root of the devices' variances."""
    sigma, samples = 0.03, 400
    inputs = signal(samples, 6, seed=7)
    table = {"fidelity": "ideal", "crossbar": {"topology": topology}}
    noisy = table | {"nonideality": [{"kind": "read-noise", "sigma": sigma}]}
    clean, _ = outputs_and_crossbar(tmp_path / "a", LINEAR, inputs, table)
    found, crossbar = outputs_and_crossbar(tmp_path / "b", LINEAR, inputs, noisy)
    squares = crossbar.g_pos_siemens**2 + crossbar.g_neg_siemens**2
    deviation = sigma * np.sqrt((inputs * crossbar.word_volts) ** 2 @ squares)
    z = (found - clean) / (deviation * crossbar.r_feedback_ohm)
    draws = np.stack(
        [
            generator(0, "read-noise", 0, "a", str(line)).standard_normal(samples)
            for line in range(4)
        ],
        axis=1,
    )
    np.testing.assert_allclose(np.abs(z), np.abs(draws), rtol=2e-4, atol=2e-4)
    n = z.size
    assert abs(z.mean()) < 5 / math.sqrt(n)
    assert abs(z.var() - 1) < 5 * math.sqrt(2 / n)


def test_blocks_of_a_cut_see_the_noise_of_the_whole(tmp_path: Path) -> None:
    inputs = signal(12, 6, seed=7)
    entries = [{"kind": "read-noise", "sigma": 0.05}, {"kind": "variation", "sigma": 0.05}]
    outputs = []
    for jobs in (1, 2):
        simulation = EXACT | {"analysis": "static", "jobs": jobs}
        design = design_from({"nonideality": entries, "simulation": simulation})
        result = spicegen.run(LINEAR, inputs, design=design, out=tmp_path / str(jobs))
        outputs.append(result.outputs)
    np.testing.assert_allclose(outputs[1], outputs[0], rtol=1e-6, atol=1e-9)
    assert result.summary["partition"]["cut_error_pct"] < 1e-4


EVERY = [
    {"kind": "programming", "sigma": 0.01},
    {"kind": "variation", "sigma": 0.05, "distribution": "lognormal"},
    {"kind": "stuck", "p_on": 0.02, "p_off": 0.05},
    {"kind": "open-line", "p_word_line": 0.05},
    {"kind": "drift", "t_s": 1e5, "nu": 0.02, "nu_sigma": 0.01},
    {"kind": "temperature", "temperature_celsius": 60.0, "tc_g_max_per_kelvin": -1e-3},
    {"kind": "read-noise", "sigma": 0.01},
    {"kind": "nonlinear-iv", "k_per_volt": 1.0},
    {"kind": "opamp-mismatch", "sigma_offset_volts": 1e-3},
    {"kind": "hold-mismatch", "sigma": 0.02},
]


def emitted(out: Path, entries: list[dict[str, Any]], **table: Any) -> str:
    design = design_from({"nonideality": entries} | table)
    summary = spicegen.emit(RECURRENT, signal(2, 4, 3, seed=24), design, out)
    return str(summary["netlist_sha256"])


def test_same_seed_same_circuit(tmp_path: Path) -> None:
    first = emitted(tmp_path / "a", EVERY)
    assert emitted(tmp_path / "b", EVERY) == first
    assert emitted(tmp_path / "c", EVERY[::-1]) == first
    again = spicegen.load_design(tmp_path / "a" / "design.toml")
    inputs = signal(2, 4, 3, seed=24)
    assert spicegen.emit(RECURRENT, inputs, again, tmp_path / "d")["netlist_sha256"] == first
    assert emitted(tmp_path / "e", EVERY, simulation={"seed": 1}) != first


def test_everything_at_once_simulates_alike_in_every_engine(tmp_path: Path) -> None:
    from spicegen.engine import available

    inputs, outputs = signal(2, 4, 3, seed=24), []
    for info in available():
        table = {"nonideality": EVERY, "simulation": {"engine": info.name}}
        result = spicegen.run(
            RECURRENT, inputs, design=design_from(table), out=tmp_path / info.name
        )
        outputs.append(result.outputs)
    scale = np.ptp(result.reference.reshape(-1, 2), axis=0)
    for other in outputs[1:]:
        assert (np.abs(other - outputs[0]) / scale).max() < 1e-3


def test_switched_off_sources_leave_the_ideal_deck(tmp_path: Path) -> None:
    off = [entry | {"enabled": False} for entry in EVERY]
    assert emitted(tmp_path / "a", off) == emitted(tmp_path / "b", [])


def test_a_larger_hold_capacitor_is_one(tmp_path: Path) -> None:
    """Every cell with the same factor is the design with that capacitor."""
    from spicegen.circuit.amplifier import amplifiers
    from spicegen.circuit.cells import sample_hold
    from spicegen.netlist.render import environment

    entry = {"kind": "hold-mismatch", "sigma": 0.02}
    design = design_from({"nonideality": [entry]})
    blocks, _ = spread((*amplifiers(design), *sample_hold(design)), (), design)
    text = {
        block.name: environment().get_template(f"{block.template}.cir.j2").render(block=block)
        for block in blocks
    }
    assert "Chold hold cm {1e-11*kc0}" in text["sample_hold"]
    assert ".subckt state_cell in track transfer reset out cm kc0=1.0 kc1=1.0" in text["state_cell"]
    assert "sample_hold kc0={kc0}" in text["state_cell"]
    assert "sample_hold kc0={kc1}" in text["state_cell"]


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("fidelity", ["ideal", "behavioural"])
@pytest.mark.parametrize("analysis", ["static", "transient"])
def test_open_lines_carry_nothing(
    tmp_path: Path, topology: str, fidelity: str, analysis: str
) -> None:
    """One bit line is lost and one word line: the others are as without that input."""
    inputs = signal(3, 6, seed=8)
    table = {
        "fidelity": fidelity,
        "crossbar": {"topology": topology},
        "simulation": {"analysis": analysis},
        "nonideality": [{"kind": "open-line", "bit_lines": [2], "word_lines": [4]}],
    }
    result = spicegen.run(LINEAR, inputs, design=design_from(table), out=tmp_path / "a")
    without = inputs.copy()
    without[:, 4] = 0.0
    expected = LINEAR.forward(without).outputs
    expected[:, 2] = 0.0
    bar = 1e-6 if fidelity == "ideal" else 2e-4
    assert np.abs(result.outputs - expected).max() < bar * np.abs(expected).max()


def test_the_deck_says_what_is_not_ideal(tmp_path: Path) -> None:
    entries = [EVERY[4], EVERY[2] | {"enabled": False}, EVERY[1]]
    emitted(tmp_path / "a", entries)
    head = (tmp_path / "a" / "circuit.cir").read_text().split(".options")[0]
    assert "\n* variation: sigma 0.05, distribution lognormal\n* drift: t_s 100000.0" in head
    assert "stuck" not in head
    network = chain(dense("in\n.end", 2, 2, seed=1))
    design = design_from({"nonideality": [EVERY[3] | {"array": "in\n.end", "p_word_line": 1.0}]})
    spicegen.emit(network, signal(2, 2, seed=1), design, tmp_path / "b")
    head = (tmp_path / "b" / "circuit.cir").read_text().split(".options")[0]
    assert "\n* open-line: p_word_line 1.0, array in_end\n" in head
