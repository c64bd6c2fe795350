"""Reports in a browser: size, time to the first paint, time from an input to the next frame.

`spicegen report` writes the pages of the EEG demo, of a Monte Carlo of 100 runs, and of a made-up
run with a million time points; the system's Chromium opens them without a window.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import example, told
from benchmarks.report import Bar, Report, Row, command_of, table

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
STEPS = 1000
RUNS = 100
REPEATS = 5
MOST_BYTES = 5e6
MOST_PAINT_S = 2.0
MOST_ANSWER_MS = 100.0
LONG_POINTS, LONG_SIGNALS = 1_000_000, 12

# From an input to the frame that shows it: all that listeners and the next frame compute.
ANSWER = """async (act) => {
  const started = performance.now();
  await eval(act);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now() - started;
}"""
WHEEL = (
    "document.querySelector('#waves .u-over').dispatchEvent(new WheelEvent('wheel', "
    "{deltaY: %d, clientX: 700, clientY: 400, bubbles: true, cancelable: true}))"
)
SELECT = "waves.toggle(waves.circuit.signals[%d].name)"  # what a click on its name does
INPUTS = {
    "zoom by the wheel, whole run": [WHEEL % -120, WHEEL % -120, WHEEL % 120, WHEEL % 120],
    "pan": ["waves.view.pan(0.1)", "waves.view.pan(-0.1)"],
    "select a signal": [SELECT % k for k in (4, 5, 6, 7)],
    "another output": ["accuracy.choose(1)", "accuracy.choose(0)"],
    "search the deck": [
        "(() => { const box = document.querySelector('#deck-search'); box.value = 'opamp';"
        "box.dispatchEvent(new Event('input')); })()"
    ],
}
BATCH_INPUTS = {
    "another metric": [
        "(() => { const box = document.querySelector('#metric'); box.selectedIndex = 1;"
        "box.dispatchEvent(new Event('change')); })()",
        "(() => { const box = document.querySelector('#metric'); box.selectedIndex = 0;"
        "box.dispatchEvent(new Event('change')); })()",
    ],
    "filter runs": [
        "(() => { parallel.axes[0].kept = [0, 0.5]; parallel.draw();"
        "parallel.changed(parallel.runs()); })()",
        "parallel.release()",
    ],
}


def measure(steps: int | None = None) -> Report:
    """Write the three pages and open each; medians of five openings."""
    count = steps or STEPS
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        return Report("page", command_of("page", steps), (), (), ("no Chromium is installed",))
    with tempfile.TemporaryDirectory() as name, _browser(program) as browser:
        folder = Path(name)
        pages = {
            f"EEG demo, {count} steps": (_run_page(folder / "run", count), INPUTS),
            f"Monte Carlo, {RUNS} runs": (_batch_page(folder), BATCH_INPUTS),
            f"{LONG_POINTS} points, {LONG_SIGNALS} signals": (_long_page(folder / "long"), INPUTS),
        }
        sizes: list[Row] = []
        answers: list[Row] = []
        for title, ((path, written_s), inputs) in pages.items():
            told(f"page: {title}")
            paints = [_first_paint_s(browser, path) for _ in range(REPEATS)]
            size = path.stat().st_size
            sizes.append([title, written_s, size / 1e6, statistics.median(paints), max(paints)])
            for what, (wall_ms, cpu_ms) in _answers(browser, path, inputs).items():
                answers.append([title, what, wall_ms, cpu_ms])
    made = (
        table(
            f"pages, {REPEATS} openings each",
            ["page", "written in, s:.2f", "size, MB:.2f", "first paint, s:.2f", "slowest, s:.2f"],
            sizes,
        ),
        table(
            "from an input to the frame that shows it, medians",
            ["page", "input", "wall, ms:.0f", "processor time of the page, ms:.0f"],
            answers,
        ),
    )
    slowest = {
        long: max(float(row[2]) for row in answers if ("points" in str(row[0])) is long)
        for long in (False, True)
    }
    bars = (
        Bar("report of the EEG demo: size", float(sizes[0][2]), MOST_BYTES / 1e6, "MB"),
        Bar(
            "reports: first paint, slowest page",
            max(float(row[3]) for row in sizes),
            MOST_PAINT_S,
            "s",
            headline=True,
        ),
        Bar(
            "reports: from an input to the next frame, slowest",
            slowest[False],
            MOST_ANSWER_MS,
            "ms",
            headline=True,
        ),
        Bar(
            "from an input to the next frame, a million time points",
            slowest[True],
            MOST_ANSWER_MS,
            "ms",
        ),
    )
    return Report("page", command_of("page", steps), made, bars)


@contextmanager
def _browser(program: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


def _open(browser: Any, path: Path, **options: Any) -> tuple[Any, Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    page.goto(path.absolute().as_uri())
    return context, page


def _first_paint_s(browser: Any, path: Path) -> float:
    """First contentful paint as the browser itself tells it, s since it began to open the file."""
    context, page = _open(browser, path)
    entries = "performance.getEntriesByName('first-contentful-paint').map((e) => e.startTime)"
    while not (found := page.evaluate(entries)):
        page.wait_for_timeout(20)
    context.close()
    return float(found[0]) / 1e3


def _answers(
    browser: Any, path: Path, inputs: dict[str, list[str]]
) -> dict[str, tuple[float, float]]:
    """Wall-clock and processor ms of each input, on a page that has drawn everything.

    Other work on the machine lengthens the former only.
    """
    context, page = _open(browser, path, bypass_csp=True)  # `eval` is for this script only
    page.evaluate("window.drawEverything()")
    if "waves" in "".join(inputs):
        page.evaluate("waves.choose(waves.circuit.signals.slice(-6).map((s) => s.name))")
        page.evaluate("waves.view.all()")
    page.wait_for_timeout(500)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    found = {}
    for what, acts in inputs.items():
        wall_ms, cpu_ms = [], []
        for act in acts * REPEATS:
            before = _busy_s(session)
            wall_ms.append(float(page.evaluate(ANSWER, act)))
            cpu_ms.append(1e3 * (_busy_s(session) - before))
        found[what] = statistics.median(wall_ms), statistics.median(cpu_ms)
    context.close()
    return found


def _busy_s(session: Any) -> float:
    """Processor time of the page's main thread so far, s."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def _run_page(out: Path, steps: int) -> tuple[Path, float]:
    import spicegen as sg

    told(f"page: {steps} steps of the EEG network")
    network, inputs = example(steps)
    result = sg.run(network, inputs, out=out)
    started = time.perf_counter()
    return result.report(), time.perf_counter() - started


