"""Calibration: data sheets and measured circuits become trims and hardware-aware references."""

from spicegen.calibration.calibrate import Calibration, Ranges, calibrate
from spicegen.calibration.cells import CellCurves, cell_curves
from spicegen.calibration.fitted import fitted_cells
from spicegen.calibration.identify import identify
from spicegen.calibration.model import CircuitModel
from spicegen.calibration.record import read_calibration, write_calibration

__all__ = [
    "Calibration",
    "CellCurves",
    "CircuitModel",
    "Ranges",
    "calibrate",
    "cell_curves",
    "fitted_cells",
    "identify",
    "read_calibration",
    "write_calibration",
]
