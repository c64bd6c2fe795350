"""A compiled library from Python: the interface of `osdi_0_3.h` in ctypes."""

from __future__ import annotations

import ctypes
import json
import sys
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char_p,
    c_double,
    c_int32,
    c_uint32,
    c_void_p,
)
from pathlib import Path

CALLER = c_void_p  # the simulator's handle, which a model only passes back
ACCESS_FLAG_INSTANCE = 4


class SimParas(Structure):
    """OsdiSimParas: the simulator's own parameters, such as gmin."""

    _fields_ = [
        ("names", POINTER(c_char_p)),
        ("vals", POINTER(c_double)),
        ("names_str", POINTER(c_char_p)),
        ("vals_str", POINTER(c_char_p)),
    ]


class SimInfo(Structure):
    """OsdiSimInfo: what a model is told at every evaluation."""

    _fields_ = [
        ("paras", SimParas),
        ("abstime", c_double),
        ("prev_solve", POINTER(c_double)),
        ("prev_state", POINTER(c_double)),
        ("next_state", POINTER(c_double)),
        ("flags", c_uint32),
    ]


class InitInfo(Structure):
    """OsdiInitInfo: complaints of a model about its parameters."""

    _fields_ = [("flags", c_uint32), ("num_errors", c_uint32), ("errors", c_void_p)]


class NodePair(Structure):
    """OsdiNodePair: two nodes by number."""

    _fields_ = [("node_1", c_uint32), ("node_2", c_uint32)]


class JacobianEntry(Structure):
    """OsdiJacobianEntry: a place in the matrix."""

    _fields_ = [("nodes", NodePair), ("react_ptr_off", c_uint32), ("flags", c_uint32)]


class Node(Structure):
    """OsdiNode: a terminal or an internal node."""

    _fields_ = [
        ("name", c_char_p),
        ("units", c_char_p),
        ("residual_units", c_char_p),
        ("offsets", c_uint32 * 4),
        ("is_flow", c_bool),
    ]


class ParamOpvar(Structure):
    """OsdiParamOpvar: a parameter, or what the model tells of its operating point."""

    _fields_ = [
        ("name", POINTER(c_char_p)),
        ("num_alias", c_uint32),
        ("description", c_char_p),
        ("units", c_char_p),
        ("flags", c_uint32),
        ("len", c_uint32),
    ]


Load = CFUNCTYPE(None, c_void_p, c_void_p, POINTER(c_double))


class Descriptor(Structure):
    """OsdiDescriptor: everything a simulator learns of a model."""

    _fields_ = [
        ("name", c_char_p),
        ("num_nodes", c_uint32),
        ("num_terminals", c_uint32),
        ("nodes", POINTER(Node)),
        ("num_jacobian_entries", c_uint32),
        ("jacobian_entries", POINTER(JacobianEntry)),
        ("num_collapsible", c_uint32),
        ("collapsible", POINTER(NodePair)),
        ("collapsed_offset", c_uint32),
        ("noise_sources", c_void_p),
        ("num_noise_src", c_uint32),
        ("num_params", c_uint32),
        ("num_instance_params", c_uint32),
        ("num_opvars", c_uint32),
        ("param_opvar", POINTER(ParamOpvar)),
        ("node_mapping_offset", c_uint32),
        ("jacobian_ptr_resist_offset", c_uint32),
        ("num_states", c_uint32),
        ("state_idx_off", c_uint32),
        ("bound_step_offset", c_uint32),
        ("instance_size", c_uint32),
        ("model_size", c_uint32),
        ("access", CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_uint32, c_uint32)),
        (
            "setup_model",
            CFUNCTYPE(None, CALLER, c_void_p, POINTER(SimParas), POINTER(InitInfo)),
        ),
        (
            "setup_instance",
            CFUNCTYPE(
                None, CALLER, c_void_p, c_void_p, c_double, c_uint32,
                POINTER(SimParas), POINTER(InitInfo),
            ),
        ),
        ("eval", CFUNCTYPE(c_uint32, CALLER, c_void_p, c_void_p, POINTER(SimInfo))),
        ("load_noise", c_void_p),
        ("load_residual_resist", Load),
        ("load_residual_react", Load),
        ("load_limit_rhs_resist", Load),
        ("load_limit_rhs_react", Load),
        ("load_spice_rhs_dc", c_void_p),
        ("load_spice_rhs_tran", c_void_p),
        ("load_jacobian_resist", CFUNCTYPE(None, c_void_p, c_void_p)),
        ("load_jacobian_react", CFUNCTYPE(None, c_void_p, c_void_p, c_double)),
        ("load_jacobian_tran", CFUNCTYPE(None, c_void_p, c_void_p, c_double)),
    ]  # fmt: skip


