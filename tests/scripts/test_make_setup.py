"""The Makefile and scripts/setup.sh, with made-up Pythons and tools: what runs, in which order."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
REAL_PROGRAMS = ("make", "sh", "bash", "awk", "cat", "cp", "dirname", "env", "find", "mkdir")
REAL_PROGRAMS += ("rm", "tail")

# A Python by settings in $FAKE: too-old, no-ensurepip; it "installs" tools that fail if
# fails-TOOL is there. Everything that is called leaves a line in $FAKE/calls.
PYTHON = r"""#!/bin/sh
case "$*" in
*"version_info <"*) [ ! -e "$FAKE/too-old" ] ;;
*ensurepip*) [ ! -e "$FAKE/no-ensurepip" ] ;;
*-venv*) echo python3.11-venv ;;
--version) echo "Python 3.11.2" ;;
"-m venv"*) echo venv >>"$FAKE/calls"; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
"-m pip install"*)
    echo pip >>"$FAKE/calls"
    for tool in ruff mypy lint-imports pytest spicegen; do
        cp "$FAKE/tool" ".venv/bin/$tool"
    done ;;
*install_ngspice*) echo "ngspice ${2:-}" >>"$FAKE/calls" ;;
*install_chromium*) echo "browser" >>"$FAKE/calls" ;;
esac
"""
TOOL = r"""#!/bin/sh
name=${0##*/}
echo "$name${1:+ $*}" >>"$FAKE/calls"
echo "says $name"
[ ! -e "$FAKE/fails-$name" ]
"""
APT_GET = r"""#!/bin/sh
echo "apt-get $*" >>"$FAKE/calls"
case "$*" in
*install*)
    [ ! -e "$FAKE/offline" ] || { echo "E: no network"; exit 100; }
    rm "$FAKE/no-ensurepip" ;;
esac
"""
FIRST_SETUP = ["venv", "pip", "ngspice "]
CHECKS = ["ruff check .", "ruff format --check .", "mypy", "lint-imports"]
PYTEST = "pytest -n auto --maxprocesses 4 --dist loadfile"


@dataclass(frozen=True)
class Machine:
    """A made-up machine with a copy of the checkout's set-up files."""

    folder: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def have(self, name: str, content: str = "", mode: int = 0o644) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(mode)

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.folder / "bin"), "FAKE": str(self.folder)}
        return subprocess.run(
            command,
            cwd=cwd or self.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def make(self, *targets: str) -> subprocess.CompletedProcess[str]:
        return self.run("make", *targets)

    def take_calls(self) -> list[str]:
        path = self.folder / "calls"
        calls = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return calls


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    made.have("checkout/pyproject.toml")
    shutil.copy(CHECKOUT / "Makefile", made.checkout)
    for folder in (".ci", "scripts"):
        shutil.copytree(CHECKOUT / folder, made.checkout / folder)
    (tmp_path / "bin").mkdir()
    for name in REAL_PROGRAMS:
        real = shutil.which(name)
        if real is None:
            pytest.skip(f"needs {name}")
        (tmp_path / "bin" / name).symlink_to(real)
    made.have("bin/python3", PYTHON, 0o755)
    made.have("bin/apt-get", APT_GET, 0o755)
    made.have("bin/id", "#!/bin/sh\necho 0\n", 0o755)
    made.have("tool", TOOL, 0o755)
    return made


def test_help_is_the_default_and_names_every_target(machine):
    done = machine.make()
    assert done.returncode == 0
    for target in ("setup", "demo", "test", "lint", "docs", "bench", "clean"):
        assert f"  make {target} " in done.stdout
    assert machine.take_calls() == []


def test_demo_sets_up_once(machine):
    assert machine.make("demo").returncode == 0
    demo = "spicegen demo -o runs/demo --force"
    assert machine.take_calls() == [*FIRST_SETUP, demo]
    assert machine.make("demo").returncode == 0
    assert machine.take_calls() == ["ngspice ", demo]


def test_a_changed_pyproject_installs_again(machine):
    machine.make("setup")
    stamp = (machine.checkout / ".venv/.spicegen-setup").stat().st_mtime
    os.utime(machine.checkout / "pyproject.toml", (stamp + 5, stamp + 5))
    machine.take_calls()
    machine.make("setup")
    assert machine.take_calls() == ["pip", "ngspice "]


def test_a_moved_checkout_gets_a_new_environment(machine):
    machine.make("setup")
    machine.take_calls()
    elsewhere = machine.folder / "elsewhere"
    machine.checkout.rename(elsewhere)
    assert machine.run("make", "setup", cwd=elsewhere).returncode == 0
    assert machine.take_calls() == FIRST_SETUP


def test_a_checkout_behind_a_link_is_set_up_once(machine):
    link = machine.folder / "link"
    link.symlink_to(machine.checkout)
    machine.run("sh", "-c", "cd link && make setup", cwd=machine.folder)
    machine.run("sh", "-c", "cd link && make setup", cwd=machine.folder)
    assert machine.take_calls() == [*FIRST_SETUP, "ngspice "]


def test_another_attempt_at_ngspice(machine):
    machine.make("setup")
    machine.take_calls()
    machine.make("ngspice")
    assert machine.take_calls() == ["ngspice --retry"]


def test_tests_come_last(machine):
    done = machine.make("test")
    assert done.returncode == 0
    assert machine.take_calls() == [*FIRST_SETUP, "browser", *CHECKS, PYTEST]
    assert done.stdout.splitlines()[-1] == "says pytest"
    assert done.stderr == ""


@pytest.mark.parametrize("tool", ["ruff", "mypy", "lint-imports", "pytest"])
def test_any_failing_tool_fails_the_target_after_all_have_run(machine, tool):
    machine.have(f"fails-{tool}")
    done = machine.make("test")
    assert done.returncode != 0
    assert machine.take_calls() == [*FIRST_SETUP, "browser", *CHECKS, PYTEST]
    assert done.stdout.splitlines()[-1] == "says pytest"
    assert ("a check above failed" in done.stdout) is (tool != "pytest")


def test_lint_fails_after_all_have_run(machine):
    assert machine.make("lint").returncode == 0
    machine.have("fails-ruff")
    machine.take_calls()
    assert machine.make("lint").returncode != 0
    assert machine.take_calls() == ["ngspice ", *CHECKS]


def test_ci_from_another_folder(machine):
    done = machine.run(str(machine.checkout / ".ci/run"), cwd=machine.folder)
    assert done.returncode == 0
    another_solver = ["pip", "pip", "ngspice "]
    assert machine.take_calls() == [*FIRST_SETUP, *another_solver, "browser", *CHECKS, PYTEST]
    machine.have("fails-mypy")
    assert machine.run(str(machine.checkout / ".ci/run"), cwd=machine.folder).returncode != 0


def test_no_recent_python(machine):
    machine.have("too-old")
    done = machine.make("demo")
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "setup: no Python >= 3.11 found; install one (on Ubuntu 22.04: sudo apt-get install "
        "python3.11 python3.11-venv) or name it: make PYTHON=/path/to/python"
    )
    assert machine.take_calls() == []
    assert not (machine.checkout / ".venv").exists()


