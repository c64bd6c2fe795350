"""Parts and supplies of whole circuits agree; ngspice's own powers of resistors as well."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.batch.task import KEPT
from spicegen.cli.app import main
from spicegen.cost import load_table
from spicegen.errors import DesignError
from spicegen.waveforms import Waveforms

NETWORK = chain(dense("in", 2, 3, "relu", seed=1), lstm("lstm", 3, 2, seed=2))
DESIGNS = {
    "dual-row": (),
    "dual-column": ("crossbar.topology=dual-column",),
    "serial": ("timing.serial=2",),
    "serial, dual-column": ("timing.serial=2", "crossbar.topology=dual-column"),
    "common": ("signal.v_common_volts=0.4",),
    "static": ("simulation.analysis=static",),
    "embedded": ("simulation.engine=neospice",),
    "libngspice": ("simulation.engine=shared",),
}


def run(folder: Path, *settings: str) -> sg.RunResult:
    design = sg.load_design(None, ["cost.enabled=true", *settings])
    return sg.run(NETWORK, signal(4, 2, seed=3), design=design, out=folder, force=True)


@pytest.mark.parametrize("settings", DESIGNS.values(), ids=DESIGNS.keys())
def test_the_sum_of_the_parts_is_what_the_supplies_give(
    ngspice_program: str, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    cost = run(tmp_path / "a", *settings).summary["cost"]
    heat = sum(part["simulated_watt"] for part in cost["parts"].values())
    supply = sum(cost["supply_watt"].values())
    assert supply == cost["power_simulated_watt"] > 0
    assert heat + cost["stored_watt"] == pytest.approx(supply, rel=1e-3)
    assert abs(cost["balance_error_pct"]) < 0.1
    assert cost["crossbars_by_balance"] == []
    names = {"crossbars", "opamps", "activations", "multipliers"}
    assert all(cost["parts"][name]["simulated_watt"] > 0 for name in names)


def test_powers_that_ngspice_tells_itself(ngspice_program: str, tmp_path: Path) -> None:
    """Of every resistor in crossbars and around op-amps, by its own name."""
    network = chain(dense("in", 2, 3, "linear", seed=1), dense("out", 3, 2, "linear", seed=2))
    design = sg.load_design(None, ["cost.enabled=true"])
    inputs = signal(5, 2, seed=3)
    cost = sg.run(network, inputs, design=design, out=tmp_path / "a").summary["cost"]
    deck = (tmp_path / "a" / "circuit.cir").read_text()
    named = {
        "crossbars": [
            f"@r.x{crossbar}.{device.lower()}[p]"
            for crossbar, block in re.findall(r"^X(\w+_crossbar) .*?(\w+)$", joined(deck), re.M)
            for device in re.findall(r"^(R\w+)", block_of(deck, block), re.M)
        ],
        "feedback": [
            f"@r.x{name}.rfb[p]" for name in re.findall(r"^X(\w+_readout\d+) ", deck, re.M)
        ],
        "inverters": [
            f"@r.x{name}.{resistor}[p]"
            for name in re.findall(r"^X(\w+_inverter\d+) ", deck, re.M)
            for resistor in ("rin", "rfb")
        ],
    }
    own = tmp_path / "own.cir"
    saved = " ".join(name for names in named.values() for name in names)
    own.write_text(re.sub(r"^\.save .*?(?=^\.tran)", f".save {saved}\n", deck, flags=re.M | re.S))
    raw = tmp_path / "own.raw"
    subprocess.run(
        [ngspice_program, "-n", "-b", "-r", str(raw), str(own)], check=True, capture_output=True
    )
    own_run = Waveforms.from_raw(raw)
    plot, t_s = own_run.plot, own_run.t_s
    power = {
        part: sum(np.trapezoid(plot.vector(plot.column(name)), t_s) for name in names) / t_s[-1]
        for part, names in named.items()
    }
    assert len(named["crossbars"]) == 2 * (2 * 3 + 3 + 3 * 2 + 2)
    assert cost["crossbar_watt"] == pytest.approx(power["crossbars"], rel=2e-3)
    delivered = power["feedback"] + power["inverters"]
    assert delivered < cost["parts"]["opamps"]["simulated_watt"]
    # 0.9 V times what op-amps deliver, less what of it turns into heat in crossbars
    drivers = cost["supply_watt"]["drivers"]
    passed_on = power["crossbars"] - drivers
    in_opamps = cost["supply_watt"]["opamps"] - passed_on
    assert cost["parts"]["opamps"]["simulated_watt"] == pytest.approx(in_opamps, rel=2e-3)


def joined(deck: str) -> str:
    return deck.replace("\n+", "")


def block_of(deck: str, name: str) -> str:
    found = re.search(rf"^\.subckt {name} .*?^\.ends", deck, re.M | re.S)
    assert found
    return found[0]


def test_without_cost_nothing_changes(ngspice_program: str, tmp_path: Path) -> None:
    with_cost = run(tmp_path / "a")
    without = sg.run(NETWORK, signal(4, 2, seed=3), out=tmp_path / "b")
    assert "cost" not in without.summary
    decks = [(tmp_path / name / "circuit.cir").read_text() for name in "ab"]
    bare = [re.sub(r"^\.save .*?(?=^\.tran)", "", deck, flags=re.M | re.S) for deck in decks]
    assert bare[0] == bare[1]
    np.testing.assert_array_equal(with_cost.outputs, without.outputs)


def test_a_table_of_ones_own(ngspice_program: str, tmp_path: Path) -> None:
    table = tmp_path / "mine.toml"
    table.write_text(
        'title = "mine"\n[opamp]\npower_watt = 1e-3\nsource = "measured"\n'
        '[memristor]\narea_square_metre = 1e-12\nsource = "layout"\n'
    )
    result = run(tmp_path / "a", f"cost.table={table}")
    cost, size = result.summary["cost"], result.summary["size"]
    assert cost["power_table_watt"] == pytest.approx(size["opamps"] * 1e-3)
    assert cost["area_square_metre"] == pytest.approx(size["memristors"] * 1e-12)
    assert f"area of {size['opamps']} opamps" in cost["table"]["not_counted"]
    assert f"power of {size['multipliers']} multipliers" in cost["table"]["not_counted"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 5\n", "title: input should be a valid string, got 5"),
        ('title = "a"\n[opmap]\nsource = "b"\n', r"opmap: there is no such key; did you mean opam"),
        ('title = "a"\n[opamp]\npower_wat = 1\nsource = "b"\n', "did you mean power_watt"),
        ('title = "a"\n[opamp]\npower_watt = -1\nsource = "b"\n', "greater than or equal to 0"),
        ('title = "a"\n[opamp]\npower_watt = 1\n', "opamp.source: field required"),
        ("title", "the file must be TOML"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "mine.toml"
    table.write_text(text)
    with pytest.raises(DesignError, match=message):
        load_table(str(table))


def test_every_cell_of_the_packaged_table_has_a_source() -> None:
    table = load_table("cmos")
    cells: list[Any] = [table.memristor, table.opamp, table.activation, table.multiplier]
    assert all(cell and cell.source for cell in cells)
    assert KEPT["metrics"] == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("fidelity=ideal",), "cost, opamp: power needs blocks with supplies"),
        (("activation.fidelity=ideal",), "activation.fidelity = behavioural, or leave the cost"),
        (("mapping.cells=transconductance",), "draw no current from word lines"),
        (("cost.table=nowhere",), "packaged are cmos"),
        (("simulation.inputs=file",), "sources that read files do not tell their currents"),
        (("simulation.jobs=2", "simulation.analysis=static"), "power is told of whole circuits"),
        (("simulation.engine=neospice", "simulation.analysis=static"), "tells no currents in a st"),
    ],
)
def test_costs_that_cannot_be_told(tmp_path: Path, settings: tuple[str, ...], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        run(tmp_path / "a", *settings)
    assert not (tmp_path / "a").exists()


def test_the_option_and_what_is_shown(
    ngspice_program: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weight = np.array([[0.5, 0.25]])
    np.savez(tmp_path / "w.npz", **{"out.weight": weight})
    text = 'name = "n"\ninputs = 2\narrays = "w.npz"\n[[layer]]\nname = "out"\nkind = "dense"\n'
    (tmp_path / "network.toml").write_text(text + "units = 1\n")
    np.save(tmp_path / "x.npy", np.array([[1.0, -1.0], [0.5, 0.5]]))
    words = ["run", str(tmp_path), "-i", str(tmp_path / "x.npy"), "-o", str(tmp_path / "a")]
    assert main([*words, "--cost"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"cost +\d\S* [pnu]J per sample: \d\S* uW simulated, 205 uW quiescent", out)
    assert "mm2 by the table of cells" in out
