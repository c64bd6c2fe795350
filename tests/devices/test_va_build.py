"""Building: the cache, two builds at once, compilers that are missing or complain."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from va_models import HEADER, MEMRISTOR, RESISTOR, built, job, need_compilers, simulate, written

from spicegen import cache
from spicegen.devices.veriloga import build, build_osdi, frontend, frontend_worker, install
from spicegen.devices.veriloga.library import Library
from spicegen.devices.veriloga.tools import COMPILERS, find
from spicegen.errors import InputError, SimulationError
from spicegen.netlist.osdi import osdi_block

Compilations = Callable[[], int]


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compilations:
    """Puts a C compiler on PATH that counts its compilations; gives the count."""
    need_compilers()
    folder, log = tmp_path / "counting", tmp_path / "compilations"
    folder.mkdir()
    script = folder / "cc"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *.osdi*) echo x >> {log};; esac\nexec {find(COMPILERS)} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return lambda: len(log.read_text().splitlines()) if log.exists() else 0


def test_second_build_comes_from_the_cache(tmp_path: Path, counted: Compilations) -> None:
    path, folder = written(RESISTOR, tmp_path), tmp_path / "cache"
    first = build_osdi(path, folder)
    started = time.perf_counter()
    assert build_osdi(path, folder) == first
    assert time.perf_counter() - started < 1.0
    assert counted() == 1
    assert [entry.name for entry in folder.iterdir()] == [first.osdi.parent.name]


def test_what_a_model_is_made_of_decides(tmp_path: Path, counted: Compilations) -> None:
    """Another text, another included text: another model. Another folder: the same."""
    text = RESISTOR.replace("/ r;", "/ (r * `FACTOR);")
    path = tmp_path / "model.va"
    path.write_text(f'{HEADER}`include "factor.inc"\n{text}')
    (tmp_path / "factor.inc").write_text("`define FACTOR 2\n")
    folder = tmp_path / "cache"
    first = build_osdi(path, folder)
    (tmp_path / "factor.inc").write_text("`define FACTOR 3\n")
    second = build_osdi(path, folder)
    assert first.osdi != second.osdi and counted() == 2
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("model.va", "factor.inc"):
        shutil.copy(tmp_path / name, moved / name)
    assert build_osdi(moved / "model.va", folder).osdi == second.osdi
    assert counted() == 2


def test_cache_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.default_cache("osdi") == tmp_path / "xdg" / "spicegen" / "osdi"
    need_compilers()
    model = build_osdi(written(RESISTOR, tmp_path))
    assert model.osdi.parent.parent == tmp_path / "xdg" / "spicegen" / "osdi"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache.default_cache("osdi") == tmp_path / "home" / ".cache" / "spicegen" / "osdi"


def test_two_processes_build_the_same_model_at_once(tmp_path: Path) -> None:
    need_compilers()
    path, folder, flag = written(MEMRISTOR, tmp_path), tmp_path / "cache", tmp_path / "go"
    program = (
        "import sys, time, pathlib\n"
        "from spicegen.devices.veriloga import build_osdi\n"
        "while not pathlib.Path(sys.argv[3]).exists(): time.sleep(0.001)\n"
        "print(build_osdi(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])).osdi)\n"
    )
    argv = [sys.executable, "-c", program, str(path), str(folder), str(flag)]
    root = str(Path(__file__).resolve().parents[2])
    builders = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": root})
        for _ in range(2)
    ]
    time.sleep(0.5)
    flag.touch()
    answers = [builder.communicate(timeout=60)[0].decode().strip() for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0]
    assert answers[0] == answers[1]
    assert [str(entry) for entry in folder.iterdir()] == [str(Path(answers[0]).parent)]
    assert Library(Path(answers[0])).describe()["module"] == "hp_memristor"


def test_broken_entry_is_built_again(tmp_path: Path, counted: Compilations) -> None:
    path, folder = written(RESISTOR, tmp_path), tmp_path / "cache"
    model = build_osdi(path, folder)
    model.osdi.unlink()
    assert build_osdi(path, folder).osdi.is_file()
    (model.osdi.parent / "model.json").write_text("{")
    assert build_osdi(path, folder) == model
    assert counted() == 3


def test_failed_build_leaves_nothing_and_a_killed_one_is_swept(tmp_path: Path) -> None:
    need_compilers()
    folder = tmp_path / "cache"
    left = folder / f"{cache.BUILDING}old"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    with pytest.raises(InputError):
        build_osdi(written(RESISTOR.replace("/ r", "/ rr"), tmp_path), folder)
    assert list(folder.iterdir()) == []


def test_front_ends_words_with_file_and_line(tmp_path: Path) -> None:
    need_compilers()
    path = written(RESISTOR.replace("/ r;", "/ rr + V(q);"), tmp_path)
    with pytest.raises(InputError) as raised:
        build_osdi(path, tmp_path / "cache")
    assert str(raised.value) == (
        f"{path}, line 6: 'rr' was not found in the current scope; model.va, line 6: "
        "'q' was not found in the current scope"
    )
    assert raised.value.exit_code == 2


def test_error_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    need_compilers()
    path = written('`include "body.inc"\nendmodule\n', tmp_path)
    (tmp_path / "body.inc").write_text(
        "module included(p, n);\n inout p, n; electrical p, n;\n\n analog I(p, n) <+ volts;\n"
    )
    with pytest.raises(InputError, match=r"body\.inc, line 4: 'volts' was not found"):
        build_osdi(path, tmp_path / "cache")


def test_front_end_that_breaks_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_compilers()
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import sys\nsys.stderr.write(\"\\nthread 'x' panicked at a.rs:1:2:\\nno arrays\\n\")\n"
        "sys.exit(134)\n"
    )
    monkeypatch.setattr(frontend_worker, "__file__", str(worker))
    with pytest.raises(InputError, match=r"failed without naming a line \(no arrays\); leave out"):
        build_osdi(written(RESISTOR, tmp_path), tmp_path / "cache")


def test_no_front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_compilers()
    worker = tmp_path / "worker.py"
    worker.write_text(f"raise SystemExit({frontend_worker.NOT_INSTALLED})\n")
    monkeypatch.setattr(frontend_worker, "__file__", str(worker))
    with pytest.raises(
        InputError,
        match=r"needs OpenVAF; pip install 'openvaf-py' .* device.form = \"behavioural\"",
    ):
        build_osdi(written(RESISTOR, tmp_path), tmp_path / "cache")


def test_no_c_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as raised:
        build_osdi(written(RESISTOR, tmp_path), tmp_path / "cache")
    assert str(raised.value).endswith(
        "compiling Verilog-A needs a C compiler, and none of cc, gcc, clang is on PATH; install "
        "gcc or clang (Debian, Ubuntu: apt install gcc libc6-dev), or use device.form = "
        '"behavioural", which needs none'
    )
    assert raised.value.exit_code == 2


def test_c_compiler_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_compilers()
    script = tmp_path / "cc"
    script.write_text(
        '#!/bin/sh\ncase "$*" in *version*) exit 0;; esac\n'
        "echo 'osdi_functions.h:4: fatal error: math.h: No such file or directory' >&2\nexit 1\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(InputError, match=r"math\.h: No such file .*; install .*libc6-dev"):
        build_osdi(written(RESISTOR, tmp_path), tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.va", "cannot read .*missing.va: No such file or directory"),
        ("folder.va", "cannot read .*folder.va: Is a directory"),
        ("latin.va", "latin.va must be a text in UTF-8"),
    ],
)
def test_file_that_cannot_be_read(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder.va").mkdir()
    (tmp_path / "latin.va").write_bytes(b"// \xfc\n")
    with pytest.raises(InputError, match=said):
        build_osdi(tmp_path / name, tmp_path / "cache")


def test_openvaf_itself_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that copies a library; the model is described from the library alone."""
    model = built(MEMRISTOR)
    program = tmp_path / "openvaf-r"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "openvaf-r 23.5" && exit 0\n'
        f'[ "$1" = -o ] && case "$3" in */mine.va) cp {model.osdi} "$2";; *) exit 1;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    text = MEMRISTOR.replace("real i;", 'real i; parameter string mode = "x";')
    found = build_osdi(written(text, tmp_path, "mine.va"), tmp_path / "cache")
    assert found.compiler == "openvaf-r 23.5" and found.c_file is None
    assert found.parameters == model.parameters and found.internal_nodes == ("x",)
    assert found.files == (found.osdi,)
    forgetful = MEMRISTOR.replace("i = V(p, n)", "i = 0.5 * i + V(p, n)")
    with pytest.raises(InputError, match="variable i is read before it is assigned"):
        build_osdi(written(forgetful, tmp_path, "mine.va"), tmp_path / "cache")
    with pytest.raises(InputError, match=r"@\(initial_step\) would run at every iteration"):
        wrong = MEMRISTOR.replace("i = V(p", "@(initial_step) i = 0;\n i = V(p")
        build_osdi(written(wrong, tmp_path, "mine.va"), tmp_path / "cache")


