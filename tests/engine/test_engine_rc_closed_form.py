"""Every engine against the closed form of an RC low-pass."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.engine import Engine, Job
from spicegen.errors import SimulationError
from spicegen.waveforms import read_raw

TAU_S, START_S, EDGE_S = 1e-6, 1e-6, 1e-7


def step_response(t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Response to a ramp from 0 to 1 V in EDGE_S: the difference of two ramp responses."""

    def ramp(x: NDArray[np.float64]) -> NDArray[np.float64]:
        x = np.maximum(x, 0.0)
        return x + TAU_S * np.expm1(-x / TAU_S)

    return (ramp(t_s - START_S) - ramp(t_s - START_S - EDGE_S)) / EDGE_S


def test_step_response(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(
        probes=("v(in)", "v(out)"), tran=".tran 2n 10u", options=".options klu reltol=1e-6"
    )
    record = engine.simulate(job)
    plot = read_raw(job.raw)[-1]
    assert record.points == plot.points > 1000
    np.testing.assert_allclose(plot["v(out)"], step_response(plot.sweep), atol=2e-5)
    assert record.warnings == ()
    assert record.options["threads"] == "1"
    assert record.options["solver"] in ("klu", "sparse", "neosolver")
    assert 0 < record.simulate_s < 20


def test_solver_follows_the_deck(ngspice: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(options=".options reltol=1e-4")
    assert ngspice.simulate(job).options["solver"] == "sparse"


def test_currents_and_inner_nodes(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(
        ".subckt half a b", "R1 a m 1k", "R2 m b 1k", ".ends", "X1 in 0 half",
        probes=("i(v1)", "v(x1.m)", "v(out)"),
    )  # fmt: skip
    engine.simulate(job)
    plot = read_raw(job.raw)[-1]
    np.testing.assert_allclose(plot["v(x1.m)"][-1], 0.5, rtol=1e-6)
    through_r1 = 1e-3 * (1.0 - plot["v(out)"][-1])
    np.testing.assert_allclose(plot["i(v1)"][-1], -0.5e-3 - through_r1, rtol=1e-5)


def test_included_file_beside_the_deck(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(
        '.include "load.sub"',
        "X1 out load",
        files={"load.sub": "* a load\n.subckt load a\nR1 a 0 1k\n.ends\n"},
    )
    engine.simulate(job)
    np.testing.assert_allclose(read_raw(job.raw)[-1]["v(out)"][-1], 0.5, rtol=1e-3)


def test_sweep_deck(engine: Engine, make_job: Callable[..., Job]) -> None:
    divider = ("V1 in 0 0", "R1 in out 1k", "R2 out 0 1k")
    job = make_job(body=divider, tran=".dc V1 0 4 1", t_stop_s=4.0, options="")
    assert engine.simulate(job).points == 5
    np.testing.assert_allclose(read_raw(job.raw)[-1]["v(out)"], 0.5 * np.arange(5), rtol=1e-9)


@pytest.mark.parametrize("longest", ["2n", "20n"])
def test_longest_step_is_kept(engine: Engine, make_job: Callable[..., Job], longest: str) -> None:
    job = make_job(tran=f".tran 1u 10u 0 {longest}")
    engine.simulate(job)
    steps_s = np.diff(read_raw(job.raw)[-1].sweep)
    assert steps_s.max() <= float(longest[:-1]) * 1e-9 * (1 + 1e-6)


def test_older_waveforms_never_pass_for_new_ones(
    engine: Engine, make_job: Callable[..., Job]
) -> None:
    job = make_job("D1 out 0 dnone")
    job.raw.write_bytes(b"of an older run")
    with pytest.raises(SimulationError):
        engine.simulate(job)
    assert not job.raw.exists()
