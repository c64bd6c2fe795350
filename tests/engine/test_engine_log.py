"""Messages of ngspice 46, word for word as real runs left them."""

import pytest

from spicegen.engine.log import read_log

CHATTER = """
Note: No compatibility mode selected!


Circuit: error amplifier, first try

Doing analysis at TEMP = 27.000000 and TNOM = 27.000000

Using KLU as Direct Linear Solver
No. of Data Columns : 3  

Initial Transient Solution
--------------------------

Node                                   Voltage
----                                   -------
error_out                                    0
warn                                         0
v1#branch                                    0


No. of Data Rows : 1024
"""  # noqa: W291 (as printed)

ERRORS = {
    "unknown parameter": (
        "Error on line 5 or its substitute:\n  r2 out 0 1k foo=3\n  unknown parameter (foo) \n"
        "    Simulation interrupted due to error!\n\nError: circuit not parsed.\n"
        "Note: no resource usage information for 'time',\n\tor no active circuit available\n",
        "Error on line 5 or its substitute: r2 out 0 1k foo=3 unknown parameter (foo)",
    ),
    "invalid .tran": (
        "Error on line 6 or its substitute:\n  .tran 10u\n"
        "TSTOP is invalid, must be greater than zero.\n    Simulation interrupted due to error!\n",
        "Error on line 6 or its substitute: .tran 10u TSTOP is invalid, must be greater than zero.",
    ),
    "code model": (
        "Error on line 5 or its substitute:\n  a1 in x lim\n"
        "MIF-ERROR - unable to find definition of model lim\n"
        "    Simulation interrupted due to error!\n\nError: circuit not parsed.\n",
        "Error on line 5 or its substitute: a1 in x lim "
        "MIF-ERROR - unable to find definition of model lim",
    ),
    "missing subcircuit": (
        "Error: unknown subckt: x1 out 0 nosuch\n    in line no. 5 from file circuit.cir\n"
        "    Simulation interrupted due to error!\n\nError: there aren't any circuits loaded.\n",
        "Error: unknown subckt: x1 out 0 nosuch in line no. 5 from file circuit.cir",
    ),
    "ports": (
        'Too few parameters for subcircuit type "nosuch" (instance: xx1)\n'
        "    Simulation interrupted due to error!\n\nError: there aren't any circuits loaded.\n",
        'Too few parameters for subcircuit type "nosuch" (instance: xx1)',
    ),
    "missing include": (
        "Error: Could not find include file nothere.sub\n    While reading circuit.cir\n\n"
        "ERROR: fatal error in ngspice, exit(1)\n",
        "Error: Could not find include file nothere.sub While reading circuit.cir",
    ),
    "unknown model": (
        "warning, can't find model 'dnone' from line\n    d1 out 0 dnone\n"
        "Error on line 5 or its substitute:\n  d1 out 0 dnone\n"
        "could not find a valid modelname\n    Simulation interrupted due to error!\n",
        "warning, can't find model 'dnone' from line d1 out 0 dnone",
    ),
    "expression": (
        "\nYYparse error, syntax error, in expression: parsing stopped at line 5\n"
        "    *   3.0000000000e+00 in    3.0000000000e+00\n\nfrom file    syntax_b.cir\n\n\n"
        "ERROR: fatal error in ngspice, exit(1)\n",
        "YYparse error, syntax error, in expression: parsing stopped at line 5 "
        "* 3.0000000000e+00 in 3.0000000000e+00 from file syntax_b.cir",
    ),
    "undefined parameter": (
        "Error in netlist line no. 6, new internal line no. 5:\n\nUndefined parameter [nope]\n"
        "Error in netlist line no. 6, new internal line no. 5:\n\n Expression err: nope*2}\n",
        "Error in netlist line no. 6, new internal line no. 5: Undefined parameter [nope]",
    ),
    "time step": (
        "doAnalyses: TRAN:  Timestep too small; time = 1.00005, timestep = 9.44608e-16: "
        'trouble with node "x"\n\nrun simulation(s) aborted\n',
        "doAnalyses: TRAN: Timestep too small; time = 1.00005, timestep = 9.44608e-16: "
        'trouble with node "x"',
    ),
    "singular": (
        "Warning: singular matrix:  check node outt\n\nNote: Starting dynamic gmin stepping\n"
        "Warning: singular matrix:  check node outt\n\nWarning: Dynamic gmin stepping failed\n"
        "Note: Transient op started\nError: Transient op failed, timestep too small\n\n"
        "Error: The operating point could not be simulated successfully.\n"
        "    Any of the following steps may fail.!\n\n"
        "Error: Finding the operating point for transient simulation failed \n"
        "doAnalyses: TRAN:  Timestep too small; initial timepoint: cause unrecorded.\n\n"
        "run simulation(s) aborted\n",
        "doAnalyses: TRAN: Timestep too small; initial timepoint: cause unrecorded. "
        "(Warning: singular matrix: check node outt)",
    ),
    "domain": (
        "Error: -2 out of range for ln\n    in line b1\n"
        "doAnalyses: TRAN:  Timestep too small; initial timepoint: cause unrecorded.\n",
        "doAnalyses: TRAN: Timestep too small; initial timepoint: cause unrecorded. "
        "(Error: -2 out of range for ln in line b1)",
    ),
    "nothing saved": (
        "Error: no data saved for Transient analysis; analysis not run\ndoAnalyses: not found\n",
        "Error: no data saved for Transient analysis; analysis not run",
    ),
    "controlling source": (
        "Fatal error: f1: unknown controlling source vnone\n"
        "doAnalyses: no such parameter on this device or parameter is missing\n",
        "Fatal error: f1: unknown controlling source vnone",
    ),
    "library": (
        'Error opening osdi lib "vteam.osdi": No such file or directory!\n'
        "Error: Library vteam.osdi couldn't be loaded!\n",
        'Error opening osdi lib "vteam.osdi": No such file or directory!',
    ),
    "command": ("osdi: no such command available in ngspice\n",) * 2,
    "deck file": ("circuit.cir: No such file or directory\n",) * 2,
    "loader": (
        "ngspice: error while loading shared libraries: libgomp.so.1: cannot open shared object\n",
    )
    * 2,
    "blank resistor": (
        "Warning: 'r2 out 0' is not a valid resistor instance line, ignored!\n",
    ) * 2,
    "second subcircuit": ("Warning: redefinition of .subckt a, ignored\n",) * 2,
    "initial condition": (
        "Warning : IC on non-existent node - nonode, ignored\n"
        "   Please check line .ic v(nonode)=1\n",
        "Warning : IC on non-existent node - nonode, ignored Please check line .ic v(nonode)=1",
    ),
    "device current": ("Warning: unrecognized variable - @r99[i]\n",) * 2,
    "clock": ("Warning : voltage source v9 has non-increasing PWL time points.\n",) * 2,
    "neospice skips": ("Warning: Line 5: VCCS requires gm value — skipping\n",) * 2,
    "neospice defaults": ("Warning: Unknown parameter 'nope' — defaulting to 0\n",) * 2,
}  # fmt: skip


