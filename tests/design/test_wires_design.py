"""[crossbar.wires]: what is refused, and geometry against numbers worked out by hand."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from spicegen.design import Geometry, design_from, design_text, load_design
from spicegen.errors import DesignError

METAL = {
    "width_metre": 100e-9,
    "thickness_metre": 200e-9,
    "pitch_metre": 200e-9,
    "height_metre": 200e-9,
}


@pytest.mark.parametrize(
    ("crossbar", "rest", "message"),
    [
        ({"wires": {"model": "full", "r_segment_ohm": -1.0}}, {},
         r"crossbar\.wires\.r_segment_ohm: .*greater than or equal to 0, got -1\.0"),
        ({"wires": {"model": "full", "r_segment_ohm": float("nan")}}, {},
         r"crossbar\.wires\.r_segment_ohm: .*, got nan"),
        ({"wires": {"model": "full", "r_driver_ohm": float("inf")}}, {},
         r"crossbar\.wires\.r_driver_ohm: .*finite.*, got inf"),
        ({"wires": {"model": "full", "c_segment_farad": -1e-15}}, {},
         r"crossbar\.wires\.c_segment_farad: .*, got -1e-15"),
        ({"wires": {"model": "full"}}, {},
         r"crossbar\.wires: model = \"full\" needs wires: .*give r_segment_ohm or a geometry"),
        ({"wires": {"compensation": "conductance"}}, {},
         r"crossbar\.wires: compensation = .*\"ideal\" has none; set model"),
        ({"wires": {"model": "reduced", "r_segment_ohm": 1.0, "c_segment_farad": 1e-15}}, {},
         r"\"reduced\" holds resistances only, got 1e-15 F per segment; set crossbar\.wires\.c_"),
        ({"wires": {"model": "full", "r_segment_ohm": 1.0}},
         {"mapping": {"cells": "transconductance"}},
         r"draws memristors as resistors, got mapping\.cells"),
        ({"wires": {"model": "full", "r_segment_ohm": 1.0, "compensation": "column-scale"}},
         {"timing": {"serial": 2}}, r"own virtual ground, got timing\.serial = 2"),
        ({"wires": {"modle": "full"}}, {},
         r"crossbar\.wires\.modle: there is no such key; did you mean model"),
        ({"tile_rows": 1}, {},
         r"tile_rows must hold one pair, which takes 2 lines in dual-row, got 1"),
        ({"tile_columns": 1, "topology": "dual-column"}, {},
         r"tile_columns must hold one pair, which takes 2 lines in dual-column, got 1"),
        ({"tile_rows": 0}, {}, r"crossbar\.tile_rows: .*greater than or equal to 1, got 0"),
        ({"wires": {"geometry": METAL | {"pitch_metre": 100e-9}}}, {},
         r"pitch_metre must exceed width_metre, got 1e-07 <= 1e-07; lines would touch"),
        ({"wires": {"geometry": METAL | {"thickness_metre": 10e-9}}}, {},
         r"thickness_metre / height_metre must lie in \[0\.3, 10\].*got 0\.05; give r_segment_ohm"),
    ],
)  # fmt: skip
def test_impossible_wires_are_refused(
    crossbar: dict[str, Any], rest: dict[str, Any], message: str
) -> None:
    with pytest.raises(DesignError, match=message):
        design_from({"crossbar": crossbar, **rest})


def test_geometry_by_hand() -> None:
    metal = Geometry(**METAL, resistivity_ohm_metre=2e-8)
    assert metal.r_segment_ohm == pytest.approx(2e-8 * 200e-9 / (100e-9 * 200e-9))  # 0.2 ohm
    # w = 0.5, t = 1, s = 0.5: 0.575 + 2.8 + 2 * 0.775 * 0.5^-1.34, times eps and 200 nm
    per_eps = 0.575 + 2.8 + 2 * (0.015 + 0.83 - 0.07) * 0.5**-1.34
    assert metal.c_segment_farad == pytest.approx(per_eps * 3.9 * 8.8541878128e-12 * 200e-9)
    # a wide plate far from its neighbours: its area's capacitance and some more for its edges
    plate = Geometry(
        width_metre=9e-6, thickness_metre=0.4e-6, height_metre=1e-6, pitch_metre=18.9e-6
    )
    by_area = 3.9 * 8.8541878128e-12 * 9e-6 / 1e-6 * 18.9e-6
    assert by_area < plate.c_segment_farad < 1.5 * by_area


def test_what_is_given_directly_comes_before_the_geometry() -> None:
    wires = {"model": "full", "geometry": METAL}
    made = design_from({"crossbar": {"wires": wires}}).crossbar.wires
    assert made.geometry is not None
    assert made.r_word_ohm == made.r_bit_ohm == made.geometry.r_segment_ohm > 0
    assert made.c_farad == made.geometry.c_segment_farad > 0
    given = wires | {"r_segment_ohm": 3.0, "r_bit_segment_ohm": 0.0, "c_segment_farad": 0.0}
    made = design_from({"crossbar": {"wires": given}}).crossbar.wires
    assert (made.r_word_ohm, made.r_bit_ohm, made.c_farad) == (3.0, 0.0, 0.0)


def test_sections_inside_sections_are_set_and_written() -> None:
    made = load_design(
        None,
        [
            "crossbar.wires.model=full",
            "crossbar.tile_rows=64",
            "mapping.ranges.lstm.h=2.0",
            *(f"crossbar.wires.geometry.{key}={value!r}" for key, value in METAL.items()),
        ],
    )
    assert made.crossbar.wires.geometry == Geometry(**METAL)
    assert made.mapping.ranges == {"lstm.h": 2.0}
    assert design_from(tomllib.loads(design_text(made))) == made
    with pytest.raises(DesignError, match=r"geometry\.widht_metre: there is no such key; did you"):
        design_from({"crossbar": {"wires": {"geometry": METAL | {"widht_metre": 1e-7}}}})
