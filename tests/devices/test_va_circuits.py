"""Compiled models in ngspice against closed forms and against ngspice's own elements."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from va_models import CAPACITOR, DIODE, RESISTOR, SINH, built, job, simulate, sweep, transient

from spicegen.engine import Job
from spicegen.engine.shared import SharedEngine
from spicegen.errors import EngineMissingError
from spicegen.waveforms import read_raw

VOLTS = np.linspace(-1.0, 1.0, 21)


def test_resistor_obeys_ohm(tmp_path: Path) -> None:
    lines = ("V1 in 0 0", "N1 in 0 card", ".model card va_resistor r=250")
    plot = sweep(tmp_path, [RESISTOR], lines, ["i(v1)"], "V1 -1 1 0.1")
    np.testing.assert_allclose(-plot["i(v1)"], VOLTS / 250.0, rtol=1e-9, atol=1e-15)


def test_instance_line_counts_before_model_card_before_default(tmp_path: Path) -> None:
    lines = (
        "V1 a 0 1", "V2 b 0 1", "V3 c 0 1",
        "N1 a 0 plain", "N2 b 0 carded", "N3 c 0 carded r=5k",
        ".model plain va_resistor", ".model carded va_resistor r=2k",
    )  # fmt: skip
    plot = sweep(tmp_path, [RESISTOR], lines, ["i(v1)", "i(v2)", "i(v3)"], "V1 1 1 1")
    currents = [-float(plot[f"i(v{k})"][0]) for k in (1, 2, 3)]
    np.testing.assert_allclose(currents, [1e-3, 1 / 2e3, 1 / 5e3], rtol=1e-9)


def test_multiplicity(tmp_path: Path) -> None:
    lines = ("V1 in 0 0", "N1 in 0 card m=3", ".model card va_sinh")
    plot = sweep(tmp_path, [SINH], lines, ["i(v1)"], "V1 -1 1 0.1")
    expected = 3e-6 * np.sinh(VOLTS / 0.1)
    np.testing.assert_allclose(-plot["i(v1)"], expected, rtol=1e-9, atol=1e-15)


def test_parameters_in_capital_letters_and_expressions(tmp_path: Path) -> None:
    lines = (".param k=2", "V1 in 0 1", "N1 in 0 card R={k*1k}", ".model card VA_RESISTOR")
    plot = sweep(tmp_path, [RESISTOR], lines, ["i(v1)"], "V1 1 1 1")
    assert -float(plot["i(v1)"][0]) == pytest.approx(0.5e-3)


def test_nonlinear_element_in_series_with_a_resistor(tmp_path: Path) -> None:
    """Newton in ngspice against Newton by hand: both find the voltage between the two."""
    lines = ("V1 in 0 0", "R1 in out 10k", "N1 out 0 card", ".model card va_sinh i0=2u v0=0.05")
    plot = sweep(tmp_path, [SINH], lines, ["v(out)"], "V1 -1 1 0.1")
    v = np.zeros_like(VOLTS)
    for _ in range(200):
        residual = (v - VOLTS) / 10e3 + 2e-6 * np.sinh(v / 0.05)
        v -= np.clip(residual / (1 / 10e3 + 2e-6 / 0.05 * np.cosh(v / 0.05)), -0.02, 0.02)
    np.testing.assert_allclose(plot["v(out)"], v, atol=1e-6)


def test_capacitor_charges_as_its_time_constant_says(tmp_path: Path) -> None:
    lines = ("V1 in 0 PULSE(0 1 1u 1n 1n 1 2)", "R1 in out 1k", "N1 out 0 card",
             ".model card va_capacitor c=1n")  # fmt: skip
    plot = transient(tmp_path, [CAPACITOR], lines, ["v(out)"], "5n 10u", 10e-6)
    late = plot.sweep > 1.01e-6
    after_s = plot.sweep[late] - 1.0005e-6
    np.testing.assert_allclose(plot["v(out)"][late], 1 - np.exp(-after_s / 1e-6), atol=2e-5)


def test_capacitor_in_ac_analysis(tmp_path: Path) -> None:
    lines = ("V1 in 0 DC 0 AC 1", "R1 in out 1k", "N1 out 0 card", ".model card va_capacitor")
    described = job(tmp_path, [CAPACITOR], lines, ["v(out)"], ".ac dec 5 1k 10meg", 10e6)
    _, plot = simulate(described)
    omega = 2 * np.pi * np.real(plot.sweep)
    np.testing.assert_allclose(plot["v(out)"], 1 / (1 + 1j * omega * 1e-6), rtol=1e-9)


@pytest.mark.parametrize("rs_ohm", [0.0, 10.0])
def test_diode_with_junction_limiting_against_ngspices_own(tmp_path: Path, rs_ohm: float) -> None:
    """With rs = 0 the inner node falls together with the anode."""
    lines = (
        "V1 in 0 0", "R1 in a 100", "Va a x 0", "N1 x 0 card", f".model card va_diode rs={rs_ohm}",
        "R2 in b 100", "D1 b 0 own", f".model own d is=1e-14 rs={rs_ohm}",
    )  # fmt: skip
    plot = sweep(tmp_path, [DIODE], lines, ["v(a)", "v(b)"], "V1 -5 5 0.25")
    forward = plot.sweep > 0.3
    np.testing.assert_allclose(plot["v(a)"][forward], plot["v(b)"][forward], atol=2e-6)
    np.testing.assert_allclose(plot["v(a)"], plot["v(b)"], atol=2e-4)


def test_temperature_reaches_the_model(tmp_path: Path) -> None:
    lines = ("I1 0 a 1m", "N1 a 0 card", "I2 0 b 1m", "D1 b 0 own",
             ".model card va_diode", ".model own d is=1e-14 xti=0 eg=0.1 tnom=77",
             ".temp 77")  # fmt: skip
    plot = sweep(tmp_path, [DIODE], lines, ["v(a)"], "I1 1e-3 1e-3 1e-3")
    expected = 8.617333e-5 * 350.15 * np.log(1e-3 / 1e-14)
    assert float(plot["v(a)"][0]) == pytest.approx(expected, rel=1e-5)


def test_few_iterations_for_a_stiff_element(tmp_path: Path) -> None:
    """A wrong derivative still converges, slowly: the count tells."""
    lines = ("V1 in 0 SIN(0 1 10k)", "R1 in out 1k", "N1 out 0 card", ".model card va_sinh v0=0.05",
             ".options acct")  # fmt: skip
    described = job(tmp_path, [SINH], lines, ["v(out)"], ".tran 1u 200u 0 1u", 2e-4)
    record, _ = simulate(described)
    log = described.log.read_text()
    words = next(line for line in log.splitlines() if "otal iterations" in line).split()
    assert int(words[-1]) < 4 * record.points


def test_inductor_and_currents_as_unknowns(tmp_path: Path) -> None:
    """Potential contributions: their branch currents are unknowns with equations of their own."""
    source = """module va_coil(p, n);
      inout p, n; electrical p, n, m;
      branch (p, m) coil;
      analog begin
        V(coil) <+ 1e-3 * ddt(I(coil));
        V(m, n) <+ 50 * I(m, n);
      end
    endmodule
    """
    lines = ("V1 in 0 PULSE(0 1 1u 1n 1n 1 2)", "N1 in 0 card", ".model card va_coil")
    plot = transient(tmp_path, [source], lines, ["i(v1)"], "50n 100u", 1e-4)
    after_s = np.maximum(plot.sweep - 1.0005e-6, 0.0)
    expected = (1 - np.exp(-after_s * 50 / 1e-3)) / 50
    np.testing.assert_allclose(-plot["i(v1)"], expected, atol=1e-6)
    described = job(
        tmp_path, [source], ("V1 in 0 AC 1", *lines[1:]), ["i(v1)"], ".ac lin 1 5k 5k", 5e3
    )
    _, swept = simulate(described)
    impedance = 50 + 2j * np.pi * 5e3 * 1e-3
    np.testing.assert_allclose(-swept["i(v1)"], 1 / impedance, rtol=1e-9)


def test_measured_current_and_no_parameters(tmp_path: Path) -> None:
    source = """module va_mirror(p, q);
      inout p, q; electrical p, q, inner;
      analog begin
        V(p, inner) <+ 0;
        I(inner) <+ V(inner) / 1k;
        I(q) <+ 2 * I(p, inner) + V(q) / 1k;
      end
    endmodule
    """
    lines = ("V1 a 0 1", "V2 b 0 0", "N1 a b card", ".model card va_mirror")
    plot = sweep(tmp_path, [source], lines, ["i(v1)", "i(v2)"], "V1 1 1 1")
    assert -float(plot["i(v1)"][0]) == pytest.approx(1e-3)
    assert -float(plot["i(v2)"][0]) == pytest.approx(2e-3)


def test_deck_runs_by_hand_from_any_folder(tmp_path: Path, ngspice_program: str) -> None:
    """As a reader of a run directory types it: no -n, start-up files and threads as installed."""
    described = _divider(tmp_path / "run")
    raw = tmp_path / "by_hand.raw"
    argv = [ngspice_program, "-b", str(described.deck), "-r", str(raw)]
    subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert float(read_raw(raw)[-1]["v(out)"][-1]) == pytest.approx(0.5)


def test_deck_runs_in_libngspice_too(tmp_path: Path) -> None:
    described = _divider(tmp_path)
    try:
        engine = SharedEngine()
    except EngineMissingError as error:
        pytest.skip(str(error))
    if not engine.info().capabilities.osdi:
        pytest.skip("this libngspice loads no compiled models")
    assert engine.simulate(described).points > 10
    np.testing.assert_allclose(read_raw(described.raw)[-1]["v(out)"][-1], 0.5, rtol=1e-6)


def test_several_models_in_one_deck(tmp_path: Path) -> None:
    lines = (
        "V1 in 0 PULSE(0 1 1u 1n 1n 1 2)",
        "N1 in out ra",
        "N2 out 0 rb",
        "N3 out 0 ca",
        ".model ra va_resistor",
        ".model rb va_resistor r=3k",
        ".model ca va_capacitor",
    )
    plot = transient(
        tmp_path, [RESISTOR, CAPACITOR], lines, ["v(out)"], "10n 20u", 20e-6
    )  # fmt: skip
    assert float(plot["v(out)"][-1]) == pytest.approx(0.75, abs=1e-5)


def _divider(folder: Path) -> Job:
    assert built(RESISTOR).module == "va_resistor"
    lines = ("V1 in 0 PULSE(0 1 1u 1n 1n 1 2)", "N1 in out card", "N2 out 0 card",
             ".model card va_resistor")  # fmt: skip
    return job(folder, [RESISTOR], lines, ["v(out)"], ".tran 10n 10u", 1e-5)
