"""Remapping around stuck devices: pairs and rows, against hand algebra and brute force."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.design import design_from
from spicegen.errors import DesignError
from spicegen.mapping import map_crossbar
from spicegen.mapping.nonideality import realise
from spicegen.mapping.nonideality.remap import paired
from spicegen.mapping.nonideality.stuck import faults

Array = NDArray[np.float64]
G_MIN, G_MAX = 1e-6, 1e-4
NAN = np.nan


def chosen(remap: str, spare: int = 0, **stuck: float) -> Any:
    entry = {"kind": "stuck", **stuck}
    mapping = {"remap": remap, "spare_word_lines": spare}
    return design_from({"mapping": mapping, "nonideality": [entry]})


def test_the_sound_device_makes_up_the_difference() -> None:
    # Wanted differences: 30, -30, 30, 0, 30 uS; columns: what is stuck where, uS.
    target = np.array([[[31, 1, 31, 1, 31.0]], [[1, 31, 1, 1, 1]]]) * 1e-6
    stuck = np.array([[[100, 100, NAN, NAN, 100.0]], [[NAN, NAN, 20, 60, 50]]]) * 1e-6
    # g_neg = 100 - 30; 100 + 30 beyond the window; g_pos = 20 + 30; = 60; both are stuck.
    expected = np.array([[[31, 1, 50, 60, 31]], [[70, 100, 1, 1, 1.0]]]) * 1e-6
    np.testing.assert_allclose(paired(target, stuck, chosen("pair")), expected, rtol=1e-12)
    np.testing.assert_array_equal(paired(target, stuck, chosen("none")), target)


def weight_error(remap: str, spare: int = 0, **stuck: float) -> float:
    weight = np.random.default_rng(3).normal(0, 0.3, (12, 40))
    design = chosen(remap, spare, **stuck)
    crossbar = map_crossbar("a", weight, np.full(40, 0.3), np.full(12, 0.7), design)
    return float(np.sqrt(np.mean((crossbar.weight() - weight) ** 2)))


@pytest.mark.parametrize("stuck", [{"p_on": 0.03}, {"p_off": 0.1}, {"p_on": 0.01, "p_off": 0.05}])
def test_each_remedy_beats_the_one_before(stuck: dict[str, float]) -> None:
    errors = [
        weight_error("none", **stuck), weight_error("pair", **stuck),
        weight_error("rows", **stuck), weight_error("rows", 6, **stuck),
    ]  # fmt: skip
    assert errors[0] >= errors[1] > errors[2] >= errors[3]
    assert errors[3] < 0.5 * errors[0]


def test_what_a_partner_cannot_make_up() -> None:
    """Stuck on in the half that should conduct: nothing is left. In the other: the weight."""
    design = chosen("pair", p_on=0.1)
    gain = np.random.default_rng(3).uniform(-1, 1, (60, 30))
    target = G_MIN + (G_MAX - G_MIN) * np.stack([np.maximum(gain, 0), np.maximum(-gain, 0)])
    on = faults(target.shape, "a", design) == G_MAX
    single = on[0] ^ on[1]
    g = realise(target, "a", design)
    error = (g[0] - g[1] - (target[0] - target[1]))[single]
    wrong = np.where(gain > 0, on[1], on[0])[single]
    expected = np.where(wrong, -((G_MAX - G_MIN) * gain)[single], 0.0)
    np.testing.assert_allclose(error, expected, atol=1e-19)
    assert 100 < wrong.sum() < single.sum()


def test_without_faults_nothing_moves() -> None:
    target = np.random.default_rng(0).uniform(G_MIN, G_MAX, (2, 5, 4))
    for remap in ("pair", "rows"):
        np.testing.assert_array_equal(realise(target, "a", chosen(remap, p_on=0.0)), target)


def test_the_permutation_is_the_best_one() -> None:
    """All 120 orders of five word lines, the error of each from the reach of its pairs."""
    generator = np.random.default_rng(8)
    gain = generator.uniform(-1, 1, (5, 3))
    target = G_MIN + (G_MAX - G_MIN) * np.stack([np.maximum(gain, 0), np.maximum(-gain, 0)])
    importance = generator.uniform(0.5, 2.0, (5, 3))
    design = chosen("rows", p_on=0.15, p_off=0.3)
    stuck = faults(target.shape, "a", design)

    def cost(order: tuple[int, ...]) -> float:
        met = stuck[:, list(order)]
        g = np.where(np.isnan(met), paired(target, met, design), met)
        error = (g[0] - g[1]) - (target[0] - target[1])
        return float(((error * importance) ** 2).sum())

    found = realise(target, "a", design, importance)
    error = ((found[0] - found[1]) - (target[0] - target[1])) * importance
    costs = sorted(cost(order) for order in permutations(range(5)))
    assert float((error**2).sum()) == pytest.approx(costs[0], rel=1e-9)
    assert costs[0] < 0.7 * costs[len(costs) // 2]  # it matters


def test_spare_lines_leave_the_faults_of_the_others_alone() -> None:
    target = np.full((2, 30, 8), 5e-5)
    without = realise(target, "a", chosen("none", p_on=0.1))
    np.testing.assert_array_equal(realise(target, "a", chosen("none", p_on=0.1)), without)
    # Every pair wants 0: the partner makes it up wherever the line stands, so none moves.
    with_spares = realise(target, "a", chosen("rows", 3, p_on=0.1))
    np.testing.assert_array_equal(with_spares[0], with_spares[1])
    np.testing.assert_array_equal(with_spares.max(axis=0), without.max(axis=0))


def test_spares_without_a_use_are_refused() -> None:
    message = r'spare_word_lines are for remap = "rows" only, got 2 with remap = "pair"; set mappi'
    with pytest.raises(DesignError, match=message):
        chosen("pair", 2)
