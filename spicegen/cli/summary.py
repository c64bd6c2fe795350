"""A finished run in a table and a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from spicegen.cli.budget_table import culprit_line
from spicegen.cli.scored_run import FIGURES
from spicegen.cli.terminal import plain
from spicegen.rundir import LOG

if TYPE_CHECKING:
    from spicegen.accuracy import Accuracy
    from spicegen.cli.scored_run import Published
    from spicegen.pipeline import RunResult

LEAST_WEIGHT_ERROR_PCT = 1e-9
"""Rounding is below it."""
MOST_ROWS = 8
WORST_ROWS = 5
MOST_WARNINGS = 3
CLIP_MATTERS = 1e-5
"""Network units: what the clock by default leaves of a settling step (timing.settle_error)."""
_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"))
_SMALL = ((1e-12, "p"), (1e-15, "f"))


def accuracy_table(result: RunResult, published: Published | None = None) -> Table:
    """Errors per output, or of the worst ones and all, in percent of full scale."""
    accuracy = result.accuracy
    count, listed = len(accuracy.per_output), _listed_outputs(accuracy)
    first = "output" if len(listed) == count else f"worst {len(listed)} of {count} outputs"
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column(first, no_wrap=True)
    for header in ("full scale", "mean error %", "max error %", "rmse"):
        table.add_column(header, justify="right", no_wrap=True)
    for index in listed:
        each = accuracy.per_output[index]
        errors = _errors(each.mean_error_pct, each.max_error_pct, each.rmse)
        table.add_row(f"output{index}", _digits(each.full_scale), *errors)
    table.add_section()
    totals = _errors(accuracy.mean_error_pct, accuracy.max_error_pct, accuracy.rmse)
    table.add_row("all outputs", "", *totals, style="bold")
    if published:
        table.add_row(published.name, "", f"{published.mean_pct:g}", f"{published.max_pct:g}", "")
    return table


def transistor_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Error against the hardware-aware reference, calibration and supply of transistor circuits."""
    if "calibration" not in summary:
        return []
    cell, found, supply = (summary[k] for k in ("accuracy_cell", "calibration", "supply"))
    seen = "the run's own inputs" if found["own_inputs"] else "inputs of its own"
    how = "from a file" if found["method"] == "file" else f"{found['method']}, on {seen}"
    return [
        (
            "cells",
            f"against the cells' own curves: mean {cell['mean_error_pct']:.3g} %, "
            f"max {cell['max_error_pct']:.3g} %",
        ),
        ("calibration", f"{how}, {found['trims']} trims"),
        (
            "supply",
            f"{1e3 * supply['i_supply_ampere']:.3g} mA, {1e3 * supply['power_watt']:.3g} mW, "
            f"{1e9 * supply['energy_per_step_joule']:.3g} nJ per step",
        ),
    ]


def notes(result: RunResult, figures: int) -> Text:
    """What was built, how it ran, and where it is."""
    summary, accuracy = result.summary, result.accuracy
    lines = [
        ("network", f"{summary['network']}, {_stimulus(summary['clock'])}"),
        ("circuit", size_line(summary["size"])),
        *analysis_lines(summary),
        *(("memristors", line) for line in deviation_lines(summary["crossbars"])),
        *(("wires", line) for line in compensation_lines(summary["compensation"])),
        *(("clipping", line) for line in clipping_lines(summary["clipping"])),
        *conductance_lines(summary),
        *read_disturb_lines(summary),
        *transistor_lines(summary),
        *(("cost", line) for line in cost_lines(summary.get("cost"))),
        ("engine", _engine_line(summary)),
        *(("warning", line) for line in _few(summary["warnings"])),
        ("time", ", ".join(f"{k[:-2]} {v:.2f} s" for k, v in summary["timing"].items())),
        ("run", str(result.directory)),
    ]
    if "budget" in summary:
        lines.insert(0, ("budget", culprit_line(summary["budget"])))
    if accuracy.agreement_pct is not None:
        lines.insert(0, ("classes", f"{accuracy.agreement_pct:.4g} % of samples agree"))
    if figures:
        lines.append(("figures", f"{figures} in {result.directory / FIGURES}"))
    return labelled(lines)


