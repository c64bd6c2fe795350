"""What pages are made of: arrays as text, decks as parts, what is refused. No browser needed."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_made import HandMadeRun
from numpy.typing import NDArray
from page_runs import HOSTILE

import spicegen as sg
from spicegen import rundir
from spicegen.batch.report import write_report
from spicegen.batch.summary import METRIC
from spicegen.errors import InputError
from spicegen.report.page.bars import histogram_svg
from spicegen.report.page.crossbars import MOST_CELLS, crossbars_of
from spicegen.report.page.deck import MOST_LINES, deck_parts
from spicegen.report.page.pack import floats, instants, quantised
from spicegen.report.page.render import embedded_json, number, si, visible
from spicegen.report.page.waves import grid, thinned
from spicegen.report.source import Crossbar

Array = NDArray[np.float64]


def unpacked(packed: dict[str, Any]) -> Array:
    """What the browser reads, by the words of pack.py alone."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["bytes"])), np.uint8)
    wide = 2 if packed["kind"] == "q16" else 4
    whole = planes.reshape(wide, packed["n"]).T.astype(np.int64) @ (256 ** np.arange(wide))
    if packed["kind"] == "f32":
        return whole.astype(np.uint32).view(np.float32).astype(float)
    return packed["low"] + np.cumsum(whole) % 256**wide * packed["step"]


@pytest.mark.parametrize(
    "values",
    [
        np.sin(np.arange(1000) / 7) * 3 - 1,
        np.array([5.0, 5.0, 5.0]),
        np.array([-1e-9]),
        np.random.default_rng(1).normal(0, 1e6, 500),
    ],
)
def test_quantised_values_are_within_half_a_level(values: Array) -> None:
    found = unpacked(quantised(values))
    assert np.abs(found - values).max() <= 0.51 * np.ptp(values) / 65535 + 1e-18
    assert found.min() == pytest.approx(values.min(), abs=1e-12)


def test_instants_are_finer_than_any_time_step() -> None:
    t_s = np.sort(np.random.default_rng(0).uniform(0, 20e-3, 100_000))
    found = unpacked(instants(t_s))
    assert np.abs(found - t_s).max() < 1e-11
    assert (np.diff(found) >= 0).all()


def test_floats_keep_seven_digits_and_what_is_missing() -> None:
    values = np.array([1.2345678, -3e-30, np.nan, 0.0])
    assert np.allclose(unpacked(floats(values)), values, rtol=1e-7, equal_nan=True)


def test_signals_at_rest_take_little() -> None:
    steps = np.repeat(np.random.default_rng(0).normal(size=1000), 34)
    assert len(quantised(steps)["bytes"]) < 0.2 * steps.size


def test_thinning_keeps_every_spike() -> None:
    t_s = np.sort(np.random.default_rng(2).uniform(0, 1, 50_000))
    values = np.random.default_rng(3).normal(size=t_s.size)
    values[12_345] = 99.0
    found, times = thinned(t_s, values, 500), grid(t_s, 500)
    assert found.shape == times.shape == (1000,)
    assert (np.diff(times) > 0).all()
    edges = np.linspace(t_s[0], t_s[-1], 501)
    for stretch in range(500):
        inside = values[(t_s >= edges[stretch]) & (t_s < edges[stretch + 1])]
        pair = found[2 * stretch : 2 * stretch + 2]
        assert sorted(pair)[0] == inside.min() or stretch == 499
        assert sorted(pair)[1] == inside.max() or stretch == 499
    assert found.max() == 99.0


def test_thinning_where_nothing_was_simulated_keeps_the_value_before() -> None:
    t_s = np.array([0.0, 0.1, 0.9, 1.0])
    found = thinned(t_s, np.array([1.0, 2.0, 3.0, 4.0]), 10)
    assert found[4:18].tolist() == [2.0] * 14  # 0.2 to 0.9


