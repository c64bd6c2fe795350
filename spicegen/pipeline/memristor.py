"""The memristor model of a run: its file beside the deck, and an engine that takes it."""

from __future__ import annotations

import shutil
from pathlib import Path

from spicegen.circuit.memristor import loaded
from spicegen.design import Design
from spicegen.devices import Card
from spicegen.devices.veriloga import build_osdi
from spicegen.engine import Choice
from spicegen.errors import DesignError
from spicegen.netlist.memristor import model_file


def require_osdi(engine: Choice, design: Design) -> None:
    """Check that the engine runs compiled models where the design asks for them.

    Raises:
        DesignError: it does not.
    """
    if design.device.form == "verilog-a" and not engine.info.capabilities.osdi:
        raise DesignError(
            "device.form",
            f"engine {engine.info.name} {engine.info.version} loads no compiled Verilog-A",
            '"verilog-a"',
            'use ngspice with OSDI (spicegen doctor), or device.form = "behavioural"',
        )


def voltage_warnings(design: Design) -> list[str]:
    """What to know where word lines exceed the voltages that a preset was made for."""
    if not design.device.moving:
        return []
    model, preset = loaded(design)
    volts, use = design.signal.v_read_volts, preset.use
    head = f"word lines reach {volts:g} V (signal.v_read_volts)"
    if volts > use.v_max_volts:
        return [
            f"{head}, beyond the validity of {model.name}, preset {preset.name} "
            f"({use.v_max_volts:g} V: {preset.validity})"
        ]
    if volts > use.v_read_volts:
        return [
            f"{head}, conductances are those at {use.v_read_volts:g} V, the read voltage of "
            f"{model.name}, preset {preset.name}"
        ]
    return []


def place_model(card: Card | None, folder: Path) -> None:
    """Put the file that a deck names beside it, so that the deck runs by hand.

    One that is there stays: an engine at work may have loaded it.

    Raises:
        InputError: the model does not compile, or there is no compiler.
    """
    if card is None:
        return
    source = card.file if card.form == "behavioural" else build_osdi(card.file).osdi
    target = folder / model_file(card)
    if not target.is_file():
        shutil.copyfile(source, target)
