"""The whole way: network and inputs -> circuit -> deck -> run -> waveforms -> score."""

from spicegen.pipeline.prepare import Prepared, Stage, prepare
from spicegen.pipeline.result import RunResult, open_run, open_waveforms
from spicegen.pipeline.simulate import choose_engine, emit, run
from spicegen.pipeline.stage import Progress

__all__ = [
    "Prepared",
    "Progress",
    "RunResult",
    "Stage",
    "choose_engine",
    "emit",
    "open_run",
    "open_waveforms",
    "prepare",
    "run",
]
