"""Error budget: parts, floor and interaction add to the total; shares add to 100 %."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.accuracy import Budget, Runs, error_budget
from spicegen.accuracy.compare import ComparisonError

Array = NDArray[np.float64]
GENERATOR = np.random.default_rng(0)
REFERENCE = GENERATOR.uniform(-1, 1, (50, 3)) * [1.0, 2.0, 5.0]
A, B, C = (0.01 * GENERATOR.standard_normal(REFERENCE.shape) for _ in range(3))


def budget_of(circuit: dict[frozenset[str], Array]) -> Budget:
    """The budget of sources a and b, of which b needs a."""
    empty, both = frozenset[str](), frozenset("ab")
    runs = Runs(
        REFERENCE,
        circuit[both],
        circuit[empty],
        {"a": circuit[frozenset("a")], "b": circuit[both]},
        {"a": circuit[empty], "b": circuit[frozenset("a")]},
        {"a": circuit[frozenset("b")], "b": circuit[frozenset("a")]},
    )
    return error_budget(["a", "b"], runs)


def outputs(*, crossed: float) -> dict[frozenset[str], Array]:
    """Errors A of a, B of b, C of the bare circuit, and `crossed` * A * B where both are on."""
    on = {frozenset(s): ("a" in s, "b" in s) for s in ("", "a", "b", "ab")}
    return {
        key: REFERENCE + C + a * A + b * B + (a and b) * crossed * A * B
        for key, (a, b) in on.items()
    }


def test_by_hand() -> None:
    budget = budget_of(outputs(crossed=0.0))
    percent = 100.0 / np.ptp(REFERENCE, axis=0)
    for name, vector in (("a", A), ("b", B), ("floor", C), ("total", A + B + C)):
        np.testing.assert_allclose(budget.vectors[name], vector * percent, atol=1e-11)
    part = budget.parts[0]
    assert part.rms_pct == pytest.approx(np.sqrt(np.mean((A * percent) ** 2)), rel=1e-9)
    assert part.mean_pct == pytest.approx(np.abs(A * percent).mean(), rel=1e-9)
    assert part.max_pct == pytest.approx(np.abs(A * percent).max(), rel=1e-9)
    assert part.rms_without_pct == pytest.approx(np.sqrt(np.mean(((B + C) * percent) ** 2)))
    assert budget.interaction.rms_pct < 1e-11


@pytest.mark.parametrize("crossed", [0.0, 30.0, -500.0])
def test_everything_adds_up(crossed: float) -> None:
    budget = budget_of(outputs(crossed=crossed))
    v = budget.vectors
    added = v["a"] + v["b"] + v["floor"] + v["interaction"]
    np.testing.assert_allclose(added, v["total"], atol=1e-12 * np.abs(v["total"]).max())
    shares = [*budget.parts, budget.floor, budget.interaction]
    assert sum(each.share_pct for each in shares) == pytest.approx(100.0, abs=1e-9)
    assert budget.total.share_pct == pytest.approx(100.0)


def test_the_culprit_is_what_helps_most_when_idealised() -> None:
    large = outputs(crossed=0.0)
    assert budget_of(large).culprit in ("a", "b")
    for name, key in (("a", "b"), ("b", "a")):
        helped = large | {frozenset(key): REFERENCE + 0.1 * C}
        assert budget_of(helped).culprit == name


def test_no_error_and_no_sources() -> None:
    budget = error_budget([], Runs(REFERENCE, REFERENCE, REFERENCE, {}, {}, {}))
    assert budget.culprit == ""
    assert budget.total.share_pct == 0.0


def test_shapes_must_agree() -> None:
    short = Runs(REFERENCE, REFERENCE[1:], REFERENCE, {}, {}, {})
    with pytest.raises(ComparisonError, match=r"outputs \(49, 3\) and reference \(50, 3\) differ"):
        error_budget([], short)