def test_large_crossbars_are_averaged() -> None:
    g = np.random.default_rng(0).uniform(1e-6, 1e-4, (800, 700))
    (found,) = crossbars_of((Crossbar("x", g, g, np.ones(700)),))
    assert found["block"] == 2
    assert found["rows"] * found["columns"] == 400 * 350 <= MOST_CELLS
    means = unpacked(found["maps"][0]["data"]).reshape(400, 350)
    assert means[7, 9] == pytest.approx(g[14:16, 18:20].mean(), rel=1e-6)


def test_a_deck_in_parts(tmp_path: Path) -> None:
    deck = tmp_path / "circuit.cir"
    resistors = "\n".join(f"R{k} a b 1" for k in range(2 * MOST_LINES))
    deck.write_text(
        "spicegen: x\n.options klu\n* Holds.\n.subckt hold in out\nC1 in out 1\n.ends hold\n"
        f".subckt big a b\n{resistors}\n.ends big\n"
        "Vin in 0 PWL(\n+ 0 0 1 1\n+ 2 2\n+ )\nX1 in out hold\n.end\n"
    )
    head, hold, big, top = deck_parts(deck)
    assert head.text == "spicegen: x\n.options klu"
    assert hold.title == "hold: in out"
    assert hold.text.splitlines() == [
        "* Holds.",
        ".subckt hold in out",
        "C1 in out 1",
        ".ends hold",
    ]
    assert len(big.lines) == MOST_LINES
    assert big.text.endswith(f"* ... {MOST_LINES + 2} more lines")
    assert "* ... 2 lines of points ..." in top.text
    assert "X1 in out hold" in top.text
    assert deck_parts(tmp_path / "gone.cir") == []


def test_numbers_show_few_digits_and_tell_all() -> None:
    assert number(0.0030191) == '<data value="0.0030191">0.00302</data>'
    assert number(4.8) == '<data value="4.8">4.80</data>'
    assert number(0.0) == '<data value="0.0">0</data>'
    assert number(860) == '<data value="860">860</data>'
    assert number(float("nan")) == "&ndash;"
    assert si(1.905e-5, "s") == '<data value="1.905e-05">19.05 µs</data>'


def test_embedded_json_holds_no_markup() -> None:
    text = embedded_json({"name": HOSTILE, "bad": float("nan")})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"name": HOSTILE.replace("\u202e", "\\u202e"), "bad": None}


def test_signs_that_turn_text_around_are_shown_not_obeyed(report: Path) -> None:
    assert visible("a\u202eb\x00\n\t脑") == "a\\u202eb\\u0000\n\t脑"
    assert "\u202e" not in report.read_text(encoding="utf-8")


def test_ticks_of_a_histogram_are_plain_numbers() -> None:
    text = histogram_svg(np.geomspace(1e-5, 120, 41).tolist(), [2.5] * 40, "%")
    places = re.findall(r'text-anchor="(?:middle|end)">([^<]*)</text>', text)
    assert places[0] == "1e-05"
    assert places[5] == "120"


