"""Raw files read back as named arrays with units, and values at sampling instants."""

from spicegen.waveforms.decimate import min_max
from spicegen.waveforms.plot import Plot, Variable
from spicegen.waveforms.raw import find_plot, main_plot, read_raw
from spicegen.waveforms.waveforms import Waveform, Waveforms

__all__ = [
    "Plot",
    "Variable",
    "Waveform",
    "Waveforms",
    "find_plot",
    "main_plot",
    "min_max",
    "read_raw",
]
