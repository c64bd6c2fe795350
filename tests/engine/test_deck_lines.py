"""Reading a deck with its included files, and the deck line an engine speaks of."""

from pathlib import Path

import pytest

from spicegen.engine.deck import find_line, read_deck

CELLS = "* cells\n.subckt cell a b\nR1 a m 1k\nR2 m b 1k bar=3\n.ends\n"
MODELS = (
    "* models\n.lib slow\n.model nn nmos level=1\n.endl\n"
    ".lib fast\n.model nn nmos level=2\n.endl fast\n"
)
DECK = """R1 in this title is no element
* a comment

.include "cells.sub"
.lib models.lib fast
V1 in 0 1 ; a source
Xc in
+ out
+ cell
R5 out 0 1k
.include missing.sub
.end
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    (tmp_path / "cells.sub").write_text(CELLS)
    (tmp_path / "models.lib").write_text(MODELS)
    path = tmp_path / "circuit.cir"
    path.write_text(DECK)
    return path


def test_lines_in_order_with_their_places(deck: Path) -> None:
    assert [(line.file, line.number, line.text) for line in read_deck(deck)] == [
        ("cells.sub", 2, ".subckt cell a b"),
        ("cells.sub", 3, "R1 a m 1k"),
        ("cells.sub", 4, "R2 m b 1k bar=3"),
        ("cells.sub", 5, ".ends"),
        ("models.lib", 6, ".model nn nmos level=2"),
        ("circuit.cir", 6, "V1 in 0 1 ; a source"),
        ("circuit.cir", 7, "Xc in out cell"),
        ("circuit.cir", 10, "R5 out 0 1k"),
        ("circuit.cir", 11, ".include missing.sub"),
        ("circuit.cir", 12, ".end"),
    ]


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Error on line 4 or its substitute: r.xc.r2 xc.m out 1k bar=3", "cells.sub, line 4: R2"),
        (
            "Error: unknown subckt: xc in out cell in line no. 7 from file x/circuit.cir",
            "line 7: Xc",
        ),
        ("YYparse error in expression: parsing stopped at line 10 ) from file circuit.cir", "R5"),
        ("Error: Could not find include file missing.sub", "line 11: .include missing.sub"),
        ('doAnalyses: TRAN: Timestep too small: trouble with node "out"', "line 7: Xc in out"),
        ("Warning: singular matrix: check node v1#branch", "line 6: V1"),
        ("Warning: 'r.xc.r1 in xc.m ' is not a valid resistor instance line", "line 3: R1 a m"),
        ("Error: -2 out of range for ln in line r5", "line 10: R5"),
        ("Error: neospice leaves out element xc.r2", "cells.sub, line 4"),
    ],
)
def test_line_of_a_message(deck: Path, message: str, line: str) -> None:
    assert line in find_line(deck, message)


@pytest.mark.parametrize(
    "message", ["", "run simulation(s) aborted", "Warning: Line 4: a count of included lines too"]
)
def test_no_line_is_better_than_a_wrong_one(deck: Path, message: str) -> None:
    assert find_line(deck, message) == ""


def test_the_second_of_two_equal_names(tmp_path: Path) -> None:
    path = tmp_path / "circuit.cir"
    path.write_text("title\nR1 a 0 1\nR1 a 0 2\n")
    assert find_line(path, "Error on line 3 or its substitute: r1 a 0 2") == (
        "circuit.cir, line 3: R1 a 0 2"
    )


def test_long_lines_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "circuit.cir"
    path.write_text("title\nV1 a 0 PWL(\n" + "+ 1u 1\n" * 20000 + "+ )\n")
    assert 200 < len(find_line(path, "Warning: singular matrix: check node v1#branch")) < 240


def test_a_file_that_includes_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "circuit.cir"
    path.write_text("title\nR1 a 0 1\n.include circuit.cir\n")
    assert len(read_deck(path)) < 100