def compensation_lines(compensation: Sequence[Mapping[str, Any]]) -> list[str]:
    """What wires cost the worst bit line of each array, and what a compensation leaves of it."""
    return [
        f"{part['layer']}: worst bit line {part['error_before_pct']:.3g} % wrong, "
        f"{part['error_after_pct']:.3g} % after {part['kind']}"
        for part in compensation
    ]


def labelled(lines: Sequence[tuple[str, str]]) -> Text:
    """Lines behind their labels; a label that repeats is said once."""
    width = max(len(label) for label, _ in lines) + 2
    block = Text()
    before = ""
    for label, line in lines:
        block.append(f" {'' if label == before else label:<{width}}", style="bold")
        block.append_text(plain(line)).append("\n")
        before = label
    block.rstrip()
    return block


def size_line(size: Mapping[str, int]) -> str:
    """What is in the circuit."""
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in size.items())


def analysis_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The clock of a transient, or what a static analysis leaves out and how it was cut."""
    analysis = summary["analysis"]
    if analysis["kind"] == "transient":
        return [("clock", clock_line(summary))]
    lines = [("analysis", f"static; left out: {'; '.join(analysis['left_out'])}")]
    if cut := summary.get("partition"):
        lines.append(
            (
                "cut",
                f"into {cut['circuits']} circuits; {cut['cut_error_pct']:.1g} % from the whole "
                f"one on its first steps; back-action below {cut['back_action']:.1g}",
            )
        )
    return lines


def conductance_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How far given conductances are from those of the weights."""
    if "conductances" not in summary:
        return []
    share = _percent(summary["conductances"])
    return [("conductances", f"given, {share} of the window off those of the weights")]