def test_a_later_name_where_python3_is_too_old(machine):
    machine.have("bin/python3", "#!/bin/sh\nexit 1\n", 0o755)
    machine.have("bin/python3.12", PYTHON, 0o755)
    assert machine.make("setup").returncode == 0
    assert machine.take_calls() == FIRST_SETUP


def test_a_python_by_name(machine):
    machine.have("bin/python3", "#!/bin/sh\nexit 1\n", 0o755)
    machine.have("own/python", PYTHON, 0o755)
    assert machine.make("setup", f"PYTHON={machine.folder / 'own/python'}").returncode == 0
    assert machine.take_calls() == FIRST_SETUP


def test_the_missing_venv_package_is_installed(machine):
    machine.have("no-ensurepip")
    done = machine.make("setup")
    assert done.returncode == 0
    calls = machine.take_calls()
    assert calls[0].endswith(" update")
    assert calls[1].endswith(" install -y --no-install-recommends python3.11-venv")
    assert calls[2:] == FIRST_SETUP


@pytest.mark.parametrize("trouble", ["offline", "no root", "no apt"])
def test_the_missing_venv_package_cannot_be_installed(machine, trouble):
    machine.have("no-ensurepip")
    if trouble == "offline":
        machine.have("offline")
    elif trouble == "no root":
        machine.have("bin/id", "#!/bin/sh\necho 1000\n", 0o755)
    else:
        (machine.folder / "bin/apt-get").unlink()
    done = machine.make("setup")
    assert done.returncode != 0
    remedy = (
        "setup: python3 cannot make environments; install its venv module "
        "(on Debian and Ubuntu: sudo apt-get install python3.11-venv)"
    )
    assert remedy in done.stderr.splitlines()
    assert ("E: no network" in done.stderr) is (trouble == "offline")
    assert "pip" not in machine.take_calls()


def test_clean_keeps_the_environment_and_runs(machine):
    machine.make("setup")
    for name in ("build/log", "runs/demo/result.json", "spicegen/__pycache__/a.pyc"):
        machine.have(f"checkout/{name}")
    assert machine.make("clean").returncode == 0
    left = {path.name for path in machine.checkout.iterdir()}
    assert {".venv", "runs", "spicegen"} <= left
    assert "build" not in left
    assert not (machine.checkout / "spicegen/__pycache__").exists()
