"""A static analysis cut into circuits, against the whole circuit."""

from __future__ import annotations

import signal as signal_module
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.circuit import back_action
from spicegen.network import Bidirectional, Network
from spicegen.pipeline import RunResult, open_waveforms, prepare

DEEP = chain(
    dense("a", 3, 7, "relu", seed=1), dense("b", 7, 5, "tanh", seed=2), dense("c", 5, 2, seed=3)
)
MIXED = chain(
    dense("in", 3, 4, "tanh", seed=1), lstm("core", 4, 3, seed=2), dense("out", 3, 5, seed=3)
)
LAST = chain(lstm("core", 3, 3, returns="last", seed=2), dense("out", 3, 4, "relu", seed=3))
BOTH = chain(
    Bidirectional("bi", lstm("f", 3, 2, seed=4), lstm("b", 3, 2, seed=5)),
    dense("out", 4, 3, seed=6),
)
TIGHT = ("simulation.reltol=1e-9", "simulation.vntol_volts=1e-11", "simulation.abstol_ampere=1e-15")


def ran(network: Network, inputs: np.ndarray, out: Path, jobs: int, *sets: str) -> RunResult:
    values = ["simulation.analysis=static", f"simulation.jobs={jobs}", *TIGHT]
    return sg.run(network, inputs, design=sg.load_design(None, [*values, *sets]), out=out)


@pytest.mark.parametrize(
    ("network", "circuits"),
    [(DEEP, 6), (MIXED, 5), (LAST, 3), (BOTH, 3)],
    ids=["dense", "mixed", "last", "both directions"],
)
@pytest.mark.parametrize("cells", ["resistor", "transconductance"])
def test_the_cut_is_exact(network: Network, circuits: int, cells: str, tmp_path: Path) -> None:
    inputs = signal(9, 3, seed=8) if network is DEEP else signal(2, 6, 3, seed=8)
    sets = (f"mapping.cells={cells}",)
    whole = ran(network, inputs, tmp_path / "w", 1, *sets)
    cut = ran(network, inputs, tmp_path / "c", 2, *sets)
    bound = 1e-5 if cells == "resistor" else 1e-8
    np.testing.assert_allclose(cut.outputs, whole.outputs, rtol=0, atol=bound)
    assert len(cut.summary["stages"]) == circuits
    assert cut.summary["partition"]["cut_error_pct"] <= 100 * bound
    assert "partition" not in whole.summary


def test_back_action_is_what_the_cut_leaves_out(tmp_path: Path) -> None:
    """Weak amplifiers show it: well above the solver's tolerance, and below the bound."""
    weak = ("mapping.cells=resistor", "opamp.gain=300", "opamp.r_out_ohm=3000")
    inputs = signal(9, 3, seed=8)
    whole = ran(DEEP, inputs, tmp_path / "w", 1, *weak)
    cut = ran(DEEP, inputs, tmp_path / "c", 2, *weak)
    apart = np.abs(cut.outputs - whole.outputs).max()
    found = cut.summary["partition"]
    assert apart > 1e-5
    span = np.ptp(cut.outputs, axis=0)
    first = np.abs(cut.outputs - whole.outputs)[:4] / span
    assert found["cut_error_pct"] == pytest.approx(100 * first.max(), rel=1e-3)
    assert found["cut_error_pct"] / 100 <= 3 * found["back_action"]
    assert found["back_action"] < 0.05


def test_back_action_by_hand() -> None:
    design = sg.load_design(None, ["simulation.analysis=static", "mapping.cells=resistor"])
    mapped = prepare(DEEP, signal(5, 3, seed=8), design).stages[0].mapped
    rows = [layer.crossbar.g_pos_siemens + layer.crossbar.g_neg_siemens for layer in mapped.layers]
    largest = max(rows[1][:7].sum(axis=1).max(), rows[2][:5].sum(axis=1).max())
    assert back_action(mapped, design) == pytest.approx(100.0 * largest / (1 + 1e6))
    ideal = sg.load_design(None, ["simulation.analysis=static", "fidelity=ideal"])
    assert back_action(mapped, ideal) == 0.0


def test_signals_keep_their_numbers(tmp_path: Path) -> None:
    inputs = signal(4, 3, seed=8)
    whole = ran(DEEP, inputs, tmp_path / "w", 1)
    ran(DEEP, inputs, tmp_path / "c", 2)
    second = open_waveforms(tmp_path / "c", 2)
    assert [name for name in second.aliases if name.startswith("a.out")] == [
        "a.out3", "a.out4", "a.out5", "a.out6"
    ]  # fmt: skip
    np.testing.assert_allclose(
        second["a.out5"].values, whole.waveforms["a.out5"].values, rtol=0, atol=1e-7
    )


def test_more_processes_than_bit_lines(tmp_path: Path) -> None:
    cut = ran(DEEP, signal(4, 3, seed=8), tmp_path / "c", 6)
    assert len(cut.summary["stages"]) == 6 + 5 + 2
    assert cut.accuracy.max_error_pct <= 0.01


def test_what_is_emitted_is_what_runs(tmp_path: Path) -> None:
    inputs = signal(4, 3, seed=8)
    result = ran(DEEP, inputs, tmp_path / "c", 2)
    emitted = sg.emit(DEEP, inputs, sg.load_design(tmp_path / "c" / "design.toml"), tmp_path / "e")
    first, later = (summary["stages"] for summary in (emitted, result.summary))
    assert [each["deck"] for each in first] == [each["deck"] for each in later]
    # later circuits see simulated inputs instead of the reference's
    assert first[:2] == later[:2]


def test_a_transient_is_not_cut(tmp_path: Path) -> None:
    design, said = sg.load_design(None, ["simulation.jobs=2"]), list[str]()
    inputs = signal(4, 3, seed=8)
    result = sg.run(DEEP, inputs, design=design, out=tmp_path / "a", announce=said.append)
    assert len(result.summary["stages"]) == 1
    assert any("a transient is one circuit" in line for line in said)


def test_op_amps_that_differ_keep_the_circuit_whole(tmp_path: Path) -> None:
    drawn = '"opamp-mismatch"\nsigma_offset_volts = 1e-4'
    (tmp_path / "d.toml").write_text(f"[[nonideality]]\nkind = {drawn}\n")
    values = ["simulation.analysis=static", "simulation.jobs=2"]
    design = sg.load_design(tmp_path / "d.toml", values)
    result = sg.run(DEEP, signal(4, 3, seed=8), design=design, out=tmp_path / "a")
    assert len(result.summary["stages"]) == 1


def test_an_interrupt_ends_every_engine(tmp_path: Path) -> None:
    """Within a second or two, although the blocks would run for minutes."""
    wide = chain(dense("a", 200, 200, "relu", seed=1), dense("b", 200, 10, seed=2))
    started, main = time.monotonic(), threading.main_thread().ident

    def interrupt(what: str, share: float) -> None:
        if what == "simulate":
            threading.Timer(1.0, signal_module.pthread_kill, [main, signal_module.SIGINT]).start()

    design = sg.load_design(None, ["simulation.analysis=static", "simulation.jobs=2"])
    with pytest.raises(KeyboardInterrupt):
        sg.run(wide, signal(5_000, 200, seed=8), design=design, out=tmp_path / "a",
               progress=interrupt)  # fmt: skip
    assert time.monotonic() - started < 30
    assert not list(tmp_path.iterdir())
