"""read_raw against files that ngspice itself writes, and its values against hand algebra."""

import os
import shutil
import subprocess

import numpy as np
import pytest

from spicegen.errors import RawFileError
from spicegen.waveforms import Waveforms, find_plot, read_raw

NGSPICE = shutil.which("ngspice")
pytestmark = pytest.mark.skipif(NGSPICE is None, reason="ngspice is not on PATH")

R_OHM, C_FARAD = 1e3, 1e-9
TAU_S = R_OHM * C_FARAD
RC = """RC
V1 in 0 dc 1 ac 1
R1 in out 1k
C1 out 0 1n
.subckt half a b
R1 a mid 1k
R2 mid b 1k
.ends
X1 in 0 half
.options reltol=1e-6
"""


def simulate(folder, deck, *, raw="out.raw", ascii_values=False, batch=True):
    """Run a deck; with `batch` the file is streamed by `-r`, else a .control block writes."""
    (folder / "deck.cir").write_text(deck)
    command = [NGSPICE, "-b", *(["-r", raw] if batch else []), "deck.cir"]
    variables = {**os.environ, **({"SPICE_ASCIIRAWFILE": "1"} if ascii_values else {})}
    subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)
    return folder / raw


@pytest.mark.parametrize("ascii_values", [False, True])
def test_rc_step_follows_the_exponential(tmp_path, ascii_values):
    deck = RC + ".tran 5n 5u 0 5n uic\n.end\n"
    path = simulate(tmp_path, deck, ascii_values=ascii_values)
    assert (b"Values:" in path.read_bytes()) == ascii_values
    waves = Waveforms.from_raw(path, {"cell.out": "v(out)"})
    assert waves.plot.title.upper() == "RC"  # -r writes it in lower case
    assert waves.names() == ["cell.out", "time", "v(in)", "v(out)", "v(x1.mid)", "i(v1)"]
    waves.require_finite()
    waves.require_reached(5e-6)
    t_s = np.linspace(0.1e-6, 5e-6, 50)
    sampled = waves.at(["cell.out", "x1.mid", "v1#branch"], t_s)
    out = 1 - np.exp(-t_s / TAU_S)
    np.testing.assert_allclose(sampled[:, 0], out, atol=2e-5)
    np.testing.assert_allclose(sampled[:, 1], 0.5, atol=1e-9)
    np.testing.assert_allclose(sampled[:, 2], -(1 - out) / R_OHM - 1 / 2e3, atol=2e-8)
    assert waves["cell.out"].unit == "V"
    assert waves["i(v1)"].unit == "A"


@pytest.mark.parametrize("ascii_values", [False, True])
def test_ac_follows_the_closed_form(tmp_path, ascii_values):
    path = simulate(tmp_path, RC + ".ac dec 10 1k 10meg\n.end\n", ascii_values=ascii_values)
    (plot,) = read_raw(path)
    assert plot.name == "AC Analysis"
    assert plot.points == 41
    expected = 1 / (1 + 2j * np.pi * plot.sweep * TAU_S)
    np.testing.assert_allclose(plot["out"], expected, rtol=1e-9)
    assert plot.variables[0].unit == "Hz"


def test_all_analyses_of_one_deck(tmp_path):
    deck = RC + ".op\n.tran 50n 1u uic\n.dc V1 0 1 0.25\n.ac dec 2 1k 1meg\n.end\n"
    plots = read_raw(simulate(tmp_path, deck))
    # -r does not keep the order of the deck
    assert sorted(plot.name for plot in plots) == [
        "AC Analysis",
        "DC transfer characteristic",
        "Operating Point",
        "Transient Analysis",
    ]
    np.testing.assert_allclose(find_plot(plots, "op")["v(out)"], [1.0])
    dc = find_plot(plots, "dc")
    assert dc.names[0] == "v(v-sweep)"
    np.testing.assert_allclose(dc.sweep, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(dc["x1.mid"], dc.sweep / 2)


WRITES = """
.control
save all @r1[i] @c1[capacitance]
op
write op.raw
set filetype=ascii
write op_ascii.raw
set filetype=binary
tran 50n 1u uic
write several.raw v(out) (v(in) - 2*v(out))
set appendwrite
ac dec 2 1k 1meg
let short = vector(3)
write several.raw v(out) short
set nopadding
write several.raw v(out) short
set filetype=ascii
write several.raw v(out) short
set keep#branch
setplot op1
write several.raw all
.endc
.end
"""


def test_written_from_a_control_block(tmp_path):
    simulate(tmp_path, RC + WRITES, batch=False)
    (op,), (op_ascii,) = read_raw(tmp_path / "op.raw"), read_raw(tmp_path / "op_ascii.raw")
    assert op.names == op_ascii.names
    np.testing.assert_allclose(op.data, op_ascii.data, rtol=1e-14)
    assert op["out"][0] == pytest.approx(1.0)
    assert "@r1[i]" in op
    tran, padded, unpadded, text, branch = read_raw(tmp_path / "several.raw")
    assert tran.names == ("time", "v(out)", "(v(in) - 2*v(out))")
    np.testing.assert_allclose(tran["(v(in) - 2*v(out))"], 1 - 2 * tran["out"], atol=1e-12)
    assert unpadded.flags == ("complex", "unpadded")
    for plot in (padded, unpadded, text):
        np.testing.assert_allclose(plot["short"], [0, 1, 2])
        expected = 1 / (1 + 2j * np.pi * plot.sweep * TAU_S)
        np.testing.assert_allclose(plot["out"], expected, rtol=1e-9)
    assert "v1#branch" in branch.names
    np.testing.assert_allclose(branch["i(v1)"], op["i(v1)"])


def test_a_failed_deck_leaves_no_points(tmp_path):
    path = simulate(tmp_path, "short circuit\nV1 a 0 1\nV2 a 0 2\n.op\n.end\n")
    with pytest.raises(RawFileError, match=r"\(Operating Point\): 'No. Points' is 0"):
        read_raw(path)


def test_a_killed_run_leaves_no_points(tmp_path):
    (tmp_path / "long.cir").write_text("long\nV1 a 0 SIN(0 1 1meg)\nR1 a 0 1\n.tran 1n 1\n.end\n")
    path = tmp_path / "long.raw"
    with subprocess.Popen(
        [NGSPICE, "-b", "-r", "long.raw", "long.cir"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as run:  # fmt: skip
        while run.poll() is None and not (path.exists() and path.stat().st_size > 4096):
            pass
        run.kill()
    with pytest.raises(RawFileError, match=r"\(Transient Analysis\): 'No. Points' is 0"):
        read_raw(path)


def test_interpolated_binary_files_are_refused(tmp_path):
    # ngspice repeats the last row at every inner time step and counts only the outer ones
    deck = RC + ".options interp\n.tran 1u 5u\n.end\n"
    with pytest.raises(RawFileError, match=r"'\.options interp', remove it"):
        read_raw(simulate(tmp_path, deck))
    (plot,) = read_raw(simulate(tmp_path, deck, ascii_values=True))  # only counts in text
    np.testing.assert_allclose(plot.sweep, np.arange(6) * 1e-6, atol=1e-18)
