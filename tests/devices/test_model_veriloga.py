"""The Verilog-A form in ngspice against numpy, once the compile route is there."""

from pathlib import Path

import pytest
from device_forms import BOUND, Compare, engine_or_skip, stimuli

from spicegen.devices import MemristorModel, Preset
from spicegen.pipeline.device_bench import run_device

Loaded = tuple[MemristorModel, Preset]
POINTS = 500

veriloga = pytest.importorskip(
    "spicegen.devices.veriloga", reason="the compile route of Verilog-A is not there yet"
)


def test_ngspice_agrees_with_numpy(loaded: Loaded, compare: Compare, tmp_path: Path) -> None:
    model, preset = loaded
    engine, worst = engine_or_skip("ngspice"), {}
    card = model.card("verilog-a")
    library = str(veriloga.build_osdi(card.file).osdi)
    for name, stimulus in stimuli(preset):
        trace = run_device(engine, card, stimulus, preset.use.x0, tmp_path, POINTS, library)
        worst[name] = compare(trace, model, stimulus, preset.use.x0)
    assert max(max(pair) for pair in worst.values()) <= BOUND, worst
