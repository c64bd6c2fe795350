"""Every way in which a run can fail, provoked in the real engines.

`ngspice` and `shared` are the same simulator, so they must find the same; neospice where it
can be brought into the state.
"""

from collections.abc import Callable

import pytest

from spicegen.engine import Engine, Job
from spicegen.errors import RawFileError, SimulationError


@pytest.fixture(params=["ngspice", "shared"])
def dialect(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


# lines added to the deck: what the message must hold, the engine's word and the deck line
BROKEN = {
    "missing include": (".include nothere.sub", r"find include file.*circuit\.cir, line 5"),
    "missing subcircuit": ("X1 out 0 nosuch", r"unknown subckt: x1 out 0 nosuch.*line 5: X1"),
    "unknown model": ("D1 out 0 dnone", r"can't find model 'dnone'.*line 5: D1"),
    "syntax": ("B1 x 0 V={V(out)+*3}", r"YYparse error.*line 5: B1 x"),
    "unknown function": ("B1 x 0 V={nofunc(V(out))}", r"no such function 'nofunc'.*line 5: B1"),
    "undefined parameter": ("R2 out 0 {nope*2}", r"Undefined parameter \[nope\].*line 5: R2"),
    "unknown parameter": ("R2 out 0 1k foo=3", r"unknown parameter \(foo\).*line 5: R2"),
    "blank resistor": ("R2 out 0", r"not a valid resistor instance line.*line 5: R2 out 0"),
    "two of one name": ("R1 in out 2k", r"device already exists.*line 5: R1 in out 2k"),
    "misspelt node": ("B1 x 0 V={V(outt)}", r"singular matrix: check node outt.*line 5: B1"),
    "voltage loop": ("V2 in 0 1", r"Timestep too small.*singular matrix: check node v1#branch"),
    "initial condition": (".ic v(nonode)=1", r"non-existent node - nonode.*line 5: \.ic"),
    "backward clock": ("V9 q 0 PWL(0 0 2u 1 1u 0)", r"non-increasing PWL.*line 5: V9"),
    "strange line": ("%foo out 0 1k", r"Unusual leading characters"),
}


def in_library(case: str) -> object:
    """A case for libngspice: a few, which print differently there (its process starts slowly)."""
    return pytest.param("shared", case, id=f"shared-{case}")


@pytest.mark.parametrize(
    ("name", "case"),
    [
        *(pytest.param("ngspice", case, id=case) for case in BROKEN),
        *map(in_library, ("missing include", "unknown model", "blank resistor", "misspelt node")),
    ],
)
def test_broken_deck(
    request: pytest.FixtureRequest, make_job: Callable[..., Job], name: str, case: str
) -> None:
    engine: Engine = request.getfixturevalue(name)
    line, message = BROKEN[case]
    job = make_job(line)
    with pytest.raises(SimulationError, match=message) as caught:
        engine.simulate(job)
    assert not isinstance(caught.value, RawFileError)
    assert caught.value.kept == str(job.folder)
    assert caught.value.engine_line in str(caught.value)
    assert job.log.is_file()


def test_error_inside_an_included_subcircuit(dialect: Engine, make_job: Callable[..., Job]) -> None:
    cell = "* cell\n.subckt cell a b\nR1 a m 1k\nR2 m b 1k bar=3\n.ends\n"
    job = make_job(".include cell.sub", "Xc out 0 cell", files={"cell.sub": cell})
    with pytest.raises(SimulationError, match=r"deck line: cell\.sub, line 4: R2 m b 1k bar=3"):
        dialect.simulate(job)


def test_misspelt_probe(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(probes=("v(out)", "v(outt)"))
    with pytest.raises(RawFileError, match=r"1 of 2 probes are missing: v\(outt\); did you mean"):
        engine.simulate(job)


def test_probe_that_is_not_saved(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(probes=("v(in)", "i(v1)"), save=".save v(in)")
    with pytest.raises(RawFileError, match=r"probes are missing: i\(v1\)"):
        engine.simulate(job)


def test_nothing_saved(dialect: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(probes=("v(outt)",))
    with pytest.raises(SimulationError, match=r"no data saved.*line 6: \.save v\(outt\)"):
        dialect.simulate(job)


def test_time_step_too_small_in_mid_run(dialect: Engine, make_job: Callable[..., Job]) -> None:
    # dv/dt = v^2 grows without bound at t = 1 s
    blow_up = ("B1 0 x I={1e-9*V(x)*V(x)}", "C1 x 0 1n ic=1", "R1 x 0 1e12")
    job = make_job(body=blow_up, probes=("v(x)",), tran=".tran 1m 2 uic", t_stop_s=2.0)
    with pytest.raises(
        SimulationError, match=r'Timestep too small.*node "x".*line 2: B1'
    ) as caught:
        dialect.simulate(job)
    assert "run simulation(s) aborted" in job.log.read_text()
    assert job.deck.is_file() and "time = 1.0" in caught.value.engine_line


def test_neospice_does_not_converge(neospice: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job("V2 in 0 1")
    with pytest.raises(SimulationError, match="DC operating point failed to converge"):
        neospice.simulate(job)


def test_stop_time_not_reached(engine: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(t_stop_s=2e-5)
    with pytest.raises(RawFileError, match=r"stopped at 1e-05 s, before 2e-05 s"):
        engine.simulate(job)


def test_deck_without_an_analysis(engine: Engine, make_job: Callable[..., Job]) -> None:
    with pytest.raises(SimulationError, match=r"no file waveforms\.raw|left no"):
        engine.simulate(make_job(tran=""))


def test_library_that_does_not_load(dialect: Engine, make_job: Callable[..., Job]) -> None:
    if not dialect.info().capabilities.osdi:
        pytest.skip("this ngspice has no OSDI")
    job = make_job(".control", "pre_osdi nothere.osdi", ".endc")
    with pytest.raises(SimulationError, match=r"osdi lib \"nothere\.osdi\".*line 6: pre_osdi"):
        dialect.simulate(job)


def test_recovered_operating_point_is_a_warning(
    dialect: Engine, make_job: Callable[..., Job]
) -> None:
    record = dialect.simulate(make_job("C2 fl1 fl2 1p", "C3 fl1 out 1p"))
    assert "Warning: singular matrix: check node fl1" in record.warnings


def test_plain_names_only_in_the_library(shared: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job()
    odd = job.deck.rename(job.folder / "my circuit.cir")
    with pytest.raises(SimulationError, match=r"plain names only.*'my circuit\.cir'"):
        shared.simulate(Job(odd, job.raw, job.log, job.probes, job.t_stop_s))


@pytest.mark.parametrize("name", ["my circuit.cir", "schaltung_ü.cir"])
def test_any_name_in_the_program(ngspice: Engine, make_job: Callable[..., Job], name: str) -> None:
    job = make_job()
    odd = job.deck.rename(job.folder / name)
    raw = job.folder / "my wave forms.raw"
    assert ngspice.simulate(Job(odd, raw, job.log, job.probes, job.t_stop_s)).points > 0


def test_start_up_files_change_nothing(
    dialect: Engine, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(files={".spiceinit": "set filetype=ascii\necho Error: it was read\n"})
    monkeypatch.setenv("HOME", str(job.folder))
    dialect.simulate(job)
    assert b"\nBinary:\n" in job.raw.read_bytes()
    assert "it was read" not in job.log.read_text()


def test_worker_that_fails_is_quoted(
    shared: Engine, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_library", "no-such-library.so")
    with pytest.raises(SimulationError, match=r"exit status 1.*says: OSError: .*no-such-library"):
        shared.simulate(make_job())
