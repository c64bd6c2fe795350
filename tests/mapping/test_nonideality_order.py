"""Composition: the physical order holds whatever the order in the file; draws keep their place."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.design import design_from
from spicegen.errors import MappingError
from spicegen.mapping import check_arrays
from spicegen.mapping.nonideality import realise

Array = NDArray[np.float64]
SHAPE = (2, 7, 5)
TARGET = np.random.default_rng(5).uniform(1e-6, 1e-4, SHAPE)
PROGRAMMING = {"kind": "programming", "sigma_siemens": 1e-6}
VARIATION = {"kind": "variation", "sigma": 0.1}
DRIFT = {"kind": "drift", "t_s": 1e5, "nu": 0.05, "nu_sigma": 0.01}
WARM = {
    "kind": "temperature", "temperature_celsius": 85.0,
    "tc_g_min_per_kelvin": 2e-3, "tc_g_max_per_kelvin": -1e-3,
}  # fmt: skip
STUCK = {"kind": "stuck", "p_on": 0.2, "p_off": 0.2}
OPEN = {"kind": "open-line", "word_lines": [2]}
EVERY = [PROGRAMMING, VARIATION, DRIFT, WARM, STUCK, OPEN]


def realised(items: list[dict[str, Any]], target: Array = TARGET, **design: Any) -> Array:
    return realise(target, "a", design_from({"nonideality": items} | design))


def test_file_order_of_different_kinds_plays_no_part() -> None:
    expected = realised(EVERY)
    for order in list(permutations(EVERY))[::37]:
        np.testing.assert_array_equal(realised(list(order)), expected)


def test_each_stage_by_hand() -> None:
    """One stage after the other on what the one before gives equals all of them together."""
    g = realised([], device={"levels": 4})
    for item in (PROGRAMMING, VARIATION, DRIFT, WARM):
        g = realised([item], g)
    stuck = realised([STUCK], np.full(SHAPE, 5e-5))
    expected = np.where(stuck == 5e-5, g, stuck)
    expected[:, 2, :] = 0.0
    np.testing.assert_allclose(realised(EVERY, device={"levels": 4}), expected, rtol=1e-11)
    # Another order gives another result, so the comparison above means something.
    swapped = realised([PROGRAMMING], realised([VARIATION], realised([], device={"levels": 4})))
    straight = realised([VARIATION], realised([PROGRAMMING], realised([], device={"levels": 4})))
    assert np.abs(swapped - straight).max() > 1e-9


def test_stuck_devices_neither_vary_nor_drift() -> None:
    g = realised([STUCK, VARIATION, DRIFT, WARM, PROGRAMMING])
    stuck = realised([STUCK], np.full(SHAPE, 5e-5))
    np.testing.assert_array_equal(g[stuck != 5e-5], stuck[stuck != 5e-5])


@pytest.mark.parametrize("item", EVERY, ids=lambda item: str(item["kind"]))
def test_a_disabled_entry_is_as_if_absent_and_moves_nothing(item: dict[str, Any]) -> None:
    off = item | {"enabled": False}
    rest = [each for each in EVERY if each is not item]
    np.testing.assert_array_equal(realised([off, *rest]), realised(rest))
    np.testing.assert_array_equal(realised([off]), TARGET)


def test_a_disabled_entry_keeps_the_draws_of_the_next_of_its_kind() -> None:
    two = realised([VARIATION | {"sigma": 0.0}, VARIATION])
    np.testing.assert_array_equal(realised([VARIATION | {"enabled": False}, VARIATION]), two)
    assert (realised([VARIATION]) != two).all()


def test_cycles_draw_anew_and_devices_do_not() -> None:
    between = VARIATION | {"between": "cycles"}
    first, second = realised([between]), realised([between | {"cycle": 1}])
    assert (first != second).all()
    np.testing.assert_array_equal(realised([VARIATION | {"cycle": 1}]), realised([VARIATION]))


def test_temperature_by_hand() -> None:
    g = realised([WARM], np.array([1e-6, 1e-4, 50.5e-6]).reshape(1, 1, 3).repeat(2, axis=0))
    # 60 K: +12 % at g_min, -6 % at g_max, +3 % half-way.
    np.testing.assert_allclose(g[0, 0], [1.12e-6, 0.94e-4, 1.03 * 50.5e-6], rtol=1e-11)


def test_drift_by_hand_and_none_before_t_0() -> None:
    item = {"kind": "drift", "t_s": 1e4, "t_0_s": 1.0, "nu": 0.05}
    np.testing.assert_allclose(realised([item]), TARGET * 10 ** (-0.2), rtol=1e-11)
    early = item | {"t_s": 0.5}
    np.testing.assert_allclose(realised([early]), TARGET, rtol=1e-12)


def test_nothing_becomes_negative() -> None:
    g = realised([{"kind": "variation", "sigma": 2.0}, {"kind": "programming", "sigma": 2.0}])
    assert (g >= 0).all()
    assert (g == 0).any()


@pytest.mark.parametrize(
    ("topology", "half", "lost"),
    [
        ("dual-row", "both", [(slice(None), 3), (slice(None), slice(None), 1)]),
        ("dual-row", "positive", [(0, 3), (slice(None), slice(None), 1)]),
        ("dual-row", "negative", [(1, 3), (slice(None), slice(None), 1)]),
        ("dual-column", "both", [(slice(None), 3), (slice(None), slice(None), 1)]),
        ("dual-column", "positive", [(slice(None), 3), (0, slice(None), 1)]),
        ("dual-column", "negative", [(slice(None), 3), (1, slice(None), 1)]),
    ],
)
def test_named_lines(topology: str, half: str, lost: list[Any]) -> None:
    item = {"kind": "open-line", "word_lines": [3], "bit_lines": [1], "half": half}
    expected = TARGET.copy()
    for place in lost:
        expected[place] = 0.0
    g = realised([item], crossbar={"topology": topology})
    np.testing.assert_allclose(g, expected, rtol=1e-12)
    elsewhere = realised([item | {"array": "b"}], crossbar={"topology": topology})
    np.testing.assert_allclose(elsewhere, TARGET, rtol=1e-12)


def test_lines_and_arrays_that_do_not_exist() -> None:
    message = r"open-line, crossbar a: bit lines are numbered from 0 to 4, got 5; name one array"
    with pytest.raises(MappingError, match=message):
        realised([{"kind": "open-line", "bit_lines": [5]}])
    design = design_from({"nonideality": [{"kind": "open-line", "array": "lstn"}]})
    message = r"open-line 0, array: there is no such array, got 'lstn'; did you mean lstm\?"
    with pytest.raises(MappingError, match=message):
        check_arrays(["in", "lstm", "out"], design)
    check_arrays(["lstn"], design)


def test_a_floating_line_is_named() -> None:
    item = {"kind": "open-line", "bit_lines": [3]}
    ideal = {"fidelity": "ideal", "timing": {"serial": 2}}
    message = r"crossbar a, bit line 3: an open line must not leave a node floating, and betw"
    with pytest.raises(MappingError, match=message):
        realised([item], **ideal)
    realised([item], fidelity="ideal")
    realised([item], timing={"serial": 2})


def test_a_fit_holds_within_its_range_only() -> None:
    message = (
        r"nonideality programming, fit rram-milo-2021: the device window must lie within the "
        r"fitted 50 to 225 uS, got 1 to 100 uS; set device\.g_min"
    )
    with pytest.raises(MappingError, match=message):
        realised([{"kind": "programming", "fit": "rram-milo-2021"}])
    message = r"nonideality drift, fit cmo-hfox: the device window must lie within .* 9 to 88\.19"
    with pytest.raises(MappingError, match=message):
        realised([{"kind": "drift", "fit": "cmo-hfox", "t_s": 1.0}])
