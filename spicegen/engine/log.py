"""The lines of an engine's log that matter, collected from real runs of ngspice 46.

ngspice goes on after many errors, ignores elements that it cannot read with a warning
only, and exits 0 in several such cases: the log decides, not the exit status alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ERROR = re.compile(
    r"error\b|fatal error|internal error|doAnalyses:|run simulation\(s\) aborted"
    r"|yyparse error|too (?:few|many) parameters|no circuit loaded|simulation interrupted"
    r"|\S+: no such command|\S+: no such file or directory|warning, can't find model"
    r"|.*error while loading shared lib"
    r"|OSDI\([^)]*\) \S+: error\b",
    re.I,
)
# the engine warns only, but simulates a circuit that is not the deck's
LEFT_OUT = re.compile(
    r"warning.*("
    r"is not a valid .* instance line, ignored|redefinition of \.subckt|unusual leading characters"
    r"|on non-existent node|unrecognized variable|has non-increasing pwl"
    # neospice
    r"|skipping|truncating|defaulting to|using default|implicitly closing|not supported|unsupported"
    r"|unrecognized|unknown|ignored|failed to evaluate|cannot open)",
    re.I,
)
# errors by name, yet the run that finishes in spite of them is sound: an option that an
# older ngspice does not know (klu), a Newton step that left a function's domain
RECOVERED = re.compile(r"error: (?:unknown option - ignored|\S+ out of range for)", re.I)
# true, but without a word about the cause
GENERIC = re.compile(
    r"simulation interrupted|error: circuit not parsed|error: there aren't any circuits"
    r"|no circuit loaded|run simulation\(s\) aborted|error: fatal error in ngspice"
    r"|error: transient op failed|error: the operating point could not"
    r"|error: finding the operating point|error: ngspice\.dll cannot recover",
    re.I,
)
# what a compiled model says; ngspice itself then speaks of the time step
MODEL = re.compile(r"OSDI\(")
WARNING = re.compile(r"warning\b", re.I)
OTHER = re.compile(rf"note:|warning\b|{GENERIC.pattern}", re.I)
# libngspice passes lines on without their indent
CONTINUED = re.compile(r"from file|while reading|check |in line |in file|line no", re.I)
OPEN = re.compile(r".*\b(?:from|in|at) (?:line|file)$")
# what tells why an analysis failed
HINT = re.compile(r"warning: singular matrix|error: \S+ out of range for", re.I)
SOLVER = re.compile(r"Using (KLU|SPARSE)\b.*Direct Linear Solver", re.I)
MESSAGE_LINES = 5
QUOTE_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class LogFindings:
    """What a log says.

    Args:
        errors: error messages in the order of the log, each in one line.
        warnings: warnings, each once, in the order of the log.
        solver: the linear solver, `klu` or `sparse`; empty where the engine does not say.
    """

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    solver: str

    @property
    def cause(self) -> str:
        """The error to quote: the first that says something, with a hint at the reason if any."""
        if not self.errors:
            return ""
        telling = [error for error in self.errors if not GENERIC.match(error)]
        of_models = [error for error in telling if MODEL.match(error)]
        quote = (of_models or telling or list(self.errors))[0]
        hints = [line for line in self.warnings if HINT.match(line)]
        if hints and quote.startswith("doAnalyses"):
            quote = f"{quote} ({hints[0]})"
        return quote[:QUOTE_CHARACTERS]


def read_log(text: str) -> LogFindings:
    """Errors and warnings of a log of ngspice, libngspice or neospice."""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    errors: list[str] = []
    warnings: dict[str, None] = {}
    solver = ""
    for index, line in enumerate(map(str.strip, lines)):
        if LEFT_OUT.match(line) or (ERROR.match(line) and not RECOVERED.match(line)):
            errors.append(_message(lines, index))
        elif RECOVERED.match(line) or WARNING.match(line):
            warnings.setdefault(_message(lines, index))
        elif found := SOLVER.match(line):
            solver = found[1].casefold()
    return LogFindings(tuple(errors), tuple(warnings), solver)


def _message(lines: list[str], start: int) -> str:
    """A message with the lines that continue it, joined into one."""
    message = [lines[start].strip()]
    header = message[0].endswith(":")  # Error on line 5 or its substitute:
    for line in lines[start + 1 : start + MESSAGE_LINES]:
        bare = line.strip()
        if OTHER.match(bare) or ERROR.match(bare) or SOLVER.match(bare):
            break
        announced = header or OPEN.match(message[-1])
        if not (announced or line[0].isspace() or CONTINUED.match(bare)):
            break
        message.append(bare)
    return " ".join(" ".join(line.split()) for line in message)