def _batch_page(folder: Path) -> tuple[Path, float]:
    import spicegen as sg
    from spicegen.paths import packaged

    told(f"page: {RUNS} runs")
    np.save(folder / "inputs.npy", example(10)[1])
    plan = {
        "network": str(packaged("examples") / "eeg_lstm"),
        "inputs": str(folder / "inputs.npy"),
        "design": {"nonideality": [{"kind": "variation", "sigma": 0.02}]},
        "sweep": {"nonideality.0.sigma": [0.01, 0.05], "opamp.gain": [1e4, 1e6]},
        "monte_carlo": {"runs": RUNS // 4, "seed": 1},
    }
    result = sg.batch(plan, folder / "batch")
    started = time.perf_counter()
    return result.report(), time.perf_counter() - started


def _long_page(out: Path) -> tuple[Path, float]:
    """A short run whose raw file is replaced by a made-up one: only its size matters here."""
    import spicegen as sg
    from spicegen import rundir

    network, inputs = example(4)
    result = sg.run(network, inputs, out=out)
    t_s = np.linspace(0.0, 20e-3, LONG_POINTS)
    draw = np.random.default_rng(0)
    rates = 2e3 * (1 + np.arange(LONG_SIGNALS))
    names = [f"v(n{k})" for k in range(LONG_SIGNALS)]
    columns = [0.2 * np.sin(rate * t_s) + 1e-3 * draw.normal(size=t_s.size) for rate in rates]
    variables = "".join(f"\t{k + 1}\t{name}\tvoltage\n" for k, name in enumerate(names))
    header = (
        "Title: made up\nDate: today\nPlotname: Transient Analysis\nFlags: real\n"
        f"No. Variables: {LONG_SIGNALS + 1}\nNo. Points: {LONG_POINTS}\nVariables:\n"
        f"\t0\ttime\ttime\n{variables}Binary:\n"
    )
    body = np.stack([t_s, *columns], axis=1).tobytes()
    (out / rundir.RAW).write_bytes(header.encode() + body)
    probes = {f"output{k}": {"vector": name, "volts_per_unit": 0.1} for k, name in enumerate(names)}
    rundir.write_json(out / rundir.PROBES, probes)
    started = time.perf_counter()
    path = sg.open_run(result.directory).report()
    return path, time.perf_counter() - started
