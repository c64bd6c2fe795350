"""Schematics: every template has one, with the values of the design."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from recurrent_networks import every_kind
from schemdraw import elements as elm
from small_networks import chain, dense, lstm, signal

from spicegen.circuit import Circuit
from spicegen.circuit.library import cells_of
from spicegen.design import load_design
from spicegen.errors import InputError
from spicegen.netlist import block_text
from spicegen.network import Network
from spicegen.paths import packaged
from spicegen.pipeline import emit, prepare
from spicegen.pipeline.schematics import write_schematics
from spicegen.report.page.deck import DeckPart
from spicegen.report.page.schematics import schematics_of
from spicegen.report.schematics import drawing_of, save_schematic, svg_of
from spicegen.report.schematics.sheet import Sheet
from spicegen.report.schematics.units import box

DESIGNS = {
    "default": (),
    "ideal": ("fidelity=ideal",),
    "ideal dual-column": ("fidelity=ideal", "crossbar.topology=dual-column"),
    "dual-column": ("crossbar.topology=dual-column", "opamp.v_offset_volts=1e-3"),
    "reference": ("crossbar.topology=reference-column",),
    "ideal reference": ("crossbar.topology=reference-column", "fidelity=ideal"),
    "voltage": ("crossbar.readout=voltage",),
    "voltage columns": ("crossbar.readout=voltage", "crossbar.topology=dual-column"),
    "ideal voltage": ("crossbar.readout=voltage", "fidelity=ideal"),
    "wires": ("crossbar.wires.model=full", "crossbar.wires.r_segment_ohm=2.5"),
    "folded": ("crossbar.wires.model=reduced", "crossbar.wires.r_segment_ohm=2.5"),
    "tiles": ("crossbar.tile_rows=2", "crossbar.tile_columns=1"),
    "static": ("simulation.analysis=static", "mapping.cells=transconductance"),
    "transistor": ("fidelity=transistor",),
    "other kit": ("fidelity=transistor", "pdk.name=sky130"),
    "offsets": ("activation.v_offset_volts=1e-3", "multiplier.v_offset_volts=1e-3"),
}


def texts(svg: str) -> str:
    """Everything that is written on a schematic."""
    return " ".join(ElementTree.fromstring(svg).itertext())  # noqa: S314  our own


@pytest.mark.parametrize("design", DESIGNS)
def test_cells_of_a_design_are_drawn_with_their_ports(design: str) -> None:
    for name, block in cells_of(load_design(None, DESIGNS[design])).items():
        draw, about = drawing_of(block.template)
        assert draw is not box, name
        assert about
        written = texts(svg_of(draw, block))
        ports = {re.sub(r"\d+$", "", port) for port in block.ports} - {"cm"}
        missing = {port for port in ports if port not in written}
        assert not missing or name.startswith(("crossbar", "readout_shared")), (name, missing)


def test_every_template_has_a_drawing() -> None:
    for folder in ("behavioural", "ideal", "blocks", "transistor", "fitted"):
        for path in (packaged("templates") / folder).glob("*.cir.j2"):
            template = f"{folder}/{path.name.removesuffix('.cir.j2')}"
            assert drawing_of(template)[0] is not box, template


def test_what_is_unknown_is_a_box_with_ports() -> None:
    draw, _ = drawing_of("bench/load")
    assert draw is box
    block = cells_of(load_design())["opamp"]
    assert {"inp", "inn", "out"} <= set(texts(svg_of(draw, block)).split())


@pytest.mark.parametrize(
    ("cell", "setting", "shown"),
    [
        ("sample_hold", "sample_hold.c_hold_farad=2.5e-12", "2.5 pF"),
        ("opamp", "opamp.gbw_hertz=12e6", "12 MHz"),
        ("opamp", "opamp.gain=3e4", "30000"),
        ("inverter", "crossbar.r_inverter_ohm=47e3", "47 kΩ"),
        ("tanh", "activation.tanh_unit_volts=0.123", "123 mV"),
        ("readout_shared", "crossbar.r_switch_ohm=77", "77 Ω"),
        ("sample_hold", "fidelity=transistor sample_hold.c_hold_farad=2.5e-12", "2.5 pF"),
        ("opamp", "fidelity=transistor pdk.opamp=opamp_low_offset", "80/2 nf=8"),
        ("opamp", "fidelity=transistor pdk.name=sky130", "80/1 nf=8"),
    ],
)
def test_values_are_those_of_the_design(cell: str, setting: str, shown: str) -> None:
    block = cells_of(load_design(None, setting.split()))[cell]
    assert shown in texts(svg_of(drawing_of(block.template)[0], block))


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_files_of_each_kind(tmp_path: Path, suffix: str) -> None:
    block = cells_of(load_design())["state_cell"]
    path = save_schematic(drawing_of(block.template)[0], block, tmp_path / f"cell{suffix}")
    start = {".svg": b"<svg", ".png": b"\x89PNG", ".pdf": b"%PDF"}[suffix]
    assert start in path.read_bytes()[:200]


def test_another_suffix_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    block = cells_of(load_design())["opamp"]
    draw = drawing_of(block.template)[0]
    with pytest.raises(InputError, match="suffix must name a format"):
        save_schematic(draw, block, tmp_path / "opamp.bmp")
    with pytest.raises(InputError, match="the file must be writable"):
        save_schematic(draw, block, tmp_path / "gone" / "opamp.svg")


def test_emit_draws_each_kind_of_block(tmp_path: Path) -> None:
    network = chain(dense("in", 3, 2, "relu", seed=1), lstm("<b>", 2, 2, seed=2))
    design = load_design(None, ["timing.serial=2"])
    emit(network, signal(3, 3, seed=4), design, tmp_path / "deck", schematic=True)
    deck = (tmp_path / "deck" / "circuit.cir").read_text()
    drawn = {path.stem for path in (tmp_path / "deck" / "schematics").glob("*.svg")}
    assert drawn == set(re.findall(r"^\.subckt (\S+)", deck, re.MULTILINE))


SMALL = chain(lstm("m", 3, 2, seed=2), dense("out", 2, 2, "relu", seed=1))
RECURRENT = every_kind()


def circuit_of(network: Network, *settings: str) -> Circuit:
    inputs = signal(3, network.input_size, seed=4)
    return prepare(network, inputs, load_design(None, settings)).circuit().circuit


@pytest.mark.parametrize(
    ("name", "fidelity"),
    [
        *((name, "behavioural") for name in RECURRENT),
        # circuits of transistors have no layers that read backwards
        *((name, "transistor") for name in RECURRENT if not re.search("bidir|reversed", name)),
    ],
)
def test_units_are_drawn_with_every_cell_and_no_port_of_others(name: str, fidelity: str) -> None:
    circuit = circuit_of(RECURRENT[name], f"fidelity={fidelity}")
    block = next(each for each in circuit.subcircuits if each.name.startswith("unit_"))
    instances = block.values["instances"]
    assert isinstance(instances, tuple)
    sheet = Sheet("svg")
    drawing_of(block.template)[0](sheet, block)
    drawn = sheet.drawing.elements
    assert sum(isinstance(each, elm.Rect) for each in drawn) == len(instances)
    ports = {
        label.label for each in drawn if isinstance(each, elm.Dot) for label in each._userlabels
    }
    assert ports == set(block.ports) - {"cm"}


def test_emit_draws_each_transistor_cell(tmp_path: Path) -> None:
    circuit = circuit_of(SMALL, "fidelity=transistor")
    write_schematics([circuit], tmp_path / "schematics")
    drawn = {path.stem: texts(path.read_text()) for path in (tmp_path / "schematics").iterdir()}
    assert set(drawn) == {block.name for block in circuit.subcircuits}
    assert "Xmirror_b" in drawn["opamp"] and "12/1 nf=2" in drawn["opamp"]
    assert "nbt" in drawn["tanh"] and "pbt" in drawn["tanh"]


def test_the_page_draws_the_transistor_cells_of_its_deck() -> None:
    design = load_design(None, ["fidelity=transistor"])
    circuit = circuit_of(SMALL, "fidelity=transistor")
    parts = [
        DeckPart(block.name, block_text(block).splitlines(), 0) for block in circuit.subcircuits
    ]
    found = {each.name: each for each in schematics_of(design.model_dump(mode="json"), parts)}
    cells = {b.name for b in circuit.subcircuits if not b.name.startswith("crossbar_")}
    assert set(found) == cells | {"crossbar"}
    assert "Xn_dummy" in texts(found["sample_hold"].svg)
    assert sum(len(each.svg) for each in found.values()) < 200_000
