"""What is known about a compiled model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class VerilogParameter:
    """A parameter of a compiled model.

    Args:
        name: in lower case, as a deck gives it.
        kind: real, integer or string.
        default: its value where a deck gives none; defaults that are expressions of other
            parameters are evaluated at the defaults of those. None for a string.
        unit: as declared, such as `Ohm`; may be empty.
        description: as declared; may be empty.
        on_instance: it may stand on the instance line.
        on_model: it may stand on the .model card.
    """

    name: str
    kind: str
    default: float | None
    unit: str
    description: str
    on_instance: bool
    on_model: bool


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A Verilog-A module, compiled for ngspice.

    Args:
        osdi: the library that `pre_osdi` loads.
        module: the name for a .model card.
        terminals: in the order of the instance line.
        internal_nodes: such as `x`, which a deck reads as `v(n1#x)` of the instance n1.
        parameters: in the order of declaration.
        compiler: what compiled it, such as `openvaf-py 0.1.5`.
        c_file: the generated C; None where OpenVAF itself compiled.
        notes: what of the source was left out, with file and line.
    """

    osdi: Path
    module: str
    terminals: tuple[str, ...]
    internal_nodes: tuple[str, ...]
    parameters: tuple[VerilogParameter, ...]
    compiler: str
    c_file: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The library, and the C files that it was made from."""
        sources = () if self.c_file is None else (self.c_file, *_headers(self.c_file))
        return (self.osdi, *sources)

    def parameter(self, name: str) -> VerilogParameter:
        """A parameter by name; upper and lower case are the same.

        Raises:
            KeyError: there is none.
        """
        for parameter in self.parameters:
            if parameter.name == name.lower():
                return parameter
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """Everything, as it goes into JSON."""
        paths = {"osdi": str(self.osdi), "c_file": str(self.c_file) if self.c_file else None}
        return asdict(self) | paths


def _headers(c_file: Path) -> list[Path]:
    return sorted(c_file.parent.glob("osdi_*.h"))


def model_text(described: Mapping[str, Any], compiler: str) -> str:
    """What the cache remembers about a model, from what its library tells."""
    return json.dumps({**described, "compiler": compiler}, indent=1)


def read_model(folder: Path, notes: tuple[str, ...]) -> CompiledModel:
    """A model from its folder in the cache.

    Raises:
        OSError, ValueError, KeyError: the folder is not complete.
    """
    known = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    name = known["module"]
    osdi, c_file = folder / f"{name}.osdi", folder / f"{name}.c"
    if not osdi.is_file():
        raise FileNotFoundError(osdi)
    return CompiledModel(
        osdi=osdi,
        module=name,
        terminals=tuple(known["terminals"]),
        internal_nodes=tuple(known["internal_nodes"]),
        parameters=tuple(VerilogParameter(**parameter) for parameter in known["parameters"]),
        compiler=known["compiler"],
        c_file=c_file if c_file.is_file() else None,
        notes=notes,
    )


DESCRIPTION = "model.json"
