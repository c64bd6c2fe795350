"""Write docs/schematics.md and its drawings: every cell, with the values of the default design.

python scripts/make_schematic_docs.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.library import cells_of
from spicegen.design import load_design
from spicegen.network import load_network
from spicegen.paths import packaged
from spicegen.pipeline import prepare
from spicegen.report.schematics import drawing_of, save_schematic

DOCS = Path(__file__).parent.parent / "docs"
PAGE, FOLDER = DOCS / "schematics.md", DOCS / "schematics"
OTHERS = {
    "dual-column": ("crossbar.topology=dual-column",),
    "reference-column": ("crossbar.topology=reference-column",),
    "voltage": ("crossbar.readout=voltage",),
    "voltage dual-column": ("crossbar.readout=voltage", "crossbar.topology=dual-column"),
    "wires": ("crossbar.wires.model=full", "crossbar.wires.r_segment_ohm=1"),
    "tiles": (
        "crossbar.tile_rows=2",
        "crossbar.tile_columns=1",
        "crossbar.wires.model=full",
        "crossbar.wires.r_segment_ohm=1",
    ),
    "transconductance cells": ("simulation.analysis=static", "mapping.cells=transconductance"),
}
"""Designs whose crossbars and read-outs differ from those of the default one."""
HEAD = """# Schematics

Every kind of block, drawn from the values of the default design by
`python scripts/make_schematic_docs.py`. For those of another design:

```sh
spicegen cell show sample_hold --set sample_hold.c_hold_farad=1e-12 --figure hold.png
spicegen emit examples/eeg_lstm -o decks/eeg --schematic    # all blocks of a circuit, as SVG
```

Signals are measured from `cm`, the common node. What a drawing leaves out stands in the comment
above the subcircuit: `spicegen cell show NAME` prints it.
"""

TRANSISTOR = "fidelity=transistor"
TRANSISTORS = """## Transistor cells

The cells of `--set fidelity=transistor` with the devices of GF180MCU; `--set pdk.name=sky130` draws
the same cells with the sizes of the other kit. Every device has its name in the deck; W/L is in
micrometres, nf the number of fingers. Open circles are ports. Other names are nodes of the deck:
`vdd`, `nb`, `nbt`, `pbt`, `pbt2`, `vy` and `nw` are the same in all cells ([bias](#bias) makes the
gates), a ground is node 0. The fourth terminal is the bulk. Op-amps and followers take `cm` and
`vdd` without a wire.

```sh
spicegen cell show tanh --set fidelity=transistor --figure tanh.png
```

Models fitted to data sheets (`--set pdk.models=behavioural`, [fitted models](fitted.md)) have
schematics too: `spicegen emit NETWORK -o DIR --schematic` draws them. Each drawing is compared with
the netlist of its template, device by device and node by node:
`pytest tests/report/test_transistor_schematics.py`.
"""


def main() -> None:
    """Write the page and its pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    default = cells_of(load_design())
    parts = [HEAD, *(_entry(name, block) for name, block in default.items())]
    for title, settings in OTHERS.items():
        design = load_design(None, settings)
        for name, block in cells_of(design).items():
            inner = name.startswith("crossbar_")  # tiles of the one that is drawn
            if not inner and block.template != getattr(default.get(name), "template", ""):
                stem = f"{name}_{title.replace(' ', '_').replace('-', '_')}"
                where = ", ".join(f"`{each}`" for each in settings)
                parts.append(_entry(stem, block, f"With {where}."))
    parts.append(_entry("unit_lstm", _unit(), "Of the EEG example."))
    parts.append(TRANSISTORS)
    for name, block in cells_of(load_design(None, [TRANSISTOR])).items():
        if block.template.startswith("transistor/"):
            parts.append(_entry(f"transistor_{name}", block, heading=name))
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _entry(stem: str, block: Subcircuit, note: str = "", heading: str = "") -> str:
    draw, about = drawing_of(block.template)
    save_schematic(draw, block, FOLDER / f"{stem}.svg")
    text = f"{about[:1].upper()}{about[1:]}. {note}".rstrip()
    title = f"### {heading}" if heading else f"## {stem}"
    return f"{title}\n\n{text}\n\n![{about}](schematics/{stem}.svg)\n"


def _unit() -> Subcircuit:
    """The cell of the example's LSTM."""
    network = load_network(packaged("examples") / "eeg_lstm")
    inputs = np.random.default_rng(0).uniform(-1, 1, (3, network.input_size))
    circuit = prepare(network, inputs, load_design()).circuit().circuit
    return next(block for block in circuit.subcircuits if block.name == "unit_lstm")


if __name__ == "__main__":
    main()
