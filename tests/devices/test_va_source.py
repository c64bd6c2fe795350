"""Reading sources: tokens, conditional parts, macros, includes, declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from spicegen.devices.veriloga.declarations import module_names, parameters, variables
from spicegen.devices.veriloga.instrument import MARK, write_instrumented
from spicegen.devices.veriloga.source import Source
from spicegen.devices.veriloga.tokens import tokens
from spicegen.errors import InputError


def source(folder: Path, text: str, **files: str) -> Source:
    for name, content in files.items():
        (folder / f"{name}.inc").write_text(content)
    path = folder / "model.va"
    path.write_text(text)
    return Source(path)


def words(read: Source) -> str:
    return " ".join(token.text for token in read.compiled)


def test_tokens_know_their_lines() -> None:
    text = 'a /* b\n c */ "d // e" // f\n (* g="h" *) 1.5e-9 2k <+ \\esc! $vt `m\n'
    found = [(token.kind, token.text, token.line) for token in tokens(text)]
    assert found == [
        ("name", "a", 1), ("string", '"d // e"', 2), ("attribute", '(* g="h" *)', 3),
        ("number", "1.5e-9", 3), ("number", "2k", 3), ("sign", "<+", 3),
        ("name", "\\esc!", 3), ("name", "$vt", 3), ("directive", "`m", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("`ifdef A\na\n`else\nb\n`endif\nc", "b c"),
        ("`define A\n`ifdef A\na\n`else\nb\n`endif", "a"),
        ("`ifndef A\na\n`endif", "a"),
        ("`define A 1\n`undef A\n`ifdef A\na\n`endif\nb", "b"),
        ("`define B\n`ifdef A\na\n`elsif B\nb\n`elsif B\nc\n`else\nd\n`endif", "b"),
        ("`ifdef A\n`ifdef B\na\n`else\nb\n`endif\nc\n`else\nd\n`endif", "d"),
        ("`ifdef __VAMS_ENABLE__\na\n`endif", "a"),
        ("`define A x + \\\n  y\n`A z", "x + y z"),
        ("`define A x\n`define B `A y\n`B", "x y"),
        ("`define A `A `A x\n`A", "x"),
        ("`define A(x, y) x + y\n`A(1, (2, 3)) z", "1 + ( 2 , 3 ) z"),
        ("`define A(x) x `B(x)\n`define B(y) - y\n`A(c)", "c - c"),
        ("`define A (x) + 1\n`A", "( x ) + 1"),
        ("`define A(x) x // no\n/* a\nb */ `A(c) d", "c d"),
        ("`define A(x) x\n`A(", ""),
        ("`unknown a", "a"),
        ("`endif a", "a"),
    ],
)
def test_parts_that_are_compiled(tmp_path: Path, text: str, left: str) -> None:
    assert words(source(tmp_path, text + "\n")) == left


def test_includes_stand_in_their_place_once_per_mention(tmp_path: Path) -> None:
    text = '`include "disciplines.vams"\na\n`include "one.inc"\nb\n`include "one.inc"\n'
    read = source(tmp_path, text, one='x\n`include "two.inc"\n', two="`define C\ny\n")
    assert words(read) == "a x y b x y"
    assert [file.path.name for file in read.files] == ["model.va", "one.inc", "two.inc"]
    places = [read.place(token) for token in read.compiled]
    assert places[2] == f"{tmp_path / 'two.inc'}, line 2"


def test_file_that_includes_itself_ends(tmp_path: Path) -> None:
    assert words(source(tmp_path, '`include "one.inc"\n', one='x\n`include "one.inc"\n'))


def test_include_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        source(tmp_path, '\n`include "lost.inc"\n')
    assert str(raised.value) == (
        f"{tmp_path / 'model.va'}, line 2: the included file lost.inc is not there; put it "
        "beside model.va"
    )


def test_declarations(tmp_path: Path) -> None:
    text = """module m(p);
      parameter real a = 1 from [0:inf) exclude 5, b = f(1, 2);
      parameter integer n = 3;
      localparam c = a;
      real x, y = 1.5; integer i;
      analog function real g; input u; real u, inner; g = u; endfunction
      analog begin : named
        real deep;
        deep = x;
      end
    endmodule
    """
    stream = source(tmp_path, text).compiled
    assert [token.text for token in module_names(stream)] == ["m"]
    assert [(p.name, p.kind, p.local, p.range) for p in parameters(stream)] == [
        ("a", "real", False, "from [0:inf) exclude 5"),
        ("b", "real", False, ""),
        ("n", "integer", False, ""),
        ("c", "real", True, ""),
    ]
    assert [(v.name, v.kind, v.initial, v.block) for v in variables(stream)] == [
        ("x", "real", False, False),
        ("y", "real", True, False),
        ("i", "integer", False, False),
        ("deep", "real", False, True),
    ]


def test_front_end_reads_the_same_lines(tmp_path: Path) -> None:
    """Attributes and marks are added, every line stays where it was."""
    text = """module m(p);
      inout p; electrical p;
`include "more.inc"
      real x;
      analog begin
        x = a;
        I(p) <+ x;
      end
    endmodule
    """
    read = source(tmp_path, text, more="\n  parameter real a = 1;\n")
    folder = tmp_path / "out"
    folder.mkdir()
    names = write_instrumented(read, folder)
    assert names == {"0.va": tmp_path / "model.va", "1.va": tmp_path / "more.inc"}
    lines = (folder / "0.va").read_text().split("\n")
    assert len(lines) == len(text.split("\n"))
    assert lines[2] == '`include "1.va"'
    mark = f'analog begin x = $simparam("{MARK}x", 0); end analog begin'
    assert lines[4].strip() == mark
    assert (folder / "1.va").read_text() == '\n  (* type="instance" *) parameter real a = 1;\n'
