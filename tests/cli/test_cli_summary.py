"""The lines under the accuracy table."""

from __future__ import annotations

import pytest

from spicegen.cli.summary import _few, clipping_lines, deviation_lines, in_seconds


def signal(name, clip_error, largest=480.0):
    return {
        "signal": name,
        "largest": largest,
        "volts_per_unit": 0.04,
        "largest_volts": largest * 0.04,
        "limit": "rail",
        "limit_volts": 0.9,
        "clips": largest * 0.04 > 0.9,
        "clip_error": clip_error,
    }


def test_clipping_that_matters_comes_first():
    signals = [
        signal("lstm.pre_i", 1.7e-10),
        signal("lstm.pre_o", 1.2e-10),
        signal("out.pre", 0.0),
        signal("out.out", 3.5, largest=26.0),
        signal("lstm.c", 0.0, largest=1.0),
    ]
    assert clipping_lines(signals) == [
        "out.out reaches 26 and is cut at 22.5 (0.9 V rail): costs 3.5",
        "lstm.pre_i, lstm.pre_o clip where it does not matter (costs 2e-10 at most)",
    ]


def test_no_clipping():
    assert clipping_lines([signal("lstm.c", 0.0, largest=1.0)]) == ["none"]


def test_warnings_are_few():
    assert _few(["a", "b"]) == ["a", "b"]
    assert _few(list("abcde")) == ["a", "b", "c", "and 2 more in ngspice.log"]


@pytest.mark.parametrize(
    ("t_s", "text"),
    [(9.36e-6, "9.36 us"), (5e-7, "500 ns"), (0.0123, "12.3 ms"), (2.0, "2 s"), (0.0, "0 ns")],
)
def test_in_seconds(t_s, text):
    assert in_seconds(t_s) == text


def test_deviations_are_told_where_there_are_any():
    same = {"name": "in", "open_devices": 0, "weight_error_pct": 0.0}
    moved = {"name": "lstm", "open_devices": 3, "weight_error_pct": 4.321}
    assert deviation_lines([same]) == []
    assert deviation_lines([same, moved]) == [
        "weights off by (rms of each bit line's largest): lstm 4.32 %; 3 devices open"
    ]
