"""What the user gets from a run: named waveforms, and their values at sampling instants."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spicegen.errors import InputError, RawFileError
from spicegen.waveforms.plot import Plot, name_hint
from spicegen.waveforms.raw import find_plot, main_plot, read_raw
from spicegen.waveforms.sampling import rows_at

ROUNDING = 1e-9  # of the span: ngspice's last time point is the stop time but for rounding
BLOCK_VALUES = 1 << 20  # values looked at in one go when a whole file is checked


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """One named signal.

    Args:
        name: as it was asked for.
        unit: of the values: V, A, ...; empty where there is none.
        t_s: (points,) time, s (of a dc or ac plot the swept quantity instead).
        values: (points,) a view of the raw file, read-only.
    """

    name: str
    unit: str
    t_s: NDArray[np.float64]
    values: NDArray[Any]


class Waveforms:
    """The signals of one plot, under friendly names and under the simulator's own.

    Args:
        plot: one analysis of a raw file.
        aliases: friendly name -> vector of the plot, such as
            `{"lstm.h3": "v(n_lstm_h3)"}`; friendly names go first where both exist.
    Raises:
        RawFileError: vectors that the aliases speak of are missing in the plot.
    """

    def __init__(self, plot: Plot, aliases: Mapping[str, str] | None = None) -> None:
        self.plot = plot
        self.aliases = dict(aliases or {})
        missing = [vector for vector in self.aliases.values() if vector not in plot]
        if missing:
            raise RawFileError(
                f"{plot.where}: {len(missing)} of {len(self.aliases)} "
                f"probes are missing, the first is {missing[0]!r}; "
                f"{name_hint(missing[0], plot.names)}"
            )

    @classmethod
    def from_raw(
        cls,
        path: str | os.PathLike[str],
        aliases: Mapping[str, str] | None = None,
        plot: str = "",
    ) -> Waveforms:
        """The signals of the plot in a raw file whose name starts with `plot`; without one,
        of the transient, or else of the last plot.

        Raises:
            RawFileError: as `read_raw`; or not one such plot; or a probe is missing.
        """
        plots = read_raw(path)
        return cls(find_plot(plots, plot) if plot else main_plot(plots), aliases)

    def names(self) -> list[str]:
        """All names that `waveforms[...]` knows: friendly ones first, then raw ones."""
        return [*self.aliases, *self.plot.names]

    @cached_property
    def t_s(self) -> NDArray[np.float64]:
        """(points,) the time column, s, copied once (of dc and ac plots: the sweep)."""
        t_s = np.array(self.plot.sweep.real, dtype=np.float64)
        t_s.flags.writeable = False
        return t_s

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last simulated instant, s."""
        return float(self._rising_t_s[0]), float(self._rising_t_s[-1])

    def __contains__(self, name: object) -> bool:
        return name in self.aliases or name in self.plot

    def __getitem__(self, name: str) -> Waveform:
        """One signal over the whole run, without a copy of its values.

        Raises:
            InputError: no such signal (the nearest name is given), or it has no time axis.
        """
        column = self._column(name)
        unit = self.plot.variables[column].unit
        return Waveform(name, unit, self.t_s, self.plot.vector(column))

    def between(self, name: str, t_from_s: float, t_to_s: float) -> Waveform:
        """The simulated points of one signal with t_from_s <= t <= t_to_s.

        Raises:
            InputError: no such signal, or no simulated point lies in that interval.
        """
        whole = self[name]
        first = int(np.searchsorted(self._rising_t_s, t_from_s, side="left"))
        last = int(np.searchsorted(self._rising_t_s, t_to_s, side="right"))
        if first >= last:
            low, high = self.span_s
            raise InputError(
                f"signal {name!r}",
                f"the interval must hold a point of the simulated span {low:g} s to {high:g} s",
                f"{t_from_s:g} s to {t_to_s:g} s",
            )
        return Waveform(name, whole.unit, whole.t_s[first:last], whole.values[first:last])

    def at(self, names: str | Sequence[str], t_s: ArrayLike) -> NDArray[Any]:
        """Values at sampling instants, linear between the two neighbouring time points.

        Where the simulator wrote an instant twice (a jump), the later value counts. Only
        the rows next to the instants are read from the file.

        Args:
            names: signals, friendly or raw.
            t_s: (instants,) s, in any order.
        Returns:
            (instants, names) in the units of the signals.
        Raises:
            InputError: no such signal, instants that are not a row of numbers, an instant
                outside the simulated span by more than rounding, or a sweep that does not rise.
        """
        names = [names] if isinstance(names, str) else names
        columns = np.array([self._column(name) for name in names], dtype=np.intp)
        instants = self._inside(np.atleast_1d(np.asarray(t_s, dtype=np.float64)))
        return rows_at(self._rising_t_s, self.plot.data, columns, instants)

    def require_finite(self, names: str | Sequence[str] | None = None) -> None:
        """Check that no value is NaN or infinite.

        Args:
            names: signals; all vectors of the plot where None.
        Raises:
            RawFileError: names the earliest such value, its signal and its time.
            InputError: no such signal.
        """
        names = self.plot.names if names is None else names
        names = [names] if isinstance(names, str) else names
        columns = [self._find(name) for name in names]
        block = max(1, BLOCK_VALUES // max(1, len(columns)))
        for start in range(0, self.plot.points, block):
            bad = ~np.isfinite(self.plot.data[start : start + block, columns])
            if bad.any():
                row, place = (int(index[0]) for index in np.nonzero(bad))
                raise RawFileError(
                    f"{self.plot.where}: signal {names[place]!r} is "
                    f"{self.plot.data[start + row, columns[place]]} at {self._when(start + row)}"
                )

    def require_reached(self, t_s: float) -> None:
        """Check that the simulation went on until `t_s`.

        Raises:
            RawFileError: it stopped earlier by more than rounding.
        """
        last = self.span_s[1]
        if last < t_s - ROUNDING * abs(t_s):
            raise RawFileError(
                f"{self.plot.where}: the simulation stopped at {last:g} s, before {t_s:g} s"
            )

    def _find(self, name: str) -> int:
        if name in self.aliases:
            return self.plot.column(self.aliases[name])
        if name in self.plot:
            return self.plot.column(name)
        hint = name_hint(name, self.names())
        raise InputError(self.plot.where, "no such signal", name, hint)

    def _column(self, name: str) -> int:
        column = self._find(name)
        length = len(self.plot.vector(column))
        if length != len(self.t_s):
            raise InputError(
                f"{self.plot.where}, signal {name!r}",
                f"a waveform must have one value for each of the {len(self.t_s)} points",
                f"{length} values",
                "read such a vector from the plot itself",
            )
        return column

    @cached_property
    def _rising_t_s(self) -> NDArray[np.float64]:
        if not np.all(np.diff(self.t_s) >= 0):
            raise InputError(
                self.plot.where,
                f"the sweep {self.plot.names[0]!r} must rise for values between its points",
            )
        return self.t_s

    def _inside(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        if t_s.ndim != 1:
            raise InputError(self.plot.where, "sampling instants must be (instants,)", t_s.shape)
        low, high = self.span_s
        slack = ROUNDING * max(abs(low), abs(high))
        outside = ~((t_s >= low - slack) & (t_s <= high + slack))
        if outside.any():
            raise InputError(
                self.plot.where,
                f"sampling instants must lie in the simulated span {low:.9g} s to {high:.9g} s",
                f"{t_s[outside][0]:.9g} s ({int(outside.sum())} of {t_s.size} lie outside)",
            )
        return np.clip(t_s, low, high)

    def _when(self, row: int) -> str:
        first = self.plot.variables[0]
        return f"{first.name} {self.plot.data[row, 0].real:g} {first.unit} (point {row})"
