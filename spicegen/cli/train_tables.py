"""A finished training in tables and a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from spicegen.training import TrainResult


def training_tables(result: TrainResult, figures: int) -> list[Table | Text | str]:
    """What there is to see, in order."""
    summary = result.summary
    parts: list[Table | Text | str] = []
    if "runs" in summary:
        parts += [_runs(summary), ""]
    elif "patterns" in summary:
        parts += [_patterns(summary), ""]
    return [*parts, Text("\n".join(_lines(result, figures)))]


def _table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for number, header in enumerate(headers):
        table.add_column(header, justify="right" if number else "left", no_wrap=True)
    return table


def _patterns(summary: dict[str, Any]) -> Table:
    table = _table("pattern", "target", "outputs", "")
    for row in summary["patterns"]:
        verdict = "met" if row["met"] else "not met"
        table.add_row(row["pattern"], row["target"], _numbers(row["outputs"]), verdict)
    if summary["test_patterns"]:
        table.add_section()
    for row in summary["test_patterns"]:
        table.add_row(row["pattern"], "not trained", _numbers(row["outputs"]), row["answer"])
    return table


def _numbers(values: list[float]) -> str:
    return " ".join(f"{value:+.3f}" for value in values)


def _runs(summary: dict[str, Any]) -> Table:
    table = _table("seed", "converged", "epochs", "loss")
    for row in summary["runs"]:
        verdict = "-" if row["converged"] is None else "yes" if row["converged"] else "no"
        table.add_row(str(row["seed"]), verdict, str(row["epochs"]), f"{row['loss']:.4g}")
    return table


def _lines(result: TrainResult, figures: int) -> list[str]:
    summary = result.summary
    engine = summary["engine"]
    by = f"{engine['name']} {engine['version']}" if engine else "no engine"
    lines = [f"rule        {summary['rule']}, devices: {summary['device']}"]
    lines.append(f"forward     {summary['forward']}, {by}")
    if "runs" in summary:
        if summary["converged"] is not None:
            median = summary["epochs_median"]
            told = "" if median is None else f", median {median:g} epochs"
            count = len(summary["runs"])
            lines.append(f"converged   {summary['converged']} of {count}{told}")
        lines.append(f"loss        median {summary['loss_median']:.4g}")
        return [*lines, f"directory   {result.directory}"]
    verdict = {True: ", converged", False: ", not converged", None: ""}[summary["converged"]]
    lines.append(f"epochs      {summary['epochs']}{verdict}")
    lines.append(f"loss        {summary['loss_first']:.4g} to {summary['loss_last']:.4g}")
    if "test_loss" in summary:
        lines.append(f"test loss   {summary['test_loss']:.4g}")
    for key, name in (("accuracy", "correct"), ("test_accuracy", "test")):
        if summary.get(key) is not None:
            lines.append(f"{name:<12}{100 * summary[key]:.1f} %")
    if summary["circuit_against_equations_pct"] is not None:
        lines.append(
            f"circuit     {summary['circuit_against_equations_pct']:.2g} % from the equations, "
            "full scale"
        )
    if summary["seconds_per_epoch"] is not None:
        lines.append(f"time        {1e3 * summary['seconds_per_epoch']:.0f} ms per epoch")
    if figures:
        lines.append(f"figures     {figures} in {result.directory / 'figures'}")
    return [*lines, f"directory   {result.directory}"]
