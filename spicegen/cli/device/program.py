"""`spicegen device program`: write-verify of a whole array."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.device.common import (
    ModelName,
    OutDirectory,
    Parameters,
    PresetName,
    chosen,
    made,
    values_of,
    write_csv,
    write_json,
)
from spicegen.cli.terminal import one_line, printed, told
from spicegen.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spicegen.devices import Programmed
    from spicegen.pipeline.device_targets import NetworkTargets


def program(
    name: ModelName,
    target: Annotated[
        Path | None,
        typer.Option(
            "--target-csv", metavar="FILE", help="Conductances, S; one row per word line."
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="NETWORK",
            help="All conductances of a network instead, in the model's window; also writes "
            "conductances.npz and a design.toml that draws them.",
        ),
    ] = None,
    inputs: Annotated[
        Path | None,
        typer.Option(
            "--inputs",
            "-i",
            metavar="FILE",
            help="Inputs of the network, from which ranges of signals follow; random ones by "
            "default.",
        ),
    ] = None,
    design: options.DesignPath = None,
    preset: PresetName = None,
    overrides: Parameters = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0.0, help="Share of the conductance window.")
    ] = 0.01,
    max_pulses: Annotated[int, typer.Option("--max-pulses", min=1, help="Per device.")] = 200,
    x0: Annotated[float, typer.Option("--x0", min=0.0, max=1.0, help="State before.")] = 0.02,
    out: OutDirectory = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Program an array in a closed loop; write program.csv, program.json, program.png.

    \b
    Example:
      spicegen device program vteam --target-csv targets.csv -o runs/set
    """
    import numpy as np

    from spicegen.devices import Plan, write_verify
    from spicegen.report.device import draw_programmed
    from spicegen.report.style import save_figure

    model, origin = chosen(name, preset, overrides)
    if (target is None) == (weights is None):
        raise InputError("device program", "give either --target-csv or --weights")
    network: NetworkTargets | None = None
    if weights is not None:
        device = {"model": name, "preset": origin.name, "parameters": values_of(overrides)}
        network = _network_targets(weights, inputs, design, device)
        flat, places = network.g_siemens, network.places
    else:
        assert target is not None
        wanted = _targets(target)
        rows, columns = np.indices(wanted.shape)
        flat, places = wanted.ravel(), {"word_line": rows.ravel(), "bit_line": columns.ravel()}
    start = np.full(flat.shape, x0)
    reached = write_verify(model, origin.use, flat, start, Plan(tolerance, max_pulses))
    folder = made(out, f"device_{name}")
    if network is not None:
        network.write(folder, reached.reached_siemens)
    located = {key: column.tolist() for key, column in places.items()}
    write_csv(
        folder / "program.csv",
        located
        | {
            "target_siemens": flat.tolist(),
            "reached_siemens": reached.reached_siemens.tolist(),
            "state": reached.state.tolist(),
            "pulses": reached.pulses.tolist(),
            "energy_joule": reached.energy_joule.tolist(),
            "time_s": reached.time_s.tolist(),
            "failed": reached.failed.astype(int).tolist(),
        },
    )
    result = {"model": name, "preset": origin.name} | _summary(reached, located)
    write_json(folder / "program.json", result)
    figure = draw_programmed(reached, f"{model.title}, {origin.name}")
    save_figure(figure, folder / "program.png")
    if reached.failed.any():
        told(f"warning: {int(reached.failed.sum())} of {flat.size} devices failed; see program.csv")
    printed(json.dumps(result, indent=2) if as_json else one_line(str(folder / "program.json")))


def _summary(reached: Programmed, located: dict[str, list[Any]]) -> dict[str, object]:
    import numpy as np

    error = np.abs(reached.reached_siemens - reached.target_siemens)
    failures = np.flatnonzero(reached.failed).tolist()
    return {
        "devices": int(error.size),
        "failed": int(reached.failed.sum()),
        "tolerance_siemens": reached.tolerance_siemens,
        "error_mean_siemens": float(error.mean()),
        "error_max_siemens": float(error.max()),
        "pulses_mean": float(reached.pulses.mean()),
        "pulses_max": int(reached.pulses.max()),
        "energy_joule": float(reached.energy_joule.sum()),
        "time_s": float(reached.time_s.sum()),
        "failures": [[column[at] for column in located.values()] for at in failures],
    }


def _network_targets(
    network: Path, inputs: Path | None, design: Path | None, device: dict[str, Any]
) -> NetworkTargets:
    """Every memristor of a network; the window and other keys of the design's device section
    give way to the model of the command."""
    from spicegen.design import design_from, load_design
    from spicegen.network import load_inputs, load_network
    from spicegen.pipeline.device_targets import network_targets

    net = load_network(network)
    base = load_design(design).model_dump(exclude={"device"}, exclude_none=True)
    chosen_design = design_from(base | {"device": device}, "--design")
    return network_targets(net, chosen_design, None if inputs is None else load_inputs(inputs, net))


def _targets(path: Path) -> NDArray[np.float64]:
    """(word lines, bit lines) S.

    Raises:
        InputError: not a table of positive numbers.
    """
    import numpy as np

    try:
        lines = path.read_text(encoding="utf-8").split()
        table = np.array([line.split(",") for line in lines], dtype=np.float64)
    except OSError as error:
        raise InputError(str(path), "the file must be readable", error.strerror) from error
    except ValueError as error:
        rule = "rows of equally many numbers with commas between, no header"
        raise InputError(str(path), rule, str(error)) from error
    if table.size == 0 or not (np.isfinite(table) & (table > 0)).all():
        raise InputError(str(path), "conductances must be finite and positive, S")
    return table
