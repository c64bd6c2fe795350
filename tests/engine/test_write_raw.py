"""The raw file written for an engine without a writer reads back value by value."""

from pathlib import Path

import numpy as np

from spicegen.engine.raw_file import ROWS, write_raw
from spicegen.waveforms import read_raw


def test_round_trip(tmp_path: Path) -> None:
    points = 2 * ROWS + 3  # more than two blocks
    t_s = np.linspace(0.0, 1.0, points)
    columns = {"v(a)": np.sin(t_s), "time": t_s, "i(v1)": -t_s, "@r1[p]": t_s**2}
    write_raw(tmp_path / "w.raw", "title", "Transient Analysis", ("time", "time"), columns)
    (plot,) = read_raw(tmp_path / "w.raw")
    assert plot.names == ("time", "v(a)", "i(v1)", "@r1[p]")
    assert [variable.kind for variable in plot.variables] == [
        "time", "voltage", "current", "notype",
    ]  # fmt: skip
    assert (plot.name, plot.title, plot.points) == ("Transient Analysis", "title", points)
    for name, values in columns.items():
        np.testing.assert_array_equal(plot[name], values)
