"""Crossbars with wires: what they lose, how exactly and how fast both forms tell it.

`python -m benchmarks.wires SIZE` folds one array in a process of its own; it prints JSON.
"""

from __future__ import annotations

import importlib
import json
import logging
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.measure import FloatArray, Measured, python_json, run, told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.circuit.wires import wired_crossbar
from spicegen.design import Design, design_from
from spicegen.engine import Job, select
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.tiles import tiles_of
from spicegen.mapping.wires import reduce_array
from spicegen.netlist.render import environment
from spicegen.network import Dense, Network
from spicegen.waveforms import Waveforms

DROP_SIZES = {16: 1.2, 32: 4.6, 64: 16.0, 128: 43.0}
"""Square arrays, and the loss of the worst column that was known, %."""
SPEED = ((64, 1, 20.0), (64, 2, 20.0), (128, 1, 50.0))
"""Square layers, how many in a row, and the bar."""
FOLD_SIZES = (64, 128, 256)
SOLVED, VECTORS, TURNS = 128, 100, 5
COMPENSATED = 64
WIRES = ("crossbar.wires.r_segment_ohm=1", "simulation.save=outputs")


def measure(steps: int | None = None) -> Report:
    """All of it; `steps` is the number of input vectors of the runs that are compared."""
    drop, drop_bars = _drop()
    solver, solver_bars = _solver()
    fold, fold_bars = _fold()
    pairs, pair_bars = _compensation()
    speed, speed_bars = _speed(steps)
    tables = (drop, *solver, fold, pairs, speed)
    bars = (*drop_bars, *solver_bars, *fold_bars, *pair_bars, *speed_bars)
    return Report("wires", command_of("wires", steps), tables, bars)


def conductances(size: int, seed: int = 0) -> FloatArray:
    """(size, size) between 1 and 100 uS."""
    return np.random.default_rng(seed).uniform(1e-6, 1e-4, (size, size))


def _design(**wires: Any) -> Design:
    table_ = {"topology": "dual-column", "wires": {"r_segment_ohm": 1.0, **wires}}
    return design_from({"fidelity": "ideal", "crossbar": table_})


def _drop() -> tuple[Table, list[Bar]]:
    """Every word line at the same voltage: column currents against those without wires."""
    rows, bars = list[Row](), list[Bar]()
    for size, known in DROP_SIZES.items():
        told(f"wires: {size} x {size}, every segment in ngspice")
        g = conductances(size)
        ideal = g.sum(axis=0)
        folded = reduce_array(g, _design(model="reduced").crossbar.wires).transfer.sum(axis=0)
        simulated = _column_currents(g)
        apart = float(np.abs(folded / simulated - 1).max())
        lost = 100 * (1 - simulated / ideal)
        rows.append(
            [
                f"{size} x {size}",
                float(lost.max()),
                _usual_loss(size),
                known,
                float(lost.mean()),
                apart,
            ]
        )
        bars.append(Bar(f"{size} x {size}, reduced against ngspice", apart, 1e-6, "of a current"))
    columns = [
        "array", "worst column, %:.3g", "of 11 arrays, median:.3g", "known:g", "mean, %:.3g",
        "reduced against ngspice:.1g",
    ]  # fmt: skip
    title = "Current lost to segments of 1 ohm, cells of 1 to 100 uS, all word lines driven alike"
    return table(title, columns, rows), bars


def _usual_loss(size: int) -> float:
    """Loss of the worst column, median of arrays, %."""
    wires = _design(model="reduced").crossbar.wires
    found = []
    for seed in range(11):
        g = conductances(size, seed)
        found.append(100 * (1 - reduce_array(g, wires).transfer.sum(axis=0) / g.sum(axis=0)).max())
    return float(median(found))


