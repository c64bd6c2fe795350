"""All figures of a run, hand-made and simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hand_made import HandMadeRun, write_crossbars
from small_networks import chain, dense, lstm, signal

from spicegen import pipeline, rundir
from spicegen.design import load_design
from spicegen.errors import InputError
from spicegen.network import Bidirectional
from spicegen.pipeline.prepare import prepare
from spicegen.report import run_figures
from spicegen.report.outputs import outputs_figure
from spicegen.report.recurrent import recurrent_layers
from spicegen.report.run import figures_of
from spicegen.report.source import Source
from spicegen.report.states import unit_figure

MakeRun = Callable[..., HandMadeRun]
PAIR = np.array([[1e-6, 1e-4]])
ODD_NAMES = ("../in $x$", "l/stm\n.h0", "脑.c0")


def stems(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_every_figure_of_a_run_is_written(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    write_crossbars(run.directory, ("in", PAIR, PAIR))
    paths = run_figures(run, tmp_path / "deep" / "figures")
    assert stems(paths) == ["outputs", "states", "error", "conductances", "unit"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
    assert set(paths) == set((tmp_path / "deep" / "figures").iterdir())


def test_figures_that_do_not_apply_are_left_out(make_run: MakeRun, tmp_path: Path) -> None:
    paths = run_figures(make_run(inside=False), tmp_path / "figures")
    assert stems(paths) == ["outputs", "error"]


def test_several_of_a_kind_are_numbered(make_run: MakeRun) -> None:
    run = make_run(layers=("a", "b"))
    write_crossbars(run.directory, *((f"layer {k}", PAIR, PAIR) for k in range(7)))
    expected = ["outputs", "states_0", "states_1", "error"]
    expected += ["conductances_0", "conductances_1", "unit_0", "unit_1"]
    assert [stem for stem, _ in figures_of(run)] == expected


def test_an_unknown_format_writes_nothing(make_run: MakeRun, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"suffix must name a format"):
        run_figures(make_run(), tmp_path / "figures", suffix=".bmp")
    assert not (tmp_path / "figures").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("")
    with pytest.raises(InputError, match=r"must be a folder to write to"):
        run_figures(make_run(), tmp_path / "figures")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> pipeline.RunResult:
    """Five steps of a small network whose layers have odd names."""
    network = chain(
        dense(ODD_NAMES[0], 3, 2, "relu", seed=1),
        lstm(ODD_NAMES[1], 2, 3, seed=2),
        dense(ODD_NAMES[2], 3, 3, seed=3),
    )
    out = tmp_path_factory.mktemp("simulated") / "run"
    return pipeline.run(network, signal(5, 3, seed=4), design=load_design(), out=out)


def test_a_simulated_run_has_all_figures(simulated: pipeline.RunResult, tmp_path: Path) -> None:
    paths = run_figures(simulated, tmp_path)
    assert stems(paths) == ["outputs", "states", "error", "conductances", "unit"]


def test_the_pipeline_keeps_conductances_under_any_layer_name(
    simulated: pipeline.RunResult,
) -> None:
    found = Source(simulated).crossbars
    assert tuple(each.name for each in found) == ODD_NAMES
    network_inputs = signal(5, 3, seed=4)
    np.testing.assert_array_equal(Source(simulated).inputs, network_inputs)
    shapes = [each.g_pos_siemens.shape for each in found]
    assert shapes == [(4, 2), (6, 12), (4, 3)]  # the last word line is the bias
    assert all(each.r_feedback_ohm.shape == (each.g_neg_siemens.shape[1],) for each in found)


def test_dots_of_a_simulated_unit_are_the_reference_states(
    simulated: pipeline.RunResult,
) -> None:
    source = Source(simulated)
    (layer,) = recurrent_layers(source.volts_per_unit, source.clock.depth)
    assert (layer.name, layer.units) == (ODD_NAMES[1], 3)
    figure = unit_figure(source, layer, unit=0, first_step=1)
    h_next = figure.axes[-1].get_lines()[1].get_ydata() / source.volts_per_unit[f"{layer.name}.h0"]
    network = chain(dense(ODD_NAMES[0], 3, 2, "relu", seed=1), lstm(ODD_NAMES[1], 2, 3, seed=2))
    states = network.forward(signal(5, 3, seed=4)).outputs
    np.testing.assert_allclose(h_next, states[1:4, 0], atol=2e-3)


def test_a_simulated_run_opened_again_gives_the_same_lines(
    simulated: pipeline.RunResult,
) -> None:
    again = outputs_figure(Source(pipeline.open_run(simulated.directory)))
    for axes, fresh in zip(again.axes, outputs_figure(Source(simulated)).axes, strict=True):
        for line, other in zip(axes.get_lines(), fresh.get_lines(), strict=True):
            np.testing.assert_array_equal(line.get_ydata(), other.get_ydata())


def test_conductances_in_the_run_directory_are_those_of_the_mapping(
    simulated: pipeline.RunResult,
) -> None:
    network = chain(
        dense(ODD_NAMES[0], 3, 2, "relu", seed=1),
        lstm(ODD_NAMES[1], 2, 3, seed=2),
        dense(ODD_NAMES[2], 3, 3, seed=3),
    )
    design = load_design(simulated.directory / rundir.DESIGN)
    (stage,) = prepare(network, signal(5, 3, seed=4), design).stages
    for mapped, kept in zip(stage.mapped.layers, Source(simulated).crossbars, strict=True):
        np.testing.assert_array_equal(mapped.crossbar.g_pos_siemens, kept.g_pos_siemens)
        np.testing.assert_array_equal(mapped.crossbar.g_neg_siemens, kept.g_neg_siemens)
        np.testing.assert_array_equal(mapped.crossbar.r_feedback_ohm, kept.r_feedback_ohm)


def test_every_circuit_of_a_network_that_reads_backwards_is_shown(tmp_path: Path) -> None:
    both = Bidirectional("bi", lstm("", 2, 2, seed=1), lstm("", 2, 2, seed=2))
    network = chain(dense("in", 3, 2, seed=4), both, lstm("z", 4, 2, seed=6))
    inputs = signal(2, 3, 3, seed=1)
    run = pipeline.run(network, inputs, design=load_design(), out=tmp_path / "run")
    circuits = [Source(run, stage) for stage in (1, 2, 3)]
    found = [recurrent_layers(each.volts_per_unit, each.clock.depth) for each in circuits]
    assert [[(layer.name, layer.depth) for layer in layers] for layers in found] == [
        [],
        [("bi.forward", 0), ("bi.backward", 0)],
        [("z", 0)],
    ]
    assert [each.clock.depth for each in circuits] == [0, 1, 1]
    figures = dict(figures_of(run))
    states, units = ([f"{kind}_{layer}" for layer in range(3)] for kind in ("states", "unit"))
    assert list(figures) == ["outputs", *states, "error", "conductances", *units]
    assert figures["states_1"]().get_suptitle() == "Layer bi.backward: states over time"