class Library:
    """One model of a compiled library, with one instance.

    Args:
        path: the library.
        temperature_kelvin: of the instance.
    Raises:
        OSError: it cannot be loaded.
        ValueError: it does not hold exactly one model.
    """

    def __init__(self, path: Path, temperature_kelvin: float = 300.15) -> None:
        self._code = ctypes.CDLL(str(path))
        if c_uint32.in_dll(self._code, "OSDI_NUM_DESCRIPTORS").value != 1:
            raise ValueError(f"{path} must hold exactly one model")
        self.descriptor = Descriptor.in_dll(self._code, "OSDI_DESCRIPTORS")
        self.model = ctypes.create_string_buffer(self.descriptor.model_size)
        self.instance = ctypes.create_string_buffer(self.descriptor.instance_size)
        self._nothing = (c_char_p * 1)(None)
        self.paras = SimParas(self._nothing, None, self._nothing, None)
        self.temperature_kelvin = temperature_kelvin
        self.set_up()

    def set_up(self) -> None:
        """Let the model compute what follows from its parameters."""
        info = InitInfo()
        descriptor = self.descriptor
        descriptor.setup_model(None, self.model, self.paras, info)
        descriptor.setup_instance(
            None, self.instance, self.model, self.temperature_kelvin,
            descriptor.num_terminals, self.paras, info,
        )  # fmt: skip

    def describe(self) -> dict[str, object]:
        """What `model.VerilogParameter` and `model.CompiledModel` hold, as JSON takes it."""
        nodes = [
            self._text(self.descriptor.nodes[k].name) for k in range(self.descriptor.num_nodes)
        ]
        terminals = self.descriptor.num_terminals
        return {
            "module": self._text(self.descriptor.name),
            "terminals": nodes[:terminals],
            "internal_nodes": nodes[terminals:],
            "parameters": self._parameters(),
        }

    def _parameters(self) -> list[dict[str, object]]:
        instance = self.descriptor.num_instance_params
        found: dict[str, dict[str, object]] = {}
        for index in range(self.descriptor.num_params):
            entry = self.descriptor.param_opvar[index]
            name = self._text(entry.name[0])
            if name.startswith("$"):  # $mfactor and its kin belong to every model
                continue
            known = found.setdefault(name, self._parameter(index, name, entry))
            known["on_instance" if index < instance else "on_model"] = True
        return list(found.values())

    def _parameter(self, index: int, name: str, entry: ParamOpvar) -> dict[str, object]:
        kind = ("real", "integer", "string")[entry.flags & 3]
        instance = index < self.descriptor.num_instance_params
        flags = ACCESS_FLAG_INSTANCE if instance else 0
        place = self.descriptor.access(self.instance, self.model, index, flags)
        default: float | None = None
        if kind != "string":
            stored = (c_double if kind == "real" else c_int32).from_address(place)
            default = stored.value
        return {
            "name": name.lower(),
            "kind": kind,
            "default": default,
            "unit": self._text(entry.units),
            "description": self._text(entry.description),
            "on_instance": False,
            "on_model": False,
        }

    def _text(self, words: bytes | None) -> str:
        return (words or b"").decode(errors="replace")


def main() -> int:
    """Print what a library says about itself: `python library.py FILE.osdi`.

    That is done in a process of its own, because a library is code, which may end with a
    crash, and which cannot be unloaded.
    """
    json.dump(Library(Path(sys.argv[1]).resolve()).describe(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
