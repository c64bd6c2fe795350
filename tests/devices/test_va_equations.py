"""Values and derivatives of compiled models, called without a simulator."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from va_models import DIODE, MEMRISTOR, SINH, library

from spicegen.devices.veriloga.library import Library, SimInfo

FloatArray = NDArray[np.float64]
TRANSIENT = 1 | 2 | 4 | 8 | 8192
OPERATING_POINT = 1 | 4 | 2048
STEP_VOLTS = 1e-6

# one module computes them all: expression k flows into its own node yk
EXPRESSION_MODULE = """module expressions(p, n);
  inout p, n; electrical p, n, NODES;
  parameter real a = 0.3;
  parameter integer k = 3;
  real y; integer i, j;
  analog function real cube;
    input x; real x;
    cube = x * x * x;
  endfunction
  analog begin
BODY
  end
endmodule
"""
# body, the same in Python of a voltage
EXPRESSIONS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("y = a * V(p,n) + 2.5;", lambda v: 0.3 * v + 2.5),
    ("y = pow(abs(V(p,n)), 2.5);", lambda v: abs(v) ** 2.5),
    ("y = exp(V(p,n)) - ln(2 + V(p,n)) + log(3 + V(p,n));",
     lambda v: math.exp(v) - math.log(2 + v) + math.log10(3 + v)),
    ("y = sqrt(2 + V(p,n)) / (V(p,n) + 3);", lambda v: math.sqrt(2 + v) / (v + 3)),
    ("y = sin(V(p,n)) + cos(2 * V(p,n)) + tan(V(p,n) / 2);",
     lambda v: math.sin(v) + math.cos(2 * v) + math.tan(v / 2)),
    ("y = sinh(V(p,n)) + cosh(V(p,n)) + tanh(3 * V(p,n));",
     lambda v: math.sinh(v) + math.cosh(v) + math.tanh(3 * v)),
    ("y = asin(V(p,n) / 3) + acos(V(p,n) / 3) * 2 + atan(V(p,n));",
     lambda v: math.asin(v / 3) + 2 * math.acos(v / 3) + math.atan(v)),
    ("y = asinh(V(p,n)) + acosh(4 + V(p,n)) + atanh(V(p,n) / 3);",
     lambda v: math.asinh(v) + math.acosh(4 + v) + math.atanh(v / 3)),
    ("y = pow(2, V(p,n)) + pow(2 + V(p,n), V(p,n)) + pow(V(p,n), 3) + pow(V(p,n), 4);",
     lambda v: 2**v + (2 + v) ** v + v**3 + v**4),
    ("y = atan2(a, k) + hypot(a, k) + k % 2 + a % 0.2 + V(p,n);",
     lambda v: math.atan2(0.3, 3) + math.hypot(0.3, 3) + 1 + 0.3 % 0.2 + v),
    ("y = min(V(p,n), 0.2) + max(2 * V(p,n), -0.1);",
     lambda v: min(v, 0.2) + max(2 * v, -0.1)),
    ("y = V(p,n) > 0.25 ? V(p,n) * V(p,n) : -V(p,n);", lambda v: v * v if v > 0.25 else -v),
    ("y = floor(10 * V(p,n)) + ceil(7 * V(p,n)) + V(p,n);",
     lambda v: math.floor(10 * v) + math.ceil(7 * v) + v),
    ("y = cube(V(p,n)) * k;", lambda v: 3 * v**3),
    ("y = 0; for (i = 0; i < k; i = i + 1) y = y + V(p,n) * i * i;", lambda v: 5 * v),
    ("y = 1; i = k; while (i > 0) begin y = y * V(p,n); i = i - 1; end", lambda v: v**3),
    ("j = 1; i = 0; y = 0; while (i < 5) begin i = i + 1; y = y + j * V(p,n); j = i - j; end",
     lambda v: 7 * v),
    ("i = 7; j = (i % 4) * 2 + i / 2 + (i << 1) + (i >> 1) + (i & 3) + (i | 8) + (i ^ 5);"
     " y = j * V(p,n);", lambda v: (6 + 3 + 14 + 3 + 3 + 15 + 2) * v),
    ("i = 2.5; j = -2.5; y = i * 10 + j + V(p,n);", lambda v: 27 + v),
    ("if (k == 3 && a < 1 || k > 5) y = V(p,n); else y = 0;", lambda v: v),
    ("case (k) 1: y = 0; 3: y = 2 * V(p,n); default: y = 9; endcase", lambda v: 2 * v),
    ("y = limexp(V(p,n)) + V(p,n) - 0.3 * floor(V(p,n) / 0.3);",
     lambda v: math.exp(v) + v % 0.3),
    ("y = ddx(V(p,n) * V(p,n), V(p)) * V(p,n);", lambda v: 2 * v * v),
    ("y = $vt(300) * V(p,n) + $temperature / 300.15;", lambda v: 8.617333e-5 * 300 * v + 1),
)  # fmt: skip


class Evaluated:
    """Residual currents, charges and their derivatives of a model at given voltages."""

    def __init__(self, model: Library, flags: int) -> None:
        self.model, self.flags = model, flags
        described = model.descriptor
        self.nodes, self.entries = described.num_nodes, described.num_jacobian_entries
        at = ctypes.addressof(model.instance)
        mapping = (ctypes.c_uint32 * self.nodes).from_address(at + described.node_mapping_offset)
        mapping[:] = list(range(self.nodes))
        for pair in range(described.num_collapsible):
            if ctypes.c_bool.from_address(at + described.collapsed_offset + pair).value:
                nodes = described.collapsible[pair]
                mapping[nodes.node_1] = mapping[nodes.node_2]
        self._at = at

    def at(self, volts: Sequence[float]) -> dict[str, FloatArray]:
        """`current`, `charge` (nodes), `resist`, `react` (nodes, nodes)."""
        described, model = self.model.descriptor, self.model
        known = np.asarray([*volts, *([0.0] * (self.nodes - len(volts)))])
        states = (ctypes.c_double * (described.num_states + 1))()
        pointer = known.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        info = SimInfo(model.paras, 0.0, pointer, states, states, self.flags)
        assert described.eval(None, model.instance, model.model, info) == 0
        found = {name: np.zeros(self.nodes) for name in ("current", "charge")}
        for name, load in zip(
            found, (described.load_residual_resist, described.load_residual_react), strict=True
        ):
            load(
                model.instance,
                model.model,
                found[name].ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
            )
        return found | self._derivatives()

    def _derivatives(self) -> dict[str, FloatArray]:
        described, model = self.model.descriptor, self.model
        resist, react = np.zeros(self.entries), np.zeros(self.entries)
        size = ctypes.sizeof(ctypes.c_void_p)
        for k in range(self.entries):
            place = described.jacobian_ptr_resist_offset + k * size
            self._point(place, resist[k:])
            offset = described.jacobian_entries[k].react_ptr_off
            if offset != 2**32 - 1:
                self._point(offset, react[k:])
        described.load_jacobian_resist(model.instance, model.model)
        described.load_jacobian_react(model.instance, model.model, 1.0)
        found = {name: np.zeros((self.nodes, self.nodes)) for name in ("resist", "react")}
        for k in range(self.entries):
            pair = described.jacobian_entries[k].nodes
            found["resist"][pair.node_1, pair.node_2] += resist[k]
            found["react"][pair.node_1, pair.node_2] += react[k]
        return found

    def _point(self, place: int, target: FloatArray) -> None:
        ctypes.c_void_p.from_address(self._at + place).value = target.ctypes.data


def check_derivatives(model: Library, points: FloatArray, flags: int = TRANSIENT) -> None:
    """The derivatives are those of the values, by central differences, at every point."""
    evaluated = Evaluated(model, flags)
    for volts in points:
        here = evaluated.at(volts)
        for column in range(len(volts)):
            step = np.zeros_like(volts)
            step[column] = STEP_VOLTS
            above, below = evaluated.at(volts + step), evaluated.at(volts - step)
            for value, derivative in (("current", "resist"), ("charge", "react")):
                numeric = (above[value] - below[value]) / (2 * STEP_VOLTS)
                scale = np.abs(numeric) + np.abs(here[value]) + 1e-9
                error = np.abs(here[derivative][:, column] - numeric) / scale
                assert error.max() < 1e-4, (volts, column, derivative, error.argmax())


def expression_module() -> str:
    body = "\n".join(f"{text} I(y{k}) <+ y;" for k, (text, _) in enumerate(EXPRESSIONS))
    nodes = ", ".join(f"y{k}" for k in range(len(EXPRESSIONS)))
    return EXPRESSION_MODULE.replace("BODY", body).replace("NODES", nodes)


@pytest.mark.parametrize("index", range(len(EXPRESSIONS)), ids=[e[0][:40] for e in EXPRESSIONS])
def test_expression_against_python(index: int) -> None:
    evaluated = Evaluated(library(expression_module()), OPERATING_POINT)
    expected = EXPRESSIONS[index][1]
    for v in (-0.93, -0.41, 0.07, 0.33, 0.88):
        found = evaluated.at([v + 0.1, 0.1])["current"][2 + index]
        assert found == pytest.approx(expected(v), rel=1e-6, abs=1e-9)


def test_derivative_of_every_expression() -> None:
    points = np.array([[-0.93, 0.0], [0.33, 0.01], [0.97, 0.1], [-0.2, 0.05]])
    check_derivatives(library(expression_module()), points, OPERATING_POINT)


@pytest.mark.parametrize("source", [SINH, MEMRISTOR, DIODE], ids=["sinh", "memristor", "diode"])
def test_derivatives_of_whole_models(source: str) -> None:
    generator = np.random.default_rng(5)
    model = library(source)
    count = model.descriptor.num_nodes
    points = generator.uniform(0.05, 0.6, (20, count))
    check_derivatives(model, points)


def test_state_is_held_at_the_operating_point_and_drifts_in_a_transient() -> None:
    model = library(MEMRISTOR)
    volts = [1.0, 0.0, 0.25]
    static = Evaluated(model, OPERATING_POINT).at(volts)
    assert static["current"][2] == pytest.approx(0.25 - 0.1)
    assert static["charge"][2] == 0.0
    moving = Evaluated(model, TRANSIENT).at(volts)
    current = 1.0 / (100 * 0.25 + 16e3 * 0.75)
    assert moving["current"][2] == pytest.approx(-1e4 * current * (1 - 0.5**2), rel=1e-12)
    assert moving["charge"][2] == pytest.approx(0.25)


def test_initial_integral_and_port_connection() -> None:
    source = """module idt_probe(p, n, g);
      inout p, n, g; electrical p, n, g;
      analog begin
        I(p, n) <+ idt(V(p, n), 0.5);
        I(g) <+ $port_connected(g) ? V(g) : 2 * V(g);
      end
    endmodule
    """
    model = library(source)
    static = Evaluated(model, OPERATING_POINT).at([0.3, 0.0, 1.0, 0.5])
    assert static["current"][0] == pytest.approx(0.5)
    assert static["current"][2] == pytest.approx(1.0)
    assert static["current"][3] == pytest.approx(0.0), "the integral starts at its initial value"
    moving = Evaluated(model, TRANSIENT).at([0.3, 0.0, 1.0, 0.5])
    assert abs(moving["current"][3]) == pytest.approx(0.3)
    assert abs(moving["charge"][3]) == pytest.approx(0.5)


def test_analysis_names() -> None:
    names = ("static", "dc", "tran", "ac", "noise", "nodeset", "ic", "nonsense")
    source = "module analysis_probe(p, n); inout p, n; electrical p, n; analog begin\n"
    source += "\n".join(
        f'if (analysis("{name}")) I(p, n) <+ {2**k};' for k, name in enumerate(names)
    )
    model = library(source + "end endmodule")

    def current(flags: int) -> int:
        return int(Evaluated(model, flags).at([0.0, 0.0])["current"][0])

    assert current(OPERATING_POINT) == 1 + 2
    assert current(TRANSIENT) == 4
    assert current(8 | 4096) == 8
    assert current(1 | 4 | 8192) == 1 + 4, "the operating point before a transient"
    assert current(8 | 1024) == 16
    assert current(1 | 65536) == 1 + 32


def test_defaults_that_are_expressions_follow_their_parameters() -> None:
    source = """module chain(p, n);
      inout p, n; electrical p, n;
      parameter real first = 2;
      parameter real second = 3 * first;
      parameter real third = second + $temperature;
      localparam real fixed = second * 10;
      aliasparam primary = first;
      analog I(p, n) <+ V(p, n) * fixed + third * ($param_given(second) ? 1 : 0);
    endmodule
    """
    model = library(source)
    defaults: Mapping[str, object] = {
        p["name"]: p["default"] for p in model.describe()["parameters"]
    }
    assert defaults == {"first": 2.0, "second": 6.0, "third": pytest.approx(306.15)}
    assert Evaluated(model, OPERATING_POINT).at([1.0, 0.0])["current"][0] == pytest.approx(60.0)
