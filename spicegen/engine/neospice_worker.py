"""The process in which neospice runs: `python -m spicegen.engine.neospice_worker`.

Standard input is a JSON object: `deck` (a file in the working directory), `raw` (file to
write) and `feed` (file of what is set from step to step, or null). Errors and neospice's own
warnings go to standard error.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.engine.deck import DeckLine, read_deck
from spicegen.engine.feed import Feed, read_feed
from spicegen.engine.neospice_dialect import expected_devices
from spicegen.engine.raw_file import write_raw

SHOWN = 3
TRANSIENT = "Transient Analysis"
Columns = dict[str, NDArray[np.float64]]


class DeckMismatchError(Exception):
    """neospice's circuit is not the deck's, or it left no analysis."""


def check_circuit(circuit: Any, lines: list[DeckLine]) -> None:
    """Check that every element of the deck is in the circuit, once, and node names agree.

    neospice leaves out some elements without a word, takes two elements of one name, and
    takes `OUT` and `out` for two nodes where ngspice sees one.

    Raises:
        DeckMismatchError: names the first such elements or nodes.
    """
    expected = expected_devices(lines)
    missing = list(expected - Counter(name.casefold() for name in circuit.device_names()))
    if missing:
        raise DeckMismatchError(f"neospice leaves out element {', '.join(missing[:SHOWN])}")
    double = [name for name, count in expected.items() if count > 1]
    if double:
        raise DeckMismatchError(f"there are several elements of one name: element {double[0]}")
    nodes = Counter(name.casefold() for name in circuit.node_names())
    cases = [name for name, count in nodes.items() if count > 1]
    if cases:
        raise DeckMismatchError(f"neospice tells upper from lower case: check node {cases[0]}")


def analyse(simulator: Any, circuit: Any, lines: list[DeckLine]) -> tuple[float, Any]:
    """Run the deck's analysis.

    neospice ignores the longest step of `.tran tstep tstop tstart tmax`; its own longest step
    is `tstep`, so `tmax` is given in its place.

    Returns:
        The first time point to keep, s, and the result of the analysis.
    Raises:
        DeckMismatchError: there is no analysis.
    """
    import neospice

    transients = [line for line in lines if line.text.split()[0].casefold() == ".tran"]
    words = transients[-1].text.split()[1:] if transients else []
    uic = "uic" in [word.casefold() for word in words]
    numbers = [word for word in words if word.casefold() != "uic"]
    if len(numbers) == 4:
        _, t_stop_s, t_start_s, t_max_s = (neospice.parse_value(word) for word in numbers)
        options = neospice.TransientOptions()
        options.uic = uic
        return t_start_s, simulator.run_transient_with_opts(circuit, t_max_s, t_stop_s, options)
    result = simulator.run(circuit)
    found = result.transient or result.dc_sweep
    if found is None:
        raise DeckMismatchError("the deck left no transient analysis and no sweep")
    return 0.0, found


def run_steps(simulator: Any, circuit: Any, lines: list[DeckLine], feed: Feed) -> Columns:
    """One operating point per step, from that of the step before.

    Returns:
        (steps,) values of every saved vector, and the number of each step as `time`.
    Raises:
        DeckMismatchError: a step does not converge.
    """
    saved = [word for line in lines for word in line.text.split() if line.text.startswith(".save")]
    wanted = {word.casefold() for word in saved}
    taken, names, rows = np.zeros(len(feed.states)), list[str](), list[list[float]]()
    for step in range(feed.steps):
        for source, volts in zip(feed.sources, feed.at(step, taken).tolist(), strict=True):
            circuit.update_param(source, volts)
        result = simulator.re_solve(circuit)
        if not result.status.converged:
            raise DeckMismatchError(f"no convergence in step {step}")
        if not names:
            found = [name for name in result.signal_names() if name.startswith("v(")]
            names = [name for name in found if "all" in wanted or name.casefold() in wanted]
        rows.append([result.voltage(name[2:-1]) for name in names])
        taken = np.array([result.voltage(vector[2:-1]) for vector in feed.vectors])
    table = np.array(rows)
    columns = {"time": np.arange(feed.steps, dtype=np.float64)}
    return columns | {name: table[:, k] for k, name in enumerate(names)}


def write_result(path: Path, title: str, result: Any, t_start_s: float) -> None:
    """Write the saved vectors of a transient analysis or a sweep as a raw file."""
    transient = hasattr(result, "time")
    sweep = ("time", "time") if transient else (f"{result.sweep_var}-sweep", "voltage")
    axis = result.time if transient else result.sweep_values
    kept = axis >= t_start_s if transient and t_start_s > 0 else slice(None)
    columns = {sweep[0]: axis[kept]}
    for name in result.signal_names():
        read = result.current if name.casefold().startswith("i(") else result.voltage
        columns[name] = read(name[2:-1])[kept]
    analysis = TRANSIENT if transient else "DC transfer characteristic"
    write_raw(path, title, analysis, sweep, columns)


def main() -> int:
    """Run one deck. Returns the exit status."""
    import neospice

    request = json.load(sys.stdin)
    deck = Path(request["deck"])
    lines = read_deck(deck)
    simulator = neospice.Simulator()
    try:
        circuit = simulator.load(str(deck))
        check_circuit(circuit, lines)
        if request["feed"]:
            columns = run_steps(simulator, circuit, lines, read_feed(Path(request["feed"])))
            sweep = ("time", "time")
            write_raw(Path(request["raw"]), circuit.title, TRANSIENT, sweep, columns)
            return 0
        t_start_s, result = analyse(simulator, circuit, lines)
    except (RuntimeError, ValueError, DeckMismatchError) as error:  # neospice raises RuntimeError
        sys.stderr.write(f"Error: {error}\n")
        return 1
    sys.stderr.writelines(f"Warning: {text}\n" for text in result.status.warnings)
    if not result.status.converged:
        sys.stderr.write("Error: the analysis did not converge\n")
        return 1
    write_result(Path(request["raw"]), circuit.title, result, t_start_s)
    return 0


if __name__ == "__main__":
    sys.exit(main())
