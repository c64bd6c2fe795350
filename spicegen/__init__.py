"""spicegen: a trained network becomes an analog memristor circuit, simulated and scored.

import spicegen as sg

net = sg.load_network("network.toml")
result = sg.run(net, inputs, design=sg.Design(), out="runs/a")
result.accuracy.mean_error_pct
"""

from typing import TYPE_CHECKING

from spicegen.lazy import attributes

__version__ = "0.1.0"

__all__ = [
    "Design",
    "InputError",
    "Network",
    "RunResult",
    "SimulationError",
    "SpicegenError",
    "batch",
    "emit",
    "load_design",
    "load_inputs",
    "load_network",
    "open_run",
    "run",
    "train",
]

_HOMES = {
    "batch": ("batch",),
    "design": ("Design", "load_design"),
    "errors": ("InputError", "SimulationError", "SpicegenError"),
    "network": ("Network", "load_inputs", "load_network"),
    "pipeline": ("RunResult", "emit", "open_run", "run"),
    "training": ("train",),
}

if TYPE_CHECKING:
    from spicegen.batch import batch
    from spicegen.design import Design, load_design
    from spicegen.errors import InputError, SimulationError, SpicegenError
    from spicegen.network import Network, load_inputs, load_network
    from spicegen.pipeline import RunResult, emit, open_run, run
    from spicegen.training import train

# imported when they are first used, so that `spicegen --help` stays quick
__getattr__ = attributes(__name__, _HOMES, modules=("cells", "torch"))