def test_openvafs_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "openvaf"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exit 0\n'
        'printf "\\033[31merror\\033[0m: no such thing\\n  --> $3:5:9\\n" >&2\nexit 65\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(build, "front_end_version", lambda: "")
    path = written(RESISTOR, tmp_path)
    with pytest.raises(InputError, match=f"{path}, line 5: no such thing"):
        build_osdi(path, tmp_path / "cache")


def test_description_of_a_model() -> None:
    model = built(MEMRISTOR)
    assert (model.module, model.terminals) == ("hp_memristor", ("p", "n"))
    assert [p.name for p in model.parameters] == [
        "r_on", "r_off", "d", "mobility", "window", "x0",
    ]  # fmt: skip
    assert model.parameter("R_OFF").default == 16e3
    assert model.parameter("window").kind == "integer"
    resistance = built(RESISTOR).parameter("r")
    assert (resistance.unit, resistance.description) == ("Ohm", "resistance")
    assert resistance.on_instance and resistance.on_model
    with pytest.raises(KeyError):
        model.parameter("drift")
    assert "openvaf-py" in model.compiler


def test_installed_beside_a_deck(tmp_path: Path) -> None:
    model = install(built(RESISTOR), tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "osdi_0_3.h", "osdi_functions.h", "osdi_module.h", "va_resistor.c", "va_resistor.osdi",
    ]  # fmt: skip
    assert model.osdi == tmp_path / "run" / "va_resistor.osdi"
    loaded = model.osdi.open("rb")
    install(built(RESISTOR), tmp_path / "run")
    assert model.osdi.stat().st_ino != os.fstat(loaded.fileno()).st_ino
    loaded.close()


