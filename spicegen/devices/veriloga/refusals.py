"""Constructs that would be computed wrongly, found in the source before it is compiled.

OpenVAF evaluates the whole analog block anew at every iteration, with every variable reset:
what is meant to happen once, later, or with a memory happens otherwise than it reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spicegen.devices.veriloga.declarations import module_names, parameters, variables
from spicegen.devices.veriloga.names import BUILT_IN_MODELS
from spicegen.devices.veriloga.source import Source
from spicegen.devices.veriloga.tokens import Token
from spicegen.errors import InputError

STATE = (
    'keep the state on an internal node: if (analysis("static")) I(x) <+ V(x) - x0; '
    "else I(x) <+ ddt(V(x)) - rate;"
)
FILTER = "write the filter with ddt() on internal nodes"
STIMULUS = "make the waveform with a source of the deck"


@dataclass(frozen=True, slots=True)
class Rule:
    """A construct that is refused.

    Args:
        words: pattern of the word, from its start to its end.
        rule: why it is refused.
        remedy: what to write instead.
        called: it must be followed by a parenthesis.
        openvaf: the OpenVAF compiler itself computes it rightly, or says that it cannot.
    """

    words: str
    rule: str
    remedy: str
    called: bool = False
    openvaf: bool = True


RULES = (
    Rule(
        "absdelay", "would pass its argument straight through, without delay",
        "put the delay into the deck (a T element), or write it with ddt() on internal nodes",
        called=True, openvaf=False,
    ),
    Rule("idtmod", "is not computed reliably", "use idt() and take the modulus of it", True),
    Rule("transition|slew", "is not computed", STIMULUS, True),
    Rule("laplace_(?:zp|zd|np|nd)|zi_(?:zp|zd|np|nd)", "is not computed", FILTER, True),
    Rule("last_crossing", "is not computed", STATE, True),
    Rule("ac_stim", "is not computed", "put the AC stimulus on a source of the deck", True),
    Rule(
        r"\$(?:a?random|r?dist_\w+)", "would draw a new number at every iteration",
        "give random values as parameters on the instance line", openvaf=False,
    ),
    Rule(
        r"\$bound_step", "would be ignored",
        "remove it, and give .tran its longest step (the fourth number)",
    ),
    Rule(
        r"\$(?:finish|stop|fatal)", "cannot end the simulation",
        "give the parameter a range (from [a:b]); remove it otherwise",
    ),
    Rule(r"\$table_model", "is not computed", "write a polynomial or a chain of if/else"),
    Rule(
        r"\$(?:fopen|fclose|fwrite|fstrobe|fdisplay|fscanf|test\$plusargs|value\$plusargs)",
        "is not computed", "give values as parameters",
    ),
)  # fmt: skip
WORDS = [(re.compile(rule.words), rule) for rule in RULES]
PRINTING = ("$strobe", "$display", "$write", "$monitor", "$debug", "$info", "$warning", "$error")
NOISE = ("white_noise", "flicker_noise", "noise_table")


def refuse(source: Source, with_openvaf: bool = False) -> None:
    """Check that a source holds nothing that would be computed wrongly.

    Args:
        source: to be compiled.
        with_openvaf: by the OpenVAF compiler itself, which can do more.
    Raises:
        InputError: it does; the message gives file and line, and what to write instead.
    """
    stream = source.compiled
    words = [(pattern, rule) for pattern, rule in WORDS if not (with_openvaf and rule.openvaf)]
    for position, token in enumerate(stream):
        after = [one.text for one in stream[position + 1 : position + 3]]
        _check_time(source, token, after)
        for pattern, rule in words:
            if pattern.fullmatch(token.text) and (not rule.called or after[:1] == ["("]):
                raise InputError(
                    source.place(token), f"{token.text} {rule.rule}", remedy=rule.remedy
                )
    _check_names(source)
    if not with_openvaf:
        _check_kinds(source)
        _check_ports(source)


def notes(source: Source) -> tuple[str, ...]:
    """What a source holds that is left out without harm to voltages and currents."""
    found = []
    for token in source.compiled:
        if token.text in PRINTING:
            found.append(f"{source.place(token)}: {token.text} prints nothing")
        elif token.text in NOISE:
            found.append(f"{source.place(token)}: {token.text} is left out of .noise analyses")
    return tuple(dict.fromkeys(found))


def remembered(source: Source, name: str) -> InputError:
    """The complaint about a variable that is read before it has a value."""
    mentions = [token for token in source.compiled if token.text == name]
    declared = {variable.token for variable in variables(source.compiled)}
    place = next((token for token in mentions if token not in declared), mentions[0])
    return InputError(
        source.place(place),
        f"the variable {name} is read before it is assigned, as if it kept its value from one "
        "iteration to the next, but it is reset",
        remedy=f"{STATE} If it needs no memory, assign it first, such as {name} = 0;",
    )


def _check_time(source: Source, token: Token, after: Sequence[str]) -> None:
    """What is meant to run at a certain time would run at every iteration, or never."""
    if token.text == "@":
        rule, remedy = _event(after)
        raise InputError(source.place(token), rule, remedy=remedy)
    if token.text == "analog" and after[:1] == ["initial"]:
        rule = "analog initial would run at every iteration, not once"
        raise InputError(source.place(token), rule, remedy=STATE)


def _event(after: Sequence[str]) -> tuple[str, str]:
    name = next((word for word in after if word != "("), "")
    if name in ("initial_step", "final_step"):
        return f"@({name}) would run at every iteration, not once", STATE
    return f"the event @({name}) is not noticed", f"write the condition as if (...); {STATE}"


def _check_kinds(source: Source) -> None:
    for parameter in parameters(source.compiled):
        if parameter.kind == "string":
            raise InputError(
                source.place(parameter.token),
                f"parameter {parameter.name} must not be a string",
                remedy="use an integer parameter to choose",
            )
    for variable in variables(source.compiled):
        if variable.kind == "string" or variable.array:
            what = "an array" if variable.array else "a string"
            raise InputError(
                source.place(variable.token),
                f"variable {variable.name} must not be {what}",
                remedy="use one real or integer variable for each value",
            )


def _check_ports(source: Source) -> None:
    """I(<p>), the current into a terminal, is no unknown that the equations could use."""
    stream = source.compiled
    for first, second, third in zip(stream, stream[1:], stream[2:], strict=False):
        if (second.text, third.text) == ("(", "<") and first.kind == "name":
            raise InputError(
                source.place(first),
                f"the current into a terminal, {first.text}(<...>), is not computed",
                remedy="lead the terminal to an internal node with V(p, inner) <+ 0; and use "
                "I(p, inner)",
            )


def _check_names(source: Source) -> None:
    modules = module_names(source.compiled)
    where = str(source.path)
    if len(modules) != 1:
        raise InputError(
            where,
            "must hold exactly one module",
            ", ".join(token.text for token in modules) or "none",
            "put each module into a file of its own" if modules else "",
        )
    module = modules[0]
    if module.text.lower() in BUILT_IN_MODELS:
        raise InputError(
            source.place(module),
            "the module must not be called like a model type of ngspice",
            module.text,
            f"call it {module.text}_va",
        )
    known = {"m": "the multiplier m"}
    for parameter in parameters(source.compiled):
        other = known.setdefault(parameter.name.lower(), parameter.name)
        if other != parameter.name:
            raise InputError(
                source.place(parameter.token),
                f"ngspice does not tell parameter {parameter.name} from {other}",
                remedy="rename it; upper and lower case are the same to ngspice",
            )
