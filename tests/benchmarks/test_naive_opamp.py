"""The op-amp that the speed benchmark compares with: a fair opponent must work at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import spicegen as sg
from benchmarks import naive_opamp
from benchmarks.naive_opamp import Variant, default_options, substitute
from spicegen.network import Dense, Network

if TYPE_CHECKING:
    from bench import Bench

DESIGN = sg.load_design(None, ["crossbar.topology=dual-column"])
VARIANTS = (
    naive_opamp.limiter_alone,
    naive_opamp.limiter_corner,
    naive_opamp.limiter_corner_buffer,
    naive_opamp.limiter_pole_buffer,
    naive_opamp.pole_limiter,
)


@pytest.fixture
def deck(tmp_path: Path) -> str:
    """A deck of ours in dual columns."""
    network = Network("small", 2, (Dense("dense", np.ones((1, 2)), np.zeros(1)),))
    sg.emit(network, np.ones((1, 2)), DESIGN, tmp_path / "run")
    return (tmp_path / "run" / "circuit.cir").read_text(encoding="ascii")


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_the_definition_of_the_opamp_changes(deck: str, variant: Variant) -> None:
    rewritten = substitute(deck, variant, DESIGN)
    before, after = deck.splitlines(), rewritten.splitlines()
    start = next(k for k, line in enumerate(before) if line.startswith(".subckt opamp"))
    assert after[: start + 1] == before[: start + 1]
    behind = before[before.index(".ends opamp") :]
    assert after[-len(behind) :] == behind
    inside = after[start + 1 : after.index(".ends opamp")]
    assert sum("tanh" in line for line in inside) == 1
    assert not any("uramp" in line for line in inside)


def test_the_corner_is_where_the_variant_says() -> None:
    amp = DESIGN.opamp
    corner = dict(line.split()[::3] for line in naive_opamp.limiter_corner(DESIGN)[1:])
    assert 2 * np.pi * float(corner["Cpole"]) * float(corner["Rout"]) == pytest.approx(
        1 / amp.gbw_hertz
    )
    pole = {line.split()[0]: line.split()[-1] for line in naive_opamp.pole_limiter(DESIGN)}
    assert 2 * np.pi * float(pole["Cpole"]) * float(pole["Rpole"]) == pytest.approx(
        amp.gain / amp.gbw_hertz
    )


def test_a_deck_without_an_opamp_is_refused() -> None:
    with pytest.raises(ValueError, match="must define one op-amp, this one has 0"):
        substitute("* ideal\n.end\n", naive_opamp.limiter_corner, DESIGN)


def test_our_solver_options_go(deck: str) -> None:
    assert "\n.options" in deck
    assert ".options" not in default_options(deck)


@pytest.mark.parametrize("variant", VARIANTS)
def test_follows_its_input_and_stops_at_the_rails(bench: Bench, variant: Variant) -> None:
    lines = [
        ".subckt opamp inp inn out cm",
        *variant(DESIGN),
        ".ends opamp",
        "Vsmall small 0 DC 0.3",
        "Xfollower small follows follows cm opamp",
        "Vlarge large 0 DC -0.1",
        "Xcomparator large 0 stops cm opamp",
    ]
    volts = bench.operating_point([], lines)
    assert volts["follows"] == pytest.approx(0.3, abs=1e-6)
    assert volts["stops"] == pytest.approx(-DESIGN.signal.v_rail_volts, abs=1e-6)
