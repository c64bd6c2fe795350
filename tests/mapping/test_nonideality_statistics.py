"""Draws of the non-idealities follow their distributions, within bounds of confidence.

Bounds are 5 standard errors of an estimate from n draws: seeds are fixed, so a test that
passes once passes always, and one of 1.7 million correct generators would be refused.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.design import Design, design_from
from spicegen.mapping.nonideality import generator, realise

Array = NDArray[np.float64]
SHAPE = (2, 150, 200)
N = 2 * 150 * 200
BOUND = 5.0
G = 2e-5


def realised(*items: dict[str, Any], g: float | Array = G, seed: int = 0, **design: Any) -> Array:
    chosen = design_from({"nonideality": items, "simulation": {"seed": seed}, **design})
    return realise(np.broadcast_to(g, SHAPE).copy(), "lstm", chosen)


def assert_normal(values: Array, mean: float, sigma: float) -> None:
    """Mean, deviation and Kolmogorov-Smirnov distance of a normal sample."""
    flat = np.sort(values.reshape(-1))
    n = flat.size
    assert abs(flat.mean() - mean) < BOUND * sigma / math.sqrt(n)
    assert abs(flat.var() / sigma**2 - 1.0) < BOUND * math.sqrt(2.0 / n)
    cdf = np.array([0.5 + 0.5 * math.erf((x - mean) / sigma / math.sqrt(2)) for x in flat])
    ranks = np.arange(1, n + 1) / n
    distance = max(np.abs(ranks - cdf).max(), np.abs(ranks - 1 / n - cdf).max())
    # P(sqrt(n) D > x) is about 2 exp(-2 x^2): 6e-7 at 2.74.
    assert math.sqrt(n) * distance < 2.74


@pytest.mark.parametrize("between", ["devices", "cycles"])
def test_normal_variation(between: str) -> None:
    g = realised({"kind": "variation", "sigma": 0.05, "between": between})
    assert_normal(g / G, 1.0, 0.05)


def test_lognormal_variation() -> None:
    g = realised({"kind": "variation", "sigma": 0.3, "distribution": "lognormal"})
    assert_normal(np.log(g / G), 0.0, 0.3)


def test_absolute_and_relative_programming_error() -> None:
    assert_normal(realised({"kind": "programming", "sigma_siemens": 1e-7}), G, 1e-7)
    assert_normal(realised({"kind": "programming", "sigma": 0.01}), G, 0.01 * G)


@pytest.mark.parametrize(
    ("fit", "g_us", "sigma_us"),
    [  # by hand from the published polynomials
        ("rram-milo-2021", 100.0, 3.871621),
        ("rram-wan-2022", 20.0, 1.053 + 4.748 - 4.668 + 1.2288),
        ("rram-wan-2022-1d", 20.0, 0.701 + 11.043 - 12.69325 + 5.886875 - 1.028625),
        ("rram-wan-2022-2d", 20.0, 0.782 + 10.137 - 10.87675 + 4.63275 - 0.745875),
        ("pcm-joshi-2020", 10.0, 0.28638599 + 0.7585724 - 0.178767),
        ("pcm-nandakumar-2019", 12.5, 0.26348 + 0.9825 - 0.293275),
        ("cmo-hfox-2pct", 50.0, 0.0112185391 + 0.564513709),
        ("cmo-hfox-0.2pct", 50.0, 0.00081107 + 0.0534395),
    ],
)
def test_published_programming_errors(fit: str, g_us: float, sigma_us: float) -> None:
    window = {"g_min_siemens": g_us * 0.8e-6, "g_max_siemens": g_us * 1.2e-6}
    g = realised({"kind": "programming", "fit": fit}, g=g_us * 1e-6, device=window)
    assert_normal(g * 1e6, g_us, sigma_us)


def test_fraction_stuck() -> None:
    g = realised({"kind": "stuck", "p_on": 0.02, "p_off": 0.1})
    for share, p in (((g == 1e-4).mean(), 0.02), ((g == 1e-6).mean(), 0.1)):
        assert abs(share - p) < BOUND * math.sqrt(p * (1 - p) / N)
    assert ((g == 1e-4) | (g == 1e-6) | (g == G)).all()


def test_stuck_devices_are_spread_over_rows_columns_and_halves() -> None:
    g = realised({"kind": "stuck", "p_on": 0.1})
    for axes in ((1, 2), (0, 2), (0, 1)):
        share = (g == 1e-4).mean(axis=axes)
        per = N / share.size
        assert np.abs(share - 0.1).max() < BOUND * math.sqrt(0.09 / per)


@pytest.mark.parametrize(("topology", "word", "bit"), [("dual-row", 2, 1), ("dual-column", 1, 2)])
def test_fraction_of_open_lines(topology: str, word: int, bit: int) -> None:
    lost_rows, lost_columns = 0, 0
    for seed in range(40):
        both = {"crossbar": {"topology": topology}, "seed": seed}
        lost_rows += int(
            (realised({"kind": "open-line", "p_word_line": 0.05}, **both) == 0)
            .all(axis=2)[:word].sum()
        )  # fmt: skip
        lost_columns += int(
            (realised({"kind": "open-line", "p_bit_line": 0.05}, **both) == 0)
            .all(axis=1)[:bit].sum()
        )  # fmt: skip
    for lost, lines in ((lost_rows, 40 * word * SHAPE[1]), (lost_columns, 40 * bit * SHAPE[2])):
        assert abs(lost / lines - 0.05) < BOUND * math.sqrt(0.05 * 0.95 / lines)


def test_drift_exponents() -> None:
    g = realised({"kind": "drift", "t_s": 1e4, "t_0_s": 10.0, "nu": 0.06, "nu_sigma": 0.02})
    assert_normal(-np.log(g / G) / math.log(1e3), 0.06, 0.02)


def test_published_pcm_drift() -> None:
    # At g = g_max / 2: mean -0.0155 ln(0.5) + 0.0244 is below its floor 0.049, deviation
    # -0.0125 ln(0.5) - 0.0059 below its floor 0.008; 20 s after 20 s, t doubles.
    window = {"g_min_siemens": 1e-6, "g_max_siemens": 25e-6}
    entry = {"kind": "drift", "fit": "pcm-nandakumar-2019", "t_s": 20.0}
    g = realised(entry, g=12.5e-6, device=window)
    assert_normal(-np.log2(g / 12.5e-6), 0.049, 0.008)


def test_published_cmo_drift() -> None:
    window = {"g_min_siemens": 9e-6, "g_max_siemens": 88e-6}
    entry = {"kind": "drift", "fit": "cmo-hfox", "t_s": math.exp(10.0)}
    g = realised(entry, g=50e-6, device=window)
    assert_normal(g * 1e6, 50 - 0.8900206, 0.8319551)


def test_sources_are_independent() -> None:
    """Two entries, two layers and two seeds have uncorrelated draws."""
    one = {"kind": "variation", "sigma": 0.05}
    off = one | {"enabled": False}
    design = design_from({"nonideality": [off, one]})
    target = np.full(SHAPE, G)
    second = realise(target, "lstm", design)
    other_layer = realise(target, "out", design_from({"nonideality": [one]}))
    for g in (second, other_layer, realised(one, seed=1)):
        correlation = np.corrcoef(realised(one).reshape(-1), g.reshape(-1))[0, 1]
        assert abs(correlation) < BOUND / math.sqrt(N)


def test_the_stream_is_the_one_it_has_always_been() -> None:
    """The same seed gives the same circuit on any machine and with any numpy: these must hold."""
    draws = generator(0, "variation", 0, "lstm")
    assert draws.standard_normal(4).tolist() == [
        1.2614920810751544,
        -1.0356826094674527,
        0.31930966096403285,
        0.7443858562080781,
    ]
    assert draws.random(2).tolist() == [0.12307375780539687, 0.037836045731917345]


def test_no_entries_change_nothing() -> None:
    target = np.random.default_rng(1).uniform(1e-6, 1e-4, SHAPE)
    np.testing.assert_array_equal(realise(target, "lstm", Design()), target)