def _column_currents(g: FloatArray) -> FloatArray:
    """(bit lines,) conductances between the drivers and each bit line, by ngspice, S."""
    size = len(g)
    ones = np.ones(size // 2)
    mapped = MappedCrossbar("x", g[:, ::2], g[:, 1::2], ones, np.ones(size), ones, g[:, ::2] > 0)
    made = _design(model="full")
    tile = tiles_of(size, size // 2, made).tiles[0]
    block = wired_crossbar("array", mapped, tile, made)
    bit = [port for port in block.ports if port.startswith("b")]
    nodes = ["drive" if port.startswith("w") else port for port in block.ports]
    probes = tuple(f"i(v{port})" for port in bit)
    text = environment().get_template(f"{block.template}.cir.j2").render(block=block)
    lines = [
        "* one array", ".options klu reltol=1e-9 abstol=1e-15 vntol=1e-12", text,
        "Vdrive drive 0 DC 0", *(f"V{port} {port} 0 DC 0" for port in bit),
        "\n+ ".join(["Xarray", *nodes, block.name]), "\n+ ".join([".save", *probes]),
        ".dc Vdrive 0 0.3 0.3", ".end\n",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        deck = Path(folder) / "array.cir"
        deck.write_text("\n".join(lines), encoding="ascii")
        job = Job(deck, deck.with_suffix(".raw"), deck.with_suffix(".log"), probes, 0.3, 600.0)
        select("ngspice").engine.simulate(job)
        found = Waveforms.from_raw(job.raw)
        amperes = {name: float(found[name].values[-1]) for name in probes}
    return np.array([amperes[f"i(vb{column})"] / 0.3 for column in range(size)])


def _solver() -> tuple[list[Table], list[Bar]]:
    """One fold and a product against badcrossbar's solution, in turns; nothing without it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        with warnings.catch_warnings(record=True):  # it warns where it cannot draw
            badcrossbar = importlib.import_module("badcrossbar")
    except ModuleNotFoundError:
        told("wires: badcrossbar is not installed (pip install spicegen[bench]), left out")
        return [], []
    finally:
        root.handlers[:] = handlers  # and configures logging
        root.setLevel(level)
    told(f"wires: {SOLVED} x {SOLVED}, {VECTORS} input vectors")
    g, wires = conductances(SOLVED), _design(model="reduced").crossbar.wires
    volts = np.random.default_rng(1).uniform(0.0, 0.3, (SOLVED, VECTORS))
    cost: dict[str, list[float]] = {"badcrossbar": [], "reduced": []}
    with threadpool_limits(1):  # the same for both: threads that wait for each other cost CPU time
        for _ in range(TURNS):
            started = time.process_time()
            other = badcrossbar.compute(volts, 1 / g, r_i=1.0).currents.output
            middle = time.process_time()
            ours = volts.T @ reduce_array(g, wires).transfer
            cost["badcrossbar"].append(middle - started)
            cost["reduced"].append(time.process_time() - middle)
    apart = float(np.abs(ours / other - 1).max())
    ratio = median(cost["badcrossbar"]) / median(cost["reduced"])
    rows: list[Row] = [[name, median(found), min(found)] for name, found in cost.items()]
    title = f"{SOLVED} x {SOLVED}, {VECTORS} input vectors, {TURNS} turns"
    return [table(title, ["solver", "CPU, median, s:.3f", "least, s:.3f"], rows)], [
        Bar("badcrossbar over reduced, CPU", ratio, 10.0, "times", at_least=True),
        Bar("badcrossbar against reduced", apart, 1e-9, "of a current"),
    ]


def _fold() -> tuple[Table, list[Bar]]:
    rows = list[Row]()
    for size in FOLD_SIZES:
        told(f"wires: folding {size} x {size} pairs")
        found = python_json("benchmarks.wires", size)
        rows.append(
            [f"{size} x {size}", found["ports"], found["wall_s"], found["cpu_s"], found["peak_mb"]]
        )
    columns = ["pairs, dual-row", "ports", "wall, s:.2f", "CPU, s:.2f", "peak memory, MB:.0f"]
    last = rows[-1]
    return table("Folding an array onto its ports", columns, rows), [
        Bar(f"{last[0]}, CPU of its one thread", float(last[3] or 0), 10.0, "s"),
        Bar(f"{last[0]}, peak memory", float(last[4] or 0), 2048.0, "MB"),
    ]


def fold_here(size: int) -> dict[str, float]:
    """Fold an array of size x size pairs in dual rows in this process."""
    g = np.random.default_rng(0).uniform(1e-6, 1e-4, (2 * size, size))
    wall, cpu = time.perf_counter(), time.process_time()
    ports = reduce_array(g, _design(model="reduced").crossbar.wires)
    return {
        "ports": sum(ports.transfer.shape),
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def layers(size: int, count: int, samples: int) -> tuple[Network, FloatArray]:
    """Square linear layers with normal weights, and inputs."""
    draw = np.random.default_rng(0)
    made = tuple(
        Dense(f"d{k}", draw.normal(0, size**-0.5, (size, size)), np.zeros(size), "linear")
        for k in range(count)
    )
    return Network("square", size, made), draw.uniform(-1, 1, (samples, size))


def _compensation() -> tuple[Table, list[Bar]]:
    rows, best = list[Row](), 100.0
    network, inputs = layers(COMPENSATED, 1, 4)
    reduced = ("crossbar.wires.model=reduced",)
    tiles = ("crossbar.tile_rows=32", "crossbar.tile_columns=32")
    scaled = ("crossbar.wires.compensation=column-scale",)
    programmed = ("crossbar.wires.compensation=conductance",)
    for title, sets in (
        ("no wires", ()),
        ("wires", reduced),
        ("column-scale", reduced + scaled),
        ("conductance", reduced + programmed),
        ("tiles of 32 x 32", reduced + tiles),
        ("tiles, column-scale", reduced + tiles + scaled),
    ):
        told(f"wires: {COMPENSATED} x {COMPENSATED} pairs, {title}")
        found = run(network, inputs, (*WIRES, *sets))
        rows.append([title, found.mean_pct, _rms_pct(found, network, inputs), found.opamps])
        best = min(best, float(rows[-1][2] or 0)) if "compensation" in " ".join(sets) else best
    columns = ["", "mean error, % of full scale:.3g", "worst column, rms %:.3g", "op-amps"]
    return table(
        f"Dense layer of {COMPENSATED} x {COMPENSATED} pairs, 1 ohm segments", columns, rows
    ), [Bar(f"{COMPENSATED} x {COMPENSATED}, compensated, worst column", best, 1.0, "%")]


def _rms_pct(found: Measured, network: Network, inputs: FloatArray) -> float:
    """Of the worst output: rms error over rms value, percent."""
    reference = network.forward(inputs).outputs.reshape(found.analog.shape)
    error = np.sqrt(((found.analog - reference) ** 2).mean(axis=0) / (reference**2).mean(axis=0))
    return float(100 * error.max())


def _speed(steps: int | None) -> tuple[Table, list[Bar]]:
    rows, bars = list[Row](), list[Bar]()
    for size, count, bar in SPEED:
        network, inputs = layers(size, count, steps or 7)
        runs: dict[str, Measured] = {}
        what = f"{size} x {size} pairs" + (f", {count} layers" if count > 1 else "")
        for model in ("reduced", "full"):
            told(f"wires: {what}, {model}")
            runs[model] = run(network, inputs, (*WIRES, f"crossbar.wires.model={model}"))
            one = runs[model]
            rows.append(
                [what, model, one.devices, one.points, one.cpu_s, 1e3 * one.cpu_s / one.points]
            )
        scale = np.ptp(network.forward(inputs).outputs.reshape(runs["full"].analog.shape), axis=0)
        apart = float((np.abs(runs["full"].analog - runs["reduced"].analog) / scale).max())
        ratio = runs["full"].cpu_s / runs["reduced"].cpu_s
        bars.append(Bar(f"{what}, full over reduced, CPU", ratio, bar, "times", at_least=True))
        bars.append(Bar(f"{what}, full against reduced", apart, 1e-6, "of full scale"))
    columns = ["layer", "wires", "devices", "points", "CPU, s:.2f", "ms/point:.2f"]
    return table("Transient with op-amps, 1 ohm segments", columns, rows), bars


def main(arguments: Sequence[str]) -> None:
    """The child process of `_fold`."""
    print(json.dumps(fold_here(int(arguments[0]))))


if __name__ == "__main__":
    main(sys.argv[1:])
