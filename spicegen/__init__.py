"""spicegen: a trained network becomes an analog memristor circuit, simulated and scored.

import spicegen as sg

net = sg.load_network("network.toml")
result = sg.run(net, inputs, design=sg.Design(), out="runs/a")
result.accuracy.mean_error_pct
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
]

_HOMES = {
    "batch": ("batch",),
    "design": ("Design", "load_design"),
    "errors": ("InputError", "SimulationError", "SpicegenError"),
    "network": ("Network", "load_inputs", "load_network"),
    "pipeline": ("RunResult", "emit", "open_run", "run"),
}

if TYPE_CHECKING:
    from spicegen.batch import batch
    from spicegen.design import Design, load_design
    from spicegen.errors import InputError, SimulationError, SpicegenError
    from spicegen.network import Network, load_inputs, load_network
    from spicegen.pipeline import RunResult, emit, open_run, run


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `spicegen --help` stays quick."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"spicegen.{module}"), name)
    raise AttributeError(f"module 'spicegen' has no attribute {name!r}")
