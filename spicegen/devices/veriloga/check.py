"""Whether compiled equations can be written as C, and compute what the source means."""

from __future__ import annotations

import re

from spicegen.devices.veriloga.instrument import MARK
from spicegen.devices.veriloga.mir import Instruction
from spicegen.devices.veriloga.module import STORED, Module
from spicegen.devices.veriloga.refusals import remembered
from spicegen.devices.veriloga.source import Source
from spicegen.errors import InputError

_INPUTS = (
    "param param_given cached voltage current implicit_unknown temperature abstime "
    "port_connected enable_integration enable_lim prev_state new_state"
)
INPUTS = frozenset(_INPUTS.split())
# what ngspice tells a model by $simparam
_SETTINGS = "gmin tnom iniLim simulatorVersion sourceScaleFactor epsmin reltol vntol abstol gdev"
SETTINGS = frozenset(_SETTINGS.split())
SOLVED = ("voltage", "current", "implicit_unknown", "prev_state")
# operations whose derivative the front end gets wrong: what the source says, what to write
WRONG_DERIVATIVES = {
    "atan2": ("atan2", "write atan(y / x), and atan(x / y) where |y| is the larger"),
    "hypot": ("hypot", "write sqrt(x * x + y * y)"),
    "frem": ("%", "write x - m * floor(x / m)"),
}
NOISE = ("WhiteNoise", "FlickerNoise", "NoiseTable")  # zero but in .noise analyses
JUNCTION = re.compile(r"BuiltinLimit \{.*num_args: 4 \}")
OPENVAF = "put the OpenVAF compiler (openvaf-r) on PATH, which compiles it without C"


def check(module: Module, source: Source, with_openvaf: bool = False) -> None:
    """Check that the equations depend on nothing that cannot be given to them.

    Args:
        module: compiled from the source.
        source: for the places in messages.
        with_openvaf: check for memory only; OpenVAF itself sees to the rest.
    Raises:
        InputError: they do.
    """
    function = module.evaluation
    live = function.live(module.outputs())
    for call in function:
        if setting := _remembered(module, call, live):
            raise remembered(source, setting)
    if with_openvaf:
        return
    _check_nodes(module, source)
    for call in function:
        if call.opcode == "call" and (call.result in live or _stores(module, call)):
            _check_call(module, source, call)
    for one in function:
        if one.opcode in WRONG_DERIVATIVES and one.result in live and _varies(module, one):
            word, remedy = WRONG_DERIVATIVES[one.opcode]
            rule = f"the front end computes a wrong derivative of {word}"
            raise InputError(_place(source, word), rule, remedy=remedy)
    for value, given in function.inputs.items():
        if value in live and given.kind not in INPUTS and given.name != "mfactor":
            raise _unknown(source, given.name or given.kind)


def _varies(module: Module, one: Instruction) -> bool:
    """A result depends on what the simulator solves for."""
    inputs = module.evaluation.inputs
    needed = module.evaluation.needed(one.operands)
    return any(value in inputs and inputs[value].kind in SOLVED for value in needed)


def _check_nodes(module: Module, source: Source) -> None:
    known: dict[str, str] = {}
    for node in module.nodes:
        if (other := known.setdefault(node.lower(), node)) != node:
            raise InputError(
                _place(source, node),
                f"ngspice does not tell node {node} from {other}",
                remedy="rename one; upper and lower case are the same to ngspice",
            )


def _remembered(module: Module, call: Instruction, live: set[str]) -> str:
    """The variable whose unknown first value the equations depend on, or empty."""
    known = module.evaluation.constants
    word = str(known.get(call.operands[0], "")) if call.operands else ""
    marked = call.opcode == "call" and call.result in live and word.startswith(MARK)
    return word.removeprefix(MARK) if marked else ""


def _stores(module: Module, call: Instruction) -> bool:
    return STORED.fullmatch(module.evaluation.callees.get(call.callee, "")) is not None


def _check_call(module: Module, source: Source, call: Instruction) -> None:
    name = module.evaluation.callees.get(call.callee, "")
    if name.startswith(NOISE):
        return
    if name in ("SimParam", "SimParamOpt"):
        setting = str(module.evaluation.constants.get(call.operands[0], ""))
        if name == "SimParam" and setting not in SETTINGS:
            raise InputError(
                _place(source, f'"{setting}"'),
                f'ngspice has no $simparam("{setting}")',
                remedy=f'give a value to use instead: $simparam("{setting}", 0)',
            )
    elif name.startswith("BuiltinLimit") and not JUNCTION.fullmatch(name):
        raise InputError(
            _place(source, "$limit"),
            '$limit is known with "pnjlim", the thermal and the critical voltage only',
            remedy='write $limit(V(a,c), "pnjlim", $vt, vcrit), or leave $limit out',
        )
    elif name != "Analysis" and not name.startswith("BuiltinLimit") and not _stores(module, call):
        raise _unknown(source, name.partition(" ")[0] or call.callee)


def _unknown(source: Source, what: str) -> InputError:
    rule = f"uses {what}, which cannot be expressed in C"
    return InputError(str(source.path), rule, remedy=OPENVAF)


def _place(source: Source, word: str) -> str:
    found = (source.place(token) for token in source.compiled if token.text == word)
    return next(found, str(source.path))