def test_the_page_of_a_run_escapes_names(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert len(re.findall(r"<script", text)) == 2
    assert not re.search(r"(src|href)=[\"']?https?:", text)


def test_a_result_tells_layers_stuck_devices_and_wires(full: sg.RunResult) -> None:
    kinds = [(layer["kind"], layer["inputs"], layer["outputs"]) for layer in full.summary["layers"]]
    assert kinds == [("dense", 3, 4), ("lstm", 4, 3), ("dense", 3, 2)]
    with np.load(full.directory / "crossbars.npz") as arrays:
        for index in range(3):
            stuck = arrays[f"stuck_{index}"]
            halves = np.stack([arrays[f"g_{half}_siemens_{index}"] for half in ("pos", "neg")])
            assert set(np.unique(halves[stuck])) <= {1e-6, 1e-4}
            difference = halves[0] - halves[1]
            behind = arrays[f"g_effective_siemens_{index}"]
            assert not np.array_equal(behind, difference)
            assert np.abs(behind - difference).max() < 0.05 * np.abs(difference).max()


def test_budget_and_cost_go_together(full: sg.RunResult) -> None:
    assert {"budget", "cost"} <= set(full.summary)


def test_notebooks_show_runs_and_networks(full: sg.RunResult) -> None:
    shown = full._repr_html_()
    assert "<script>" not in shown
    assert f"{full.accuracy.mean_error_pct:#.3g}" in shown
    network = sg.load_network("examples/eeg_lstm")._repr_html_()
    assert "<td>lstm<td>lstm<td>5<td>5" in network


def test_a_run_whose_raw_file_is_gone_still_has_a_page(full: sg.RunResult, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "run"
    shutil.copytree(full.directory, copy)
    (copy / rundir.RAW).unlink()
    page = sg.open_run(copy).report().read_text(encoding="utf-8")
    assert 'id="waveforms"' not in page
    assert 'id="accuracy"' in page


def test_a_hand_made_result_of_a_newer_version_is_refused(
    make_run: Callable[..., HandMadeRun],
) -> None:
    run = make_run()
    rundir.write_json(run.directory / rundir.RESULT, {"spicegen": "999.1"})
    with pytest.raises(InputError, match=r"made by spicegen .* or older, got spicegen 999\.1"):
        sg.open_run(run.directory)


def test_another_json_is_refused(make_run: Callable[..., HandMadeRun]) -> None:
    run = make_run()
    rundir.write_json(run.directory / rundir.RESULT, [1])
    with pytest.raises(InputError, match="must be the result of a run"):
        sg.open_run(run.directory)


@pytest.mark.parametrize(
    ("kept", "missing"),
    [
        (("design.toml",), "emission is missing"),
        (("design.toml", "probes.json"), "simulation is missing"),
        (("design.toml", "probes.json", "waveforms.raw"), "read-back is missing"),
        (
            ("design.toml", "probes.json", "waveforms.raw", "outputs.npz"),
            "scoring is missing",
        ),
    ],
)
def test_an_unfinished_run_names_its_missing_step(
    tmp_path: Path, kept: tuple[str, ...], missing: str
) -> None:
    for name in kept:
        (tmp_path / name).write_text("")
    with pytest.raises(InputError, match=missing):
        sg.open_run(tmp_path)


def test_no_directory_and_no_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        sg.open_run(tmp_path / "gone")
    with pytest.raises(InputError, match=r"no result\.json in it"):
        sg.open_run(tmp_path)


def test_a_page_that_cannot_be_written(full: sg.RunResult, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file must be writable"):
        full.report(tmp_path / "gone" / "report.html")


def test_the_summary_of_a_batch_is_on_its_page(batch: Path, tmp_path: Path) -> None:
    text = write_report(batch, tmp_path / "b.html", limit=2.0).read_text(encoding="utf-8")
    assert f'data-metric="{METRIC}"' in text
    assert "TimeLimitError" in text
    assert "&lt;b&gt;hopeless&lt;/b&gt;" in text
    assert "<b>hopeless</b>" not in text


def test_a_batch_none_of_whose_runs_is_done_tells_why(tmp_path: Path) -> None:
    from spicegen.report.page import Batch, write_batch_report

    columns = {
        "run": [0], "status": ["failed"], "seed": [1],
        "error": ["TimeLimitError"], "message": ["too slow & <late>"],
    }  # fmt: skip
    plan = {"sweep": {}, "corners": {}, "mode": "grid", "outputs": {"keep": "metrics"}}
    batch = Batch(tmp_path, plan, columns, (), 3, {}, 1.0)
    text = write_batch_report(batch).read_text(encoding="utf-8")
    assert "too slow &amp; &lt;late&gt;" in text
    assert "2 runs are still to be made" in text
    assert 'id="summary"' not in text
