"""What would be computed wrongly is refused, with file and line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from va_models import cache_folder, need_compilers, written

from spicegen.devices.veriloga import build, build_osdi
from spicegen.devices.veriloga.c_function import UndefinedValueError, UnknownOperationError
from spicegen.errors import InputError

MODULE = """module refused(p, n);
  inout p, n; electrical p, n, x;
  parameter real r = 1;
DECLARED
  analog begin
BODY
    I(p, n) <+ V(p, n) / r;
  end
endmodule
"""
BODY_LINE = 8  # of the file: two lines of includes, five of the module


def complaint(folder: Path, body: str, declared: str = "") -> str:
    need_compilers()
    text = MODULE.replace("DECLARED", declared).replace("BODY", body)
    path = written(text, folder, "bad.va")
    with pytest.raises(InputError) as raised:
        build_osdi(path, cache_folder())
    message = str(raised.value)
    assert message.startswith(str(path))
    return message.removeprefix(str(path))


STATEMENTS = {
    "@(initial_step) w = 0.5;": (
        ", line 8: @(initial_step) would run at every iteration, not once; keep the state on an "
        'internal node: if (analysis("static")) I(x) <+ V(x) - x0; else I(x) <+ ddt(V(x)) - rate;'
    ),
    "@(cross(V(p, n), 1)) w = 1;": ", line 8: the event @(cross) is not noticed; write the "
    "condition as if (...); keep the state",
    "@(timer(1n)) w = 1;": ", line 8: the event @(timer) is not noticed",
    "w = absdelay(V(p, n), 1n);": ", line 8: absdelay would pass its argument straight through, "
    "without delay; put the delay into the deck (a T element)",
    "w = idtmod(V(p, n), 0, 1);": ", line 8: idtmod is not computed reliably; use idt()",
    "w = transition(V(p, n), 1n);": ", line 8: transition is not computed; make the waveform",
    "w = slew(V(p, n), 1, 1);": ", line 8: slew is not computed; make the waveform",
    "w = laplace_nd(V(p, n), {1}, {1, 1});": ", line 8: laplace_nd is not computed; write the "
    "filter with ddt() on internal nodes",
    "w = last_crossing(V(p, n), 1);": ", line 8: last_crossing is not computed; keep the state",
    'w = ac_stim("ac", 1, 0);': ", line 8: ac_stim is not computed; put the AC stimulus",
    "w = $random;": ", line 8: $random would draw a new number at every iteration; give random "
    "values as parameters on the instance line",
    "w = $rdist_normal(1, 0, 1);": ", line 8: $rdist_normal would draw a new number",
    "$bound_step(1n);": ", line 8: $bound_step would be ignored; remove it, and give .tran its "
    "longest step (the fourth number)",
    "if (r < 0) $finish;": ", line 8: $finish cannot end the simulation; give the parameter a "
    "range (from [a:b])",
    "if (r < 0) $fatal;": ", line 8: $fatal cannot end the simulation",
    'w = $table_model(V(p, n), "f.tbl");': ", line 8: $table_model is not computed",
    'w = $fopen("f");': ", line 8: $fopen is not computed; give values as parameters",
}


@pytest.mark.parametrize("statement", list(STATEMENTS))
def test_statement(tmp_path: Path, statement: str) -> None:
    said = complaint(tmp_path, f"    {statement}", "  real w;")
    assert said.startswith(STATEMENTS[statement]), said


@pytest.mark.parametrize(
    ("body", "line", "name"),
    [
        ("    w = w + V(p, n) * 1e-9;\n    I(p, n) <+ w;", 8, "w"),
        ("    if (V(p, n) > 0)\n      w = 1;\n    I(p, n) <+ V(p, n) * w;", 9, "w"),
        ("    I(p, n) <+ V(p, n) * n_pulses;\n    n_pulses = 1;", 8, "n_pulses"),
        ("    begin : inner\n      real deep;\n      if (r > 1) deep = 1;\n"
         "      I(p, n) <+ V(p, n) * deep;\n    end", 10, "deep"),
        ("    case (1)\n      V(p, n) > 1: w = 2;\n    endcase\n    I(p, n) <+ w;", 9, "w"),
    ],
)  # fmt: skip
def test_variable_that_would_have_to_remember(
    tmp_path: Path, body: str, line: int, name: str
) -> None:
    said = complaint(tmp_path, body, "  real w; integer n_pulses;")
    assert said.startswith(
        f", line {line}: the variable {name} is read before it is assigned, as if it kept its "
        "value from one iteration to the next, but it is reset; keep the state on an internal node"
    ), said
    assert said.endswith(f"If it needs no memory, assign it first, such as {name} = 0;")


@pytest.mark.parametrize(
    "body",
    [
        "    w = 0;\n    if (V(p, n) > 0) w = 1;\n    I(p, n) <+ V(p, n) * w;",
        "    if (V(p, n) > 0) w = 1; else w = 2;\n    I(p, n) <+ V(p, n) * w;",
        "    w = V(p, n); w = 2 * w;\n    I(p, n) <+ w * constant;",
        "    for (i = 0; i < 3; i = i + 1) w = i;\n    $strobe(\"%g\", w);",
        "    if (V(p, n) > 0) w = 1;\n    $strobe(\"%g\", w);",
    ],
)  # fmt: skip
def test_variable_that_needs_no_memory_is_taken(tmp_path: Path, body: str) -> None:
    need_compilers()
    declared = "  real w, constant = 3; integer i;"
    text = MODULE.replace("DECLARED", declared).replace("BODY", body)
    assert build_osdi(written(text, tmp_path), cache_folder()).module == "refused"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('  parameter string mode = "fast";',
         ", line 6: parameter mode must not be a string; use an integer parameter to choose"),
        ("  string word;", ", line 6: variable word must not be a string; use one real"),
        ("  real table[0:3];", ", line 6: variable table must not be an array; use one real"),
        ("  real [0:3] table;", ", line 6: variable table must not be an array"),
        ("  parameter real R = 2;",
         ", line 6: ngspice does not tell parameter R from r; rename it; upper and lower case"),
        ("  parameter real m = 2;",
         ", line 6: ngspice does not tell parameter m from the multiplier m; rename it"),
        ("  analog initial r0 = 1;", ", line 6: analog initial would run at every iteration"),
    ],
)  # fmt: skip
def test_declaration(tmp_path: Path, declared: str, said: str) -> None:
    assert complaint(tmp_path, "    ;", declared).startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    I(p, n) <+ atan2(V(p, n), 2);",
         ", line 8: the front end computes a wrong derivative of atan2; write atan(y / x), and"),
        ("    I(p, n) <+ hypot(V(p, n), 2);",
         ", line 8: the front end computes a wrong derivative of hypot; write sqrt(x * x + y"),
        ("    I(p, n) <+ V(p, n) % 2;",
         ", line 8: the front end computes a wrong derivative of %; write x - m * floor(x / m)"),
        ("    I(p, n) <+ 2 * I(<p>);",
         ", line 8: the current into a terminal, I(<...>), is not computed; lead the terminal to"),
        ('    I(p, n) <+ $simparam("temperature");',
         ', line 8: ngspice has no $simparam("temperature"); give a value to use instead: '
         '$simparam("temperature", 0)'),
        ('    I(p, n) <+ $limit(V(p, n), "fetlim", 0.7);',
         ', line 8: $limit is known with "pnjlim", the thermal and the critical voltage only'),
    ],
)  # fmt: skip
def test_expression(tmp_path: Path, body: str, said: str) -> None:
    assert complaint(tmp_path, body).startswith(said)


def test_what_cannot_be_expressed_in_c(tmp_path: Path) -> None:
    remedy = "; put the OpenVAF compiler (openvaf-r) on PATH, which compiles it without C"
    said = complaint(tmp_path, "    I(p, n) <+ V(p, n) * $xposition;")
    assert said == f": uses xposition, which cannot be expressed in C{remedy}"
    said = complaint(tmp_path, "    ;", '  parameter real t = $simparam("tnom");')
    assert said.startswith(": holds a call (inst") and said.endswith(remedy)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UndefinedValueError("v9"), ": an equation depends on a value that is not defined in every "
         "case; give each variable a value first, and write if/else instead of case/default"),
        (UnknownOperationError("fmystery"), ": uses the operation fmystery, for which there is no "
         "C; put the OpenVAF compiler"),
    ],
)  # fmt: skip
def test_equations_without_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*arguments: object) -> str:
        raise error

    monkeypatch.setattr(build, "c_file", fail)
    need_compilers()
    path = written(MODULE.replace("DECLARED", "").replace("BODY", "    ;"), tmp_path)
    with pytest.raises(InputError) as raised:
        build_osdi(path, tmp_path / "cache")
    assert str(raised.value).removeprefix(str(path)).startswith(said)


def test_nodes_that_differ_in_case_only(tmp_path: Path) -> None:
    said = complaint(tmp_path, "    I(X) <+ V(X) - V(x); I(x) <+ V(x);", "  electrical X;")
    assert ": ngspice does not tell node X from x; rename one" in said or (
        ": ngspice does not tell node x from X; rename one" in said
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": must hold exactly one module, got none"),
        ("module a(p); inout p; electrical p; endmodule module b(p); inout p; electrical p; "
         "endmodule", ": must hold exactly one module, got a, b; put each module into a file"),
        ("module Memristor(p); inout p; electrical p; analog I(p) <+ V(p); endmodule",
         ", line 3: the module must not be called like a model type of ngspice, got Memristor; "
         "call it Memristor_va"),
    ],
)  # fmt: skip
def test_module(tmp_path: Path, text: str, said: str) -> None:
    need_compilers()
    path = written(text, tmp_path)
    with pytest.raises(InputError) as raised:
        build_osdi(path, cache_folder())
    assert str(raised.value).removeprefix(str(path)).startswith(said)


def test_what_is_harmless_is_noted_with_its_line(tmp_path: Path) -> None:
    need_compilers()
    body = '    $strobe("%g", V(p, n));\n    I(p, n) <+ white_noise(1e-24, "thermal");'
    text = MODULE.replace("DECLARED", "").replace("BODY", body)
    path = written(text, tmp_path)
    assert build_osdi(path, cache_folder()).notes == (
        f"{path}, line 8: $strobe prints nothing",
        f"{path}, line 9: white_noise is left out of .noise analyses",
    )


def test_words_in_comments_texts_and_other_branches_are_not_refused(tmp_path: Path) -> None:
    need_compilers()
    body = """    // @(initial_step) absdelay(
    /* $finish; */
`ifdef NEVER
    $finish;
`else
    I(p, n) <+ V(p, n);
`endif
    $strobe("@(cross) $random");"""
    text = MODULE.replace("DECLARED", "").replace("BODY", body)
    assert build_osdi(written(text, tmp_path), cache_folder()).module == "refused"
