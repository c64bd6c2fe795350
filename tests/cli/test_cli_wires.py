"""What the summary of a run says of compensated wires."""

from __future__ import annotations

from spicegen.cli.summary import compensation_lines


def test_a_compensation_tells_what_it_leaves() -> None:
    part = {"layer": "lstm", "kind": "column-scale"}
    part |= {"error_before_pct": 4.123, "error_after_pct": 0.5}
    assert compensation_lines([part]) == [
        "lstm: worst bit line 4.12 % wrong, 0.5 % after column-scale"
    ]
    assert compensation_lines([]) == []