def test_generated_c_compiles_by_hand(tmp_path: Path) -> None:
    """As its title says; nothing but the files beside it is needed."""
    model = install(built(RESISTOR), tmp_path)
    assert model.c_file is not None
    title = model.c_file.read_text().splitlines()[2]
    command = title.strip(" *").replace("FILE", "va_resistor").replace(".osdi", "_2.osdi")
    assert command.startswith("cc ")
    subprocess.run(command.split(), cwd=tmp_path, check=True)
    assert Library(tmp_path / "va_resistor_2.osdi").describe() == Library(model.osdi).describe()


def test_parameter_out_of_its_range_in_a_deck(tmp_path: Path) -> None:
    """Also that of the first of two instances, which ngspice itself would lose."""
    lines = ("V1 in 0 1", "N1 in 0 card r=-5", "N2 in 0 card", ".model card va_resistor")
    described = job(tmp_path, [RESISTOR], lines, ["i(v1)"], ".tran 1n 10n", 1e-8)
    with pytest.raises(SimulationError) as raised:
        simulate(described)
    assert raised.value.engine_line == (
        "OSDI(debug) n1: Error: va_resistor: r must be from (0:inf), got -5"
    )
    assert raised.value.deck_line.endswith("N1 in 0 card r=-5")


def test_library_that_is_not_there(tmp_path: Path) -> None:
    need_compilers()
    lines = (osdi_block(["absent.osdi"]), "V1 in 0 1", "R1 in 0 1")
    described = job(tmp_path, [], lines, ["i(v1)"], ".tran 1n 10n", 1e-8)
    with pytest.raises(SimulationError, match=r"Error opening osdi lib \"absent.osdi\""):
        simulate(described)


@pytest.mark.parametrize("name", ["two words.osdi", 'quote".osdi', "", "folder/x.osdi"])
def test_library_names_that_ngspice_cannot_take(name: str) -> None:
    with pytest.raises(InputError, match="must be made of letters, digits"):
        osdi_block([name])


def test_tool_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_compilers()
    worker = tmp_path / "worker.py"
    worker.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(frontend_worker, "__file__", str(worker))
    monkeypatch.setattr("spicegen.devices.veriloga.tools.LIMIT_S", 0.3)
    with pytest.raises(InputError, match=r"\(did not end within 0.3 s\)"):
        frontend.read_equations(frontend.Source(written(RESISTOR, tmp_path)))
