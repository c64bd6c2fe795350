"""Engines against each other on small random networks, as a user runs them: 1e-4 of full scale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_networks import Array, chain, dense, lstm, signal

import spicegen
from spicegen.design import design_from
from spicegen.engine import available
from spicegen.network import Network

RECURRENT = chain(
    dense("in", 3, 3, "relu", seed=21), lstm("m", 3, 3, seed=22), dense("out", 3, 2, seed=23)
)
FEED_FORWARD = chain(dense("a", 3, 4, "relu", seed=1), dense("b", 4, 2, "sigmoid", seed=2))
STEEP = dense("a", 3, 4, "sigmoid", seed=31)
SATURATING = chain(replace(STEEP, weight=150.0 * STEEP.weight), dense("b", 4, 2, seed=32))


@pytest.mark.parametrize(
    ("network", "inputs", "table"),
    [
        (RECURRENT, signal(2, 5, 3, seed=24), {}),
        (
            RECURRENT,
            signal(2, 5, 3, seed=24),
            {"crossbar": {"topology": "dual-column"}, "signal": {"v_common_volts": 1.2}},
        ),
        (RECURRENT, signal(2, 5, 3, seed=24), {"fidelity": "ideal"}),
        (FEED_FORWARD, signal(7, 3, seed=1), {}),
        (SATURATING, signal(9, 3, seed=2), {}),
    ],
    ids=["dual-row", "dual-column around 1.2 V", "ideal", "feed-forward", "saturating"],
)
def test_engines_agree(
    tmp_path: Path, network: Network, inputs: Array, table: dict[str, object]
) -> None:
    names = [info.name for info in available()]
    if len(names) < 2:
        pytest.skip("fewer than two engines are installed")
    outputs = {}
    for name in names:
        design = design_from(table | {"simulation": {"engine": name}})
        result = spicegen.run(network, inputs, design=design, out=tmp_path / name)
        assert result.summary["engine"]["name"] == name
        outputs[name] = result.outputs
    first = outputs.pop(names[0])
    full_scale = np.ptp(result.reference.reshape(-1, 2), axis=0)
    for name, other in outputs.items():
        error = np.abs(other - first) / full_scale
        assert error.max() <= 1e-4, (name, error.max())
