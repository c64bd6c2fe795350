"""The generated C: readable, named after the module, correct in the corners of control flow."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from va_models import MEMRISTOR, built, need_compilers

from spicegen.devices.veriloga.c_function import (
    Call,
    FunctionWriter,
    UndefinedValueError,
    UnknownOperationError,
)
from spicegen.devices.veriloga.mir import Constant, Function, Input, Instruction
from spicegen.devices.veriloga.names import identifiers
from spicegen.devices.veriloga.opcodes import constant_text
from spicegen.devices.veriloga.tools import COMPILERS, find


def test_file_reads_like_the_model() -> None:
    path = built(MEMRISTOR).c_file
    assert path is not None
    text = path.read_text()
    assert text.startswith("/* hp_memristor(p, n): the equations of model.va as a model for OSDI")
    assert '#define MODULE "hp_memristor"' in text
    for word in ("double r_on;", "int32_t window;", "r_on must be from (0:inf)"):
        assert word in text
    assert "const double V_p_n = v[self->node[0]] - v[self->node[1]];" in text
    assert "(r_on * V_x) + (r_off * (1.0 - V_x))" in text
    assert "remembered" not in text
    assert max(map(len, text.splitlines())) < 260


def test_file_compiles_without_a_warning(tmp_path: Path) -> None:
    path = built(MEMRISTOR).c_file
    assert path is not None
    flags = ["-std=c11", "-Wall", "-Wextra", "-Wno-unused", "-Wno-unused-parameter", "-Werror"]
    argv = [str(find(COMPILERS)), *flags, "-Wno-missing-field-initializers", "-c", str(path)]
    subprocess.run([*argv, "-o", str(tmp_path / "x.o")], check=True)


def test_names_that_c_does_not_take() -> None:
    names = ["r_on", "double", "V(p,n)", "V(p_n)", "v12", "exp", "NODES", "2nd", "R", "\\odd!"]
    assert identifiers(names) == {
        "r_on": "r_on", "double": "double_", "V(p,n)": "V_p_n", "V(p_n)": "V_p_n_",
        "v12": "v12_", "exp": "exp_", "NODES": "NODES_", "2nd": "n2nd", "R": "R",
        "\\odd!": "odd",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (float("inf"), "INFINITY"), (float("-inf"), "-INFINITY"), (True, "true"),
     (float("nan"), "NAN"), (-3, "-3"), (-(2**31), "INT32_MIN"), ('a"\n', '"a\\"\\n"'),
     (1e300, "1e+300")],
)  # fmt: skip
def test_constants(value: Constant, text: str) -> None:
    assert constant_text(value) == text


def no_call(one: Instruction, operands: object) -> Call | None:
    return Call("double", "0.0") if one.result else None


def function(*instructions: Instruction, **constants: Constant) -> Function:
    blocks: dict[str, list[Instruction]] = {}
    for one in instructions:
        blocks.setdefault(one.block, []).append(one)
    return Function(
        {name: tuple(block) for name, block in blocks.items()},
        {"v3": 0.0, **constants},
        {"v1": Input("param", "n")},
        {},
        {},
    )


LOOP = (
    # a, b = 1, 2; while (n > 0) { a, b = b, a; n -= 1 }
    Instruction("block0", "jmp", targets=("block1",)),
    Instruction("block1", "phi", "v20", edges=(("block0", "v10"), ("block2", "v21"))),
    Instruction("block1", "phi", "v21", edges=(("block0", "v11"), ("block2", "v20"))),
    Instruction("block1", "phi", "v22", edges=(("block0", "v1"), ("block2", "v24"))),
    Instruction("block1", "fgt", "v23", ("v22", "v3")),
    Instruction("block1", "br", operands=("v23",), targets=("block2", "block3")),
    Instruction("block2", "fsub", "v24", ("v22", "v10")),
    Instruction("block2", "jmp", targets=("block1",)),
    Instruction("block3", "fadd", "v25", ("v20", "v3")),
)


def run(code: Function, output: str, n: float, folder: Path) -> float:
    """What a function of n computes, compiled."""
    writer = FunctionWriter(code, {"v1": ("double", "n")}, [("result =", output)], no_call)
    body = "\n".join(writer.statements())
    (folder / "code.c").write_text(
        "#include <stdbool.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
        "int main(int argc, char **argv)\n{\n    double n = atof(argv[argc - 1]), result;\n"
        f'{body}\n    printf("%g\\n", result);\n    return 0;\n}}\n'
    )
    subprocess.run([str(find(COMPILERS)), "code.c", "-o", "code"], cwd=folder, check=True)
    argv = [folder / "code", str(n)]
    return float(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(("n", "expected"), [(0, 1.0), (1, 2.0), (4, 1.0), (7, 2.0)])
def test_values_that_swap_around_a_loop(tmp_path: Path, n: int, expected: float) -> None:
    need_compilers()
    assert run(function(*LOOP, v10=1.0, v11=2.0), "v20", n, tmp_path) == expected


def test_value_that_two_others_take_over(tmp_path: Path) -> None:
    """x, y, z = 1, 2, 3, then four times x, y, z = y, z, y: y is read twice before it changes."""
    need_compilers()
    start = (Instruction("block0", "jmp", targets=("block1",)),)
    phis = tuple(
        Instruction("block1", "phi", result, edges=(("block0", first), ("block2", next_one)))
        for result, first, next_one in (
            ("v20", "v10", "v21"), ("v21", "v11", "v22"), ("v22", "v12", "v21"),
            ("v23", "v1", "v25"),
        )
    )  # fmt: skip
    rest = (
        Instruction("block1", "fgt", "v24", ("v23", "v3")),
        Instruction("block1", "br", operands=("v24",), targets=("block2", "block3")),
        Instruction("block2", "fsub", "v25", ("v23", "v10")),
        Instruction("block2", "jmp", targets=("block1",)),
        Instruction("block3", "fmul", "v26", ("v20", "v13")),
        Instruction("block3", "fadd", "v27", ("v26", "v21")),
        Instruction("block3", "fmul", "v28", ("v27", "v13")),
        Instruction("block3", "fadd", "v29", ("v28", "v22")),
    )
    code = function(*start, *phis, *rest, v10=1.0, v11=2.0, v12=3.0, v13=10.0)
    x, y, z = 1, 2, 3
    for _ in range(4):
        x, y, z = y, z, y
    assert run(code, "v29", 4, tmp_path) == 100 * x + 10 * y + z


def test_value_that_is_undefined_on_one_way() -> None:
    broken = function(
        Instruction("block0", "fgt", "v20", ("v1", "v3")),
        Instruction("block0", "br", operands=("v20",), targets=("block1", "block2")),
        Instruction("block1", "jmp", targets=("block2",)),
        Instruction("block2", "phi", "v21", edges=(("block1", "v1"),)),
        Instruction("block2", "fneg", "v22", ("v21",)),
    )
    with pytest.raises(UndefinedValueError, match="v21"):
        FunctionWriter(broken, {"v1": ("double", "n")}, [("result =", "v22")], no_call)
    with pytest.raises(UndefinedValueError, match="v99"):
        FunctionWriter(
            function(*LOOP, v10=1.0, v11=2.0),
            {"v1": ("double", "n")},
            [("result =", "v99")],
            no_call,
        )


def test_operation_without_c() -> None:
    strange = function(Instruction("block0", "fmystery", "v20", ("v1",)))
    writer = FunctionWriter(strange, {"v1": ("double", "n")}, [("result =", "v20")], no_call)
    with pytest.raises(UnknownOperationError, match="fmystery"):
        writer.statements()
