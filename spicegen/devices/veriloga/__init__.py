"""Verilog-A models for ngspice, with the OpenVAF compiler or without it.

Where `openvaf-r` or `openvaf` is on PATH, it compiles. Otherwise the front end of OpenVAF,
from the package openvaf-py, gives the equations and their derivatives; a C file against the
Open Source Device Interface 0.3 is written from them and compiled with the system's compiler.
"""

from spicegen.devices.veriloga.build import build_osdi, install
from spicegen.devices.veriloga.model import CompiledModel, VerilogParameter

__all__ = ["CompiledModel", "VerilogParameter", "build_osdi", "install"]
