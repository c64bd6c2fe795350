"""One value of the default design changed at a time: what each is good for, and its price."""

from __future__ import annotations

from benchmarks.measure import Measured, example, run, told
from benchmarks.report import Report, Row, Table, command_of, table

STEPS = 200

GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Hold cells": (
        ("sample_hold.q_injection_coulomb=0",),
        ("sample_hold.replica=false",),
        ("sample_hold.replica=false", "sample_hold.q_injection_coulomb=0"),
        ("sample_hold.q_injection_coulomb=1e-15",),
        ("sample_hold.i_leak_ampere=1e-12",),
    ),
    "Op-amps": (
        ("opamp.gain=1e5",),
        ("opamp.gain=1e7",),
        ("opamp.gbw_hertz=20e6",),
        ("opamp.gbw_hertz=100e6",),
        ("opamp.v_offset_volts=10e-6",),
        ("opamp.v_offset_volts=100e-6",),
    ),
    "Clock": (
        ("timing.settle_error=1e-4",),
        ("timing.settle_error=1e-6",),
        ("timing.t_edge_s=0.1e-6",),
        ("timing.t_edge_s=0.2e-6",),
        ("timing.t_edge_s=1e-6",),
    ),
    "Solver": (
        ("simulation.trtol=7",),
        ("simulation.trtol=30",),
        ("simulation.reltol=1e-4",),
        ("simulation.reltol=1e-2",),
        ("simulation.vntol_volts=1e-5",),
        ("simulation.abstol_ampere=1e-12",),
        ("simulation.solver=sparse",),
    ),
}


def measure(
    steps: int | None = None, groups: dict[str, tuple[tuple[str, ...], ...]] | None = None
) -> Report:
    """A table per group; the default design runs at the head of each, as its clock's base."""
    count = steps or STEPS
    tables = tuple(_table(title, variants, count) for title, variants in (groups or GROUPS).items())
    return Report("ablation", command_of("ablation", steps), tables)


def _table(title: str, variants: tuple[tuple[str, ...], ...], steps: int) -> Table:
    network, inputs = example(steps)
    rows: list[Row] = []
    base: Measured | None = None
    for overrides in ((), *variants):
        what = ", ".join(overrides) or "default"
        told(f"ablation: {what}")
        one = run(network, inputs, overrides)
        base = base or one
        rows.append(
            [
                what,
                one.mean_pct,
                one.max_pct,
                1e6 * one.t_step_s,
                one.points_per_step,
                one.cpu_ms_per_step,
                one.cpu_s / base.cpu_s,
            ]
        )
    columns = [
        "changed",
        "mean %:.4f",
        "max %:.4f",
        "step, us:.2f",
        "points/step:.1f",
        "engine CPU, ms/step:.1f",
        "time:.2f",
    ]
    return table(f"{title}: EEG LSTM, {steps} steps", columns, rows)