@pytest.mark.parametrize("case", list(ERRORS))
def test_the_telling_message_is_quoted(case: str) -> None:
    text, quote = ERRORS[case]
    assert read_log(CHATTER + text).cause == quote.strip()


def test_a_healthy_log_holds_nothing() -> None:
    findings = read_log(CHATTER)
    assert (findings.errors, findings.warnings, findings.cause) == ((), (), "")
    assert findings.solver == "klu"


@pytest.mark.parametrize(
    "line",
    [
        "Warning: singular matrix:  check node fl1",
        "Warning: source stepping failed",
        "Warning: Value of resistor r2 is too small, set to 1.000000e-12 ",
        " Error: unknown option - ignored",  # of ngspice without KLU, from its source
        "Error: -2 out of range for ln",
    ],
)
def test_warnings_of_a_sound_run(line: str) -> None:
    findings = read_log(f"{CHATTER}{line}\n\n{line}\n")
    assert findings.errors == ()
    assert findings.warnings == (" ".join(line.split()),)


@pytest.mark.parametrize(
    "line", ["Note: Starting dynamic gmin stepping", "No .measure possible in batch mode (-b)"]
)
def test_notes_are_not_shown(line: str) -> None:
    assert read_log(line) == read_log("")


def test_a_bare_abort_is_quoted_when_there_is_nothing_better() -> None:
    assert read_log("run simulation(s) aborted\n").cause == "run simulation(s) aborted"


def test_long_messages_are_cut() -> None:
    assert len(read_log(f"Error: {'x' * 5000}").cause) == 400
