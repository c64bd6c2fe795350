"""The table of cells: quiescent power and area per cell, from published circuits.

Behavioural cells have no bias currents and no layout. What they would take comes from this
table, never from the simulation; a user replaces it with `cost.table`.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spicegen.errors import DesignError, nearest
from spicegen.paths import packaged

DEFAULT = "cmos"
FOLDER = "cost"

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Cell(BaseModel):
    """One kind of cell; what is absent is not counted, and named in the result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    power_watt: NotNegative | None = None
    gbw_hertz: Positive | None = None
    area_square_metre: NotNegative | None = None
    area_square_metre_per_farad: NotNegative | None = None
    source: Annotated[str, Field(min_length=1)]


class CellTable(BaseModel):
    """Cells of one technology. `gbw_hertz` of the op-amp: its power is in proportion to
    opamp.gbw_hertz of the design."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    memristor: Cell | None = None
    opamp: Cell | None = None
    activation: Cell | None = None
    multiplier: Cell | None = None
    hold_cell: Cell | None = None
    switch: Cell | None = None


def load_table(name: str) -> CellTable:
    """A table: a packaged one by its name, or a TOML file.

    Raises:
        DesignError: there is no such table, or it has other keys.
    """
    path = _path(name)
    where = f"cost.table {name}"
    try:
        return CellTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        known = [file.stem for file in (packaged("models") / FOLDER).glob("*.toml")]
        raise DesignError(
            where,
            "this must be a packaged table or a TOML file",
            error.strerror,
            f"packaged are {', '.join(sorted(known))}",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignError(where, "the file must be TOML", error) from error
    except ValidationError as error:
        raise _explained(error, where) from error


def table_hash(name: str) -> str:
    """SHA-256 of a table's file, in hexadecimal.

    Raises:
        DesignError: there is no such table.
    """
    load_table(name)
    return hashlib.sha256(_path(name).read_bytes()).hexdigest()


def _path(name: str) -> Path:
    return Path(name) if name.endswith(".toml") else packaged("models") / FOLDER / f"{name}.toml"


def _explained(error: ValidationError, where: str) -> DesignError:
    problem = error.errors()[0]
    path = [str(part) for part in problem["loc"]]
    place = f"{where}, {'.'.join(path)}"
    if problem["type"] == "extra_forbidden":
        section: type[BaseModel] = CellTable if len(path) == 1 else Cell
        return DesignError(
            place, "there is no such key", None, nearest(path[-1], list(section.model_fields))
        )
    rule = problem["msg"][0].lower() + problem["msg"][1:]
    return DesignError(place, rule, repr(problem["input"]))
