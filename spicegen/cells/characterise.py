"""From a cell's name to its data sheet: decks, runs, readings, and the cache of all three."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from spicegen.cache import default_cache, entry_key, fetch, generator_digest
from spicegen.cells import opamp, sample_hold
from spicegen.cells.bench import Measurement
from spicegen.cells.catalogue import measurement
from spicegen.cells.sheet import DataSheet
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Noise, Steps, Transient
from spicegen.design import Design
from spicegen.engine import Job, select
from spicegen.engine.base import Engine
from spicegen.errors import DesignError, SimulationError
from spicegen.netlist import write_deck
from spicegen.waveforms import Waveforms

CACHE = "cells"
SHEET = "sheet.json"
TIMEOUT_S = 600.0
LEAST_MARGIN_DEG = 30.0
"""Below it a follower overshoots by a third and more."""
NOISE_VECTORS = ("v(onoise_total)",)


def characterise(
    name: str,
    design: Design,
    *,
    engine: Engine | None = None,
    out: Path | None = None,
    cache: Path | None = None,
) -> DataSheet:
    """The data sheet of a cell, measured, or from an earlier measurement of the same decks.

    Args:
        name: of the cell (`CELLS`).
        design: kit, corner, temperature, supply and mismatch seed (section pdk), common voltage,
            hold capacitor, clock edges, which op-amp.
        engine: what simulates; ngspice if None.
        out: folder for the decks, their logs and waveforms, and the data sheet; made if missing.
        cache: folder of earlier measurements; `$XDG_CACHE_HOME/spicegen/cells` if None.
    Raises:
        DesignError: there is no such cell, kit or corner, or the kit is not installed.
        SimulationError: a bench did not run to its end; its files are kept.
    """
    return measure(name, measurement(name), design, engine=engine, out=out, cache=cache)


def phase_margin_deg(
    design: Design, c_load_farad: float, *, engine: Engine | None = None, cache: Path | None = None
) -> float:
    """Phase margin of the design's op-amp as a follower with a capacitive load, degrees.

    Args:
        design: the op-amp.
        c_load_farad: the load, F.
        engine, cache: as `characterise`.
    Raises:
        DesignError: the load is no capacitor, or the margin is too small, and the op-amp would
            ring or oscillate.
        SimulationError: the bench did not run to its end.
    """
    if not (c_load_farad >= 0 and math.isfinite(c_load_farad)):
        raise DesignError(
            f"load of {design.pdk.opamp}", "a capacitor has 0 F or more", f"{c_load_farad:g} F"
        )
    how = opamp.loaded(c_load_farad)
    sheet = measure("opamp_load", how, design, engine=engine, cache=cache)
    margin = sheet.values["phase_margin_deg"]
    if margin < LEAST_MARGIN_DEG:
        raise DesignError(
            f"load of {design.pdk.opamp}, {c_load_farad:g} F",
            f"the phase margin must be at least {LEAST_MARGIN_DEG:g} degrees",
            f"{margin:.1f}",
            "make the load smaller, or drive it through a resistor",
        )
    return margin


def measure(
    name: str,
    how: Measurement,
    design: Design,
    *,
    engine: Engine | None = None,
    out: Path | None = None,
    cache: Path | None = None,
) -> DataSheet:
    """The data sheet that a measurement gives; see `characterise`.

    Raises:
        DesignError: the design has no transistors, or its signals leave no room for the benches.
        SimulationError: a bench did not run to its end, or the cell does not work; its files are
            kept.
    """
    design = _of_transistors(design)
    chosen = engine or select("ngspice").engine
    folder = default_cache(CACHE) if cache is None else cache
    with tempfile.TemporaryDirectory(prefix="spicegen-") as temporary:
        decks = Path(temporary)
        circuits = how.benches(design)
        for bench, circuit in circuits.items():
            write_deck(circuit, decks / f"{bench}.cir")
        key = f"{name}-{_key(name, decks, chosen)}"

        def build(entry: Path) -> None:
            shutil.copytree(decks, entry, dirs_exist_ok=True)
            try:
                runs = {
                    each: run_bench(chosen, circuit, entry, each)
                    for each, circuit in circuits.items()
                }
                _sheet(name, design, how, runs).write(entry / SHEET)
            except SimulationError as error:
                failed = folder / f"{key}.failed"
                shutil.rmtree(failed, ignore_errors=True)
                shutil.copytree(entry, failed)
                raise error.keeping(failed, instead_of=entry) from error

        sheet = fetch(folder, key, _stored, build)
    if out is not None:
        shutil.copytree(folder / key, out, dirs_exist_ok=True)
    return sheet


def _of_transistors(design: Design) -> Design:
    """The design whose cells are drawn with transistors also where fitted models stand for them.

    Raises:
        DesignError: it has none, and so not the voltages of a kit.
    """
    if not design.transistors:
        raise DesignError(
            "fidelity",
            "cells of a kit belong to designs with transistors",
            repr(design.fidelity),
            'set fidelity = "transistor"',
        )
    longest_s = sample_hold.TRACK_S / 4
    if design.timing.t_edge_s > longest_s:
        raise DesignError(
            "timing.t_edge_s",
            f"benches have edges of at most {longest_s:g} s",
            f"{design.timing.t_edge_s:g} s",
            "leave it out",
        )
    pdk = design.pdk.model_copy(update={"models": "transistor"})
    return design.model_copy(update={"pdk": pdk})


def _key(name: str, decks: Path, engine: Engine) -> str:
    """Everything that the numbers follow from: what the engine reads, the engine, this package."""
    info = engine.info()
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(decks.iterdir())
    }
    parts = [generator_digest(Path(__file__).parent), name, info.name, info.version, files]
    return entry_key(parts)


def _stored(entry: Path) -> DataSheet:
    """The data sheet of an entry of the cache; ValueError or OSError where it is not whole."""
    content = json.loads((entry / SHEET).read_text(encoding="utf-8"))
    try:
        return DataSheet.from_dict(content)
    except (TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def run_bench(engine: Engine, circuit: Circuit, folder: Path, bench: str) -> Waveforms:
    """Simulate the deck of a bench."""
    analysis = circuit.analysis
    assert not isinstance(analysis, Steps)
    job = Job(
        deck=folder / f"{bench}.cir",
        raw=folder / f"{bench}.raw",
        log=folder / f"{bench}.log",
        probes=NOISE_VECTORS if isinstance(analysis, Noise) else circuit.saved,
        t_stop_s=analysis.t_stop_s if isinstance(analysis, Transient) else None,
        points=None if isinstance(analysis, Transient) else analysis.points,
        timeout_s=TIMEOUT_S,
    )
    engine.simulate(job)
    return Waveforms.from_raw(job.raw)


def _sheet(name: str, design: Design, how: Measurement, runs: Mapping[str, Waveforms]) -> DataSheet:
    values, curves = how.read(design, runs)
    bad = [key for key, value in values.items() if not math.isfinite(value)]
    if bad:
        raise SimulationError(
            f"{name} does not work under these conditions: {bad[0]} is not finite"
        )
    pdk = design.pdk
    return DataSheet(
        cell=name,
        kit=pdk.name,
        corner=pdk.corner,
        temperature_celsius=pdk.temperature_celsius,
        v_supply_volts=design.v_supply_volts,
        mismatch_seed=pdk.mismatch_seed,
        values=values,
        curves=curves,
    )
