"""Error budgets of simulated networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen
from spicegen.design import Design, design_from
from spicegen.pipeline.sources import sources_of
from spicegen.report import run_figures

NETWORK = chain(
    dense("in", 3, 3, "relu", seed=21), lstm("m", 3, 3, seed=22), dense("out", 3, 2, seed=23)
)
INPUTS = signal(2, 4, 3, seed=24)
TABLE: dict[str, Any] = {
    "device": {"levels": 32},
    "nonideality": [
        {"kind": "variation", "sigma": 0.05},
        {"kind": "opamp-mismatch", "sigma_offset_volts": 2e-4},
        {"kind": "stuck", "p_on": 0.02, "enabled": False},
    ],
}


@pytest.fixture(scope="module", params=["transient", "static"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("budget") / "run"
    design = design_from(TABLE | {"simulation": {"analysis": request.param, "jobs": 2}})
    return spicegen.run(NETWORK, INPUTS, design=design, out=out, budget=True)


def test_parts_and_interaction_add_to_the_total(result: Any) -> None:
    with np.load(result.directory / "budget.npz", allow_pickle=False) as arrays:
        names = [str(name) for name in arrays["names"]]
        vectors = {name: arrays[f"error_pct_{k}"] for k, name in enumerate(names)}
    total = vectors.pop("total")
    np.testing.assert_allclose(sum(vectors.values()), total, atol=1e-10 * np.abs(total).max())
    full_scale = np.ptp(result.reference.reshape(-1, 2), axis=0)
    error = 100 * (result.outputs - result.reference) / full_scale
    np.testing.assert_allclose(total, error, atol=1e-12)
    budget = result.summary["budget"]
    assert [part["name"] for part in budget["parts"]] == names[2:-1]
    shares = [*budget["parts"], budget["floor"], budget["interaction"]]
    assert sum(each["share_pct"] for each in shares) == pytest.approx(100.0, abs=1e-6)


def test_every_source_off_is_the_ideal_result(result: Any) -> None:
    """As a design that is ideal from the start, with the same times and ranges."""
    complete = spicegen.load_design(result.directory / "design.toml", ["simulation.jobs=1"])
    ideal = complete.model_copy(update={"fidelity": "ideal", "device": Design().device})
    ideal = ideal.model_copy(update={"nonideality": ()})
    alone = spicegen.run(NETWORK, INPUTS, design=ideal, out=result.directory.parent / "ideal")
    floor = result.summary["budget"]["floor"]
    assert floor["max_pct"] == pytest.approx(alone.accuracy.max_error_pct, rel=1e-9)
    assert floor["mean_pct"] == pytest.approx(alone.accuracy.mean_error_pct, rel=1e-9)
    assert floor["max_pct"] < 1e-3 < result.accuracy.max_error_pct


def test_a_part_is_the_run_with_that_source_only(result: Any) -> None:
    complete = spicegen.load_design(result.directory / "design.toml", ["simulation.jobs=1"])
    only = complete.model_copy(update={"fidelity": "ideal", "device": Design().device})
    only = only.model_copy(update={"nonideality": only.nonideality[:1]})
    alone = spicegen.run(NETWORK, INPUTS, design=only, out=result.directory.parent / "variation")
    with np.load(result.directory / "budget.npz", allow_pickle=False) as arrays:
        names = [str(name) for name in arrays["names"]]
        part, floor = (arrays[f"error_pct_{names.index(n)}"] for n in ("variation", "floor"))
    full_scale = np.ptp(result.reference.reshape(-1, 2), axis=0)
    error = 100 * (alone.outputs - alone.reference) / full_scale
    np.testing.assert_allclose(part + floor, error, atol=1e-9)


def test_figure_and_folder(result: Any, tmp_path: Path) -> None:
    assert "budget.png" in {path.name for path in run_figures(result, tmp_path)}
    left = [path.name for path in result.directory.iterdir() if path.is_dir()]
    assert left == []
    kept = json.loads((result.directory / "result.json").read_text())
    assert kept["budget"] == result.summary["budget"]


def names_of(recurrent: bool, **table: Any) -> list[str]:
    return [source.name for source in sources_of(design_from(table), recurrent)]


def test_sources_of_designs() -> None:
    blocks = ["op-amps", "clipping", "activations", "multipliers", "sample-and-holds", "solver"]
    assert names_of(True) == blocks
    assert names_of(False) == ["op-amps", "clipping", "activations", "solver"]
    assert names_of(True, fidelity="ideal") == ["solver"]
    assert names_of(True, simulation={"analysis": "static"}) == [*blocks[:4], "solver"]
    entries = [{"kind": "variation", "sigma": 0.1}, {"kind": "variation", "sigma": 0.2}]
    entries += [{"kind": "hold-mismatch", "sigma": 0.1}, {"kind": "stuck", "enabled": False}]
    listed = ["variation 0", "variation 1", "hold-mismatch"]
    assert names_of(True, nonideality=entries) == [*listed, *blocks]
    static = {"analysis": "static"}
    assert "hold-mismatch" not in names_of(True, nonideality=entries, simulation=static)
    ideal = [{"kind": "opamp-mismatch", "sigma_gain": 0.1}]
    assert names_of(True, nonideality=ideal, opamp={"fidelity": "ideal"})[0] == "activations"


def test_wires_and_moving_states_are_sources() -> None:
    wires = {"model": "full", "r_segment_ohm": 1.0}
    design = design_from({"crossbar": {"wires": wires}})
    found = {source.name: source for source in sources_of(design, True)}
    assert next(iter(found)) == "wires"
    assert found["wires"].off(design).crossbar.wires.model == "ideal"
    design = design_from({"device": {"model": "analog_threshold", "form": "behavioural"}})
    found = {source.name: source for source in sources_of(design, True)}
    assert found["memristor states"].off(design).device.form == "resistor"


def test_switching_off_is_per_source() -> None:
    design = design_from(TABLE)
    sources = {source.name: source for source in sources_of(design, True)}
    assert sources["levels"].off(design).device.levels is None
    assert [e.enabled for e in sources["variation"].off(design).nonideality] == [0, 1, 0]
    assert sources["opamp-mismatch"].needs == {"op-amps"}
    assert sources["op-amps"].off(design).fidelity_of("opamp") == "ideal"
    assert sources["clipping"].off(design).signal.v_rail_volts == pytest.approx(90.0)
    assert sources["solver"].off(design).reltol == pytest.approx(1e-4)