def read_disturb_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How far memristors moved, where their state can."""
    if "read_disturb" not in summary:
        return []
    disturb, label = summary["read_disturb"], "read disturb"
    if disturb["max_pct"] == 0.0:
        return [(label, f"none of {disturb['devices']} memristors moved")]
    total = _percent(disturb)
    worst = disturb["worst"]
    place = (
        f"{worst['crossbar']}, word line {worst['word_line']}, bit line {worst['bit_line']}, "
        f"{worst['half']} half"
    )
    lines = [f"{disturb['devices']} memristors moved by {total} of the window ({place})"]
    if len(disturb["crossbars"]) > 1:
        lines.append(
            "; ".join(f"{each['name']}: {_percent(each)}" for each in disturb["crossbars"])
        )
    return [(label, line) for line in lines]


def _percent(share: Mapping[str, Any]) -> str:
    return f"{share['mean_pct']:.2g} % mean, {share['max_pct']:.2g} % max"


def clock_line(summary: Mapping[str, Any]) -> str:
    """The step, its phases, and the bit line that the step follows from."""
    clock, slowest = summary["clock"], summary["slowest_column"]
    line = f"{in_seconds(clock['t_step_s'])} per step"
    if clock["depth"]:
        line += f", {in_seconds(clock['t_transfer_s'])} of it to pass states on"
    line += f", edges {in_seconds(clock['t_edge_s'])}"
    if not slowest["tau_s"]:
        return line
    return (
        f"{line}; slowest bit line {slowest['layer']}.{slowest['signal']}: noise gain "
        f"{slowest['noise_gain']:.3g}, {in_seconds(slowest['tau_s'])}"
    )


def clipping_lines(clipping: Iterable[Mapping[str, Any]]) -> list[str]:
    """The signals that lose something at a limit: what matters first, then what does not."""
    lossy = [signal for signal in clipping if signal["clips"] and signal["clip_error"] > 0]
    worse = [signal for signal in lossy if signal["clip_error"] > CLIP_MATTERS]
    lines = [
        f"{signal['signal']} reaches {signal['largest']:.4g} and is cut at "
        f"{signal['limit_volts'] / signal['volts_per_unit']:.4g} "
        f"({signal['limit_volts']:g} V {signal['limit']}): costs {signal['clip_error']:.2g}"
        for signal in worse
    ]
    harmless = [signal for signal in lossy if signal not in worse]
    if harmless:
        names = ", ".join(str(signal["signal"]) for signal in harmless)
        worst = max(signal["clip_error"] for signal in harmless)
        lines.append(f"{names} clip where it does not matter (costs {worst:.1g} at most)")
    return lines or ["none"]


def deviation_lines(crossbars: Iterable[Mapping[str, Any]]) -> list[str]:
    """What finite levels and non-idealities did to the weights; nothing where they did not."""
    moved = [each for each in crossbars if each["weight_error_pct"] > LEAST_WEIGHT_ERROR_PCT]
    if not moved:
        return []
    errors = ", ".join(f"{each['name']} {each['weight_error_pct']:.3g} %" for each in moved)
    lost = sum(each["open_devices"] for each in moved)
    return [f"weights off by (rms of each bit line's largest): {errors}; {lost} devices open"]


def cost_lines(cost: Mapping[str, Any] | None) -> list[str]:
    """Energy, power by part, latency and area; nothing where they were not asked for."""
    if cost is None:
        return []
    parts = ", ".join(
        f"{name} {in_unit(part['simulated_watt'], 'W')}" for name, part in cost["parts"].items()
    )
    lines = [
        f"{in_unit(cost['energy_per_inference_joule'], 'J')} per {cost['inference']}: "
        f"{in_unit(cost['power_simulated_watt'], 'W')} simulated, "
        f"{in_unit(cost['power_table_watt'], 'W')} quiescent by the table of cells",
        f"simulated: {parts}",
        f"latency {in_seconds(cost['latency_s'])}, "
        f"area {1e6 * cost['area_square_metre']:.3g} mm2 by the table of cells",
    ]
    missing = cost["table"]["not_counted"]
    return [*lines, f"not in the table: {', '.join(missing)}"] if missing else lines


def in_unit(quantity: float, unit: str) -> str:
    """A quantity with an SI prefix, in plain letters."""
    factor, prefix = next(
        ((f, p) for f, p in (*_PREFIXES, *_SMALL) if abs(quantity) >= f), (1.0, "")
    )
    return f"{quantity / factor:.3g} {prefix}{unit}"


def in_seconds(t_s: float) -> str:
    """A time with an SI prefix, in plain letters."""
    factor, prefix = next(((f, p) for f, p in _PREFIXES if abs(t_s) >= f), _PREFIXES[-1])
    return f"{t_s / factor:.4g} {prefix}s"


def _listed_outputs(accuracy: Accuracy) -> list[int]:
    """All outputs where there are few, else the worst by their largest error."""
    per_output = accuracy.per_output
    if len(per_output) <= MOST_ROWS:
        return list(range(len(per_output)))
    order = sorted(range(len(per_output)), key=lambda k: -per_output[k].max_error_pct)
    return order[:WORST_ROWS]


def _errors(mean_pct: float, max_pct: float, rmse: float) -> tuple[str, str, str]:
    return _digits(mean_pct), _digits(max_pct), _digits(rmse)


def _digits(number: float) -> str:
    """Three significant digits, the zeros among them too."""
    return f"{number:#.3g}".rstrip(".")


def _stimulus(clock: Mapping[str, int]) -> str:
    samples, steps = clock["samples"], clock["steps"]
    if not clock["depth"]:
        return f"{samples} sample{'s' * (samples != 1)}"
    each = f"{steps} step{'s' * (steps != 1)}"
    return each if samples == 1 else f"{samples} samples of {each}"


def _few(warnings: Sequence[str]) -> list[str]:
    """The first lines; the log has them all."""
    rest = len(warnings) - MOST_WARNINGS
    return [*warnings[:MOST_WARNINGS], *([f"and {rest} more in {LOG}"] if rest > 0 else [])]


def _engine_line(summary: Mapping[str, Any]) -> str:
    engine = summary["engine"]
    line = f"{engine['name']} {engine['version']}".rstrip()
    solver = engine["options"].get("solver")
    if solver:
        kind = "time" if summary["analysis"]["kind"] == "transient" else "operating"
        line += f", solver {solver}, {summary['points']} {kind} points"
    failed = [each["settings"] for each in engine["attempts"] if each["failure"]]
    return f"{line}; tried before without success: {'; '.join(failed)}" if failed else line
