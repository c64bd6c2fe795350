"""One nonlinear deck through every engine: the waveforms agree to 1e-5 of full scale."""

from collections.abc import Callable

import numpy as np
import pytest

from spicegen.engine import Job, available, select
from spicegen.waveforms import read_raw

NODES = ("a", "b", "c", "h")
# two limited integrators that drive each other, a product, and a hold behind a smooth switch
DECK = (
    ".param tau=1u",
    ".func act(x) {0.5+0.5*tanh(x/2)}",
    "B1 0 a I={1m*act(3*V(in)-2*V(b))}",
    "Ra a 0 1k",
    "Ca a 0 0.3n",
    "B2 0 b I={1m*tanh(4*V(a)-V(c))}",
    "Rb b 0 1k",
    "Cb b 0 0.5n",
    "B3 c 0 V={V(a)*V(b)+0.1*exp(-V(in))}",
    "B4 c h I={(V(c)-V(h))*1e-3*(0.5+0.5*tanh(20*(V(in)-0.5)))}",
    "Ch h 0 0.2n",
    "Rh h 0 1e9",
)


def test_engines_agree(make_job: Callable[..., Job]) -> None:
    names = [info.name for info in available()]
    if len(names) < 2:
        pytest.skip("fewer than two engines are installed")
    grid_s = np.linspace(0.0, 2e-5, 2001)
    results = {}
    for name in names:
        job = make_job(
            *DECK,
            body=("V1 in 0 PULSE(0 1 1u 200n 200n 3u 8u)",),
            probes=[f"v({node})" for node in NODES],
            options=".options klu reltol=1e-6 vntol=1e-9 abstol=1e-13",
            tran=".tran 2n 20u 0 2n",
            t_stop_s=2e-5,
        )
        select(name).engine.simulate(job)
        plot = read_raw(job.raw)[-1]
        rows = [np.interp(grid_s, plot.sweep, plot[f"v({node})"]) for node in NODES]
        results[name] = np.array(rows)
    first = results.pop(names[0])
    span = np.ptp(first, axis=1, keepdims=True)
    for name, other in results.items():
        np.testing.assert_allclose(other / span, first / span, atol=1e-5, err_msg=name)
