"""The page of a run: complete, quiet, alone, and it does what its buttons say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_pages import Open, Opened
from page_runs import HOSTILE
from small_networks import chain, dense, signal

import spicegen as sg
from spicegen.design import load_design
from spicegen.report.page.render import visible

SECTIONS = ("overview", "accuracy", "waveforms", "crossbars", "budget", "cost", "ranges")
SECTIONS += ("design", "schematics", "deck")


def test_it_is_complete_quiet_and_needs_nothing_else(report: Path, drawn: Opened) -> None:
    page = drawn.page
    for section in SECTIONS:
        assert page.locator(f"section#{section}").is_visible(), section
        assert page.locator(f"nav a[href='#{section}']").count() == 1
    assert page.locator("#accuracy canvas").count() == 3
    assert page.locator("#waves canvas").count() == 1
    assert page.locator("#crossbars canvas.map").count() == 3 * 7
    assert page.locator("#schematics svg").count() >= 12
    assert page.locator("svg.network rect").count() == 5
    assert page.locator("#failure").inner_text() == ""
    assert drawn.complaints == []
    assert drawn.requests == [report.absolute().as_uri()]


def test_values_equal_the_result(full: sg.RunResult, drawn: Opened) -> None:
    page = drawn.page
    result = json.loads((full.directory / "result.json").read_text())
    accuracy = result["accuracy"]
    for place, key in (("#mean-error", "mean_error_pct"), ("#max-error", "max_error_pct")):
        exact, shown = number_in(page.locator(f"{place} data"))
        assert exact == accuracy[key]
        assert shown == pytest.approx(exact, rel=5e-3)
    rows = page.locator("#accuracy table").first.locator("tbody tr")
    for index, output in enumerate(accuracy["per_output"]):
        cells = rows.nth(index).locator("data")
        keys = ("full_scale", "mean_error_pct", "max_error_pct", "rmse")
        assert [number_in(cells.nth(k))[0] for k in range(4)] == [output[key] for key in keys]
    text = page.locator("#overview").inner_text()
    assert result["netlist_sha256"] in text
    assert f"ngspice {result['engine']['version']}" in text
    for name, amount in result["size"].items():
        assert f"{name.replace('_', ' ')}\t{amount}" in text
    shares = page.locator("#budget tr td:nth-child(5) data")
    told = [number_in(shares.nth(k))[0] for k in range(shares.count())]
    budget = result["budget"]
    parts = [*budget["parts"], budget["interaction"], budget["floor"], budget["total"]]
    assert told == [part["share_pct"] for part in parts]


def test_worst_cases_are_the_largest_errors(report: Path, full: sg.RunResult, opened: Open) -> None:
    page = opened(report).page
    error = 100 * np.abs(full.outputs - full.reference) / np.ptp(full.reference, axis=0)
    step, output = np.unravel_index(np.argmax(error), error.shape)
    first = page.locator("#worst tbody tr").first
    cells = first.locator("td")
    assert cells.nth(0).inner_text() == str(output)
    assert cells.nth(1).inner_text() == str(step)
    assert number_in(cells.nth(2).locator("data"))[0] == pytest.approx(error.max(), rel=1e-12)
    assert number_in(cells.nth(3).locator("data"))[0] == full.outputs[step, output]
    link = first.locator("a")
    link.click()
    page.wait_for_timeout(200)
    assert page.evaluate("waves.chosen") == [f"output{output}"]
    low, high = page.evaluate("[waves.view.from, waves.view.to]")
    assert low < full.t_s[step] < high


def test_waveforms_are_those_of_the_raw_file(full: sg.RunResult, drawn: Opened) -> None:
    found = drawn
    names = ["lstm.h1", "phi_track", "output0"]
    found.page.evaluate("names => waves.choose(names)", names)
    t_s = np.array(found.page.evaluate("Array.from(waves.t)"))
    assert np.abs(t_s - full.waveforms.t_s).max() <= 1e-9 * t_s[-1]
    for index, name in enumerate(names):
        volts = np.array(found.page.evaluate(f"Array.from(waves.signals[{index}].values)"))
        simulated = full.waveforms[name].values
        assert np.abs(volts - simulated).max() <= np.ptp(simulated) / 65535


def test_read_outs_and_phases_stand_where_the_clock_has_them(
    full: sg.RunResult, drawn: Opened
) -> None:
    clock = drawn.page.evaluate("waves.circuit.clock")
    period = clock["steps"] + clock["depth"]
    reads = [(k + 1) * clock["step"] - clock["edge"] for k in range(period) if k >= clock["depth"]]
    assert np.allclose(reads, full.t_s, rtol=1e-9)
    middle = 1.8 / 2  # timing.v_clock_volts
    for phase in clock["phases"]:
        name = f"phi_{phase['name'].replace(' ', '')}"
        on, length = phase["on"], phase["length"]
        inside = full.waveforms.at(name, [on + 0.1 * length, on + 0.9 * length])
        outside = full.waveforms.at(name, [on + 1.1 * length])
        assert (inside > middle).all(), name
        assert (outside < middle).all(), name


def test_signals_are_selected_by_clicks_and_found_by_words(report: Path, opened: Open) -> None:
    found = opened(report)
    page = found.page
    page.locator("#waveforms").scroll_into_view_if_needed()
    found.until("waves.chart")
    page.locator("#waves input[type=search]").fill("lstm h1")
    shown = page.locator("#waves .list button:visible")
    assert all("lstm" in name and "h1" in name for name in shown.all_inner_texts())
    page.locator("#waves .list button[data-signal='lstm.h1']").click()
    found.until("waves.chosen.length === 2")
    legend = page.locator("#waves .u-legend").inner_text()
    assert "lstm.h1" in legend
    page.locator("#waves .list button[data-signal='lstm.h1']").click()
    found.until("waves.chosen.length === 1")
    assert "lstm.h1" not in page.locator("#waves .u-legend").inner_text()
    assert found.complaints == []


def test_zoom_pan_and_cursors(report: Path, full: sg.RunResult, opened: Open) -> None:
    found = opened(report)
    page = found.page
    page.locator("#waveforms").scroll_into_view_if_needed()
    found.until("waves.chart")
    page.locator("#waves [data-do=all]").click()
    found.until("waves.view.from === waves.view.low && waves.view.to === waves.view.high")
    box = page.locator("#waves .u-over").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    whole = span(page)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -400)
    found.until(f"waves.view.to - waves.view.from < {0.5 * whole}")
    zoomed = span(page)
    low, high = page.evaluate("[waves.chart.plot.scales.x.min, waves.chart.plot.scales.x.max]")
    assert high - low == pytest.approx(zoomed)
    before = page.evaluate("waves.view.from")
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(middle[0] - 100, middle[1], steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    found.until(f"waves.view.from > {before}")
    assert span(page) == pytest.approx(zoomed)
    page.mouse.move(middle[0] - 150, middle[1])
    page.mouse.down()
    page.mouse.move(middle[0] + 150, middle[1], steps=4)
    page.mouse.up()
    found.until(f"waves.view.to - waves.view.from < {0.5 * zoomed}")
    assert span(page) == pytest.approx(zoomed * 300 / box["width"], rel=0.02)
    page.mouse.click(middle[0] - 50, middle[1])
    page.mouse.click(middle[0] + 50, middle[1])
    a, b = page.evaluate("[waves.cursors.A, waves.cursors.B]")
    assert b - a == pytest.approx(span(page) * 100 / box["width"], rel=0.02)
    name = page.evaluate("waves.chosen[0]")
    at_a, at_b = page.evaluate(
        "[waves.at(waves.signals[0], waves.cursors.A), waves.at(waves.signals[0], waves.cursors.B)]"
    )
    simulated = full.waveforms.at(name, [a, b])[:, 0]
    assert [at_a, at_b] == pytest.approx(simulated.tolist(), abs=1e-4)
    assert page.locator(".measured tbody tr").count() == 2
    page.mouse.dblclick(*middle)
    found.until("waves.view.to === waves.view.high")
    assert found.complaints == []


def test_heat_maps_tell_devices(full: sg.RunResult, drawn: Opened) -> None:
    page = drawn.page
    with np.load(full.directory / "crossbars.npz") as arrays:
        g_pos, stuck = arrays["g_pos_siemens_1"], arrays["stuck_1"]
        behind = arrays["g_effective_siemens_1"]
    drawn = np.array(page.evaluate("Array.from(embedded.crossbars[1].maps[0].data.values)"))
    assert np.allclose(drawn.reshape(g_pos.shape), g_pos, rtol=1e-6)
    assert stuck.any()
    assert np.isfinite(behind).all()
    assert (
        f"{int(stuck.sum())} stuck devices" in page.locator("[data-crossbar='1'] h3").inner_text()
    )
    canvas = page.locator("[data-crossbar='1'] canvas.map").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    rows, columns = g_pos.shape
    page.mouse.move(box["x"] + box["width"] * 2.5 / columns, box["y"] + box["height"] * 1.5 / rows)
    output = page.locator("[data-crossbar='1'] output")
    told = output.inner_text()
    assert told.startswith("word line 1, bit line 2: g_pos ")
    canvas.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"):
        canvas.press(key)
    assert output.inner_text() == told
    canvas.press("ArrowUp")
    canvas.press("ArrowUp")  # at the edge
    assert output.inner_text().startswith("word line 0, bit line 2: g_pos ")
    value, unit = told.split("g_pos ")[1].split(";")[0].split(" ")
    scale = {"µS": 1e-6, "nS": 1e-9}[unit]
    assert float(value) * scale == pytest.approx(g_pos[1, 2], rel=1e-4)


def test_the_deck_is_searched(full: sg.RunResult, drawn: Opened) -> None:
    page = drawn.page
    deck = (full.directory / "circuit.cir").read_text()
    title = page.locator("#deck summary", has_text="sample_hold:").first
    title.click()
    shown = title.locator("..").locator("pre").inner_text()
    for line in shown.splitlines():
        assert line in deck
    page.locator("#deck-search").fill("Cinject")
    assert page.locator("#deck mark").all_inner_texts() == ["Cinject"]
    assert page.locator("#deck .deck-part:visible").count() == 1
    assert page.locator("#deck-found").inner_text() == "1 found"


def test_hostile_names_are_text(drawn: Opened) -> None:
    page = drawn.page
    asked = []
    name_shown = visible(HOSTILE)
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    assert page.locator("main script").count() == 0
    assert name_shown in page.locator("[data-crossbar='0'] h3").inner_text()
    listed = page.evaluate(
        "[...document.querySelectorAll('.list button')].map((b) => b.textContent)"
    )
    assert f"{name_shown}.out0" in listed
    page.evaluate("name => waves.choose([name])", f"{name_shown}.out0")
    assert name_shown in page.locator("#waves .u-legend").inner_text()
    assert "out</td>" in page.locator("#ranges").inner_text()
    assert asked == []
    assert drawn.complaints == []


def test_a_cut_static_run_of_samples(tmp_path: Path, opened: Open, ngspice_program: str) -> None:
    network = chain(dense("a", 4, 6, "tanh", seed=1), dense("c", 6, 3, seed=2))
    design = load_design(None, ["simulation.analysis=static", "simulation.jobs=2"])
    run = sg.run(network, signal(8, 4, seed=4), design=design, out=tmp_path / "run")
    assert len(run.summary["stages"]) == 4
    found = opened(run.report())
    found.draw_everything()
    page = found.page
    cells = page.locator("#worst tbody tr").first.locator("td")
    output, sample = (int(cells.nth(k).inner_text()) for k in range(2))
    page.locator("#worst a").first.click()
    found.until(f"waves.chosen[0] === 'output{output}'")
    assert page.evaluate("waves.circuit.stage") in (3, 4)  # the last layer, in two blocks
    per_unit = page.evaluate("waves.signals[0].perUnit")
    volts = page.evaluate(f"waves.at(waves.signals[0], {float(run.t_s[sample])})")
    assert volts / per_unit == pytest.approx(run.outputs[sample, output], abs=2e-4)
    assert found.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_can_be_read(report: Path, opened: Open, scheme: str) -> None:
    found = opened(report, color_scheme=scheme)
    page = found.page
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert contrast(*colours) > 7
    page.locator("#theme").click()
    other = {"light": "dark", "dark": "light"}[scheme]
    assert page.evaluate("document.documentElement.dataset.theme") == other


def test_it_prints(report: Path, opened: Open, tmp_path: Path) -> None:
    found = opened(report, color_scheme="dark")
    found.draw_everything()
    printed = found.page.pdf(format="A4", path=str(tmp_path / "report.pdf"))
    assert printed.startswith(b"%PDF")
    found.page.emulate_media(media="print")
    assert not found.page.locator("header.top").is_visible()
    width = found.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    assert found.complaints == []


def number_in(element: Any) -> tuple[float, float]:
    """The exact value of a `data` element, and the number it shows."""
    return float(element.get_attribute("value")), float(element.inner_text().split()[0])


def span(page: Any) -> float:
    return float(page.evaluate("waves.view.to - waves.view.from"))


def contrast(first: str, second: str) -> float:
    """Contrast of two CSS colours by WCAG 2.2."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else math.pow((c + 0.055) / 1.055, 2.4) for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nothing_is_wider_than_a_phone(opened: Open, report: Path, batch_report: Path) -> None:
    for path in (report, batch_report):
        page = opened(path, viewport={"width": 390, "height": 800}).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
