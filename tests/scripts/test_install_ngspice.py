"""The ngspice set-up: apt's texts by hand-written examples, the flow with a made-up apt."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


sys.path.insert(0, str(SCRIPTS))  # the scripts are no part of the package
script = importlib.import_module("install_ngspice")
apt_sources = importlib.import_module("apt_sources")
sys.path.remove(str(SCRIPTS))


def text(block: str) -> str:
    """A block as it would stand in a file."""
    return textwrap.dedent(block).lstrip("\n")


# --- versions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("******\n** ngspice-46 : Circuit level simulation program\n** KLU\n", (46, 0)),
        ("** ngspice-44.2 : Circuit level simulation program", (44, 2)),
        ("** ngspice-36 : Circuit level simulation program", (36, 0)),
        ("** ngspice-45+ : Circuit level simulation program", (45, 0)),
        ("bash: ngspice: command not found", None),
        ("", None),
    ],
)
def test_version_in_the_banner(banner, version):
    assert apt_sources.parse_ngspice_version(banner) == version


@pytest.mark.parametrize(
    ("package_version", "version"),
    [
        ("46+ds-1~bpo12+1", (46, 0)),
        ("39.3+ds-1", (39, 3)),
        ("1:42+ds-3build1", (42, 0)),
        ("(none)", None),
    ],
)
def test_version_of_a_package(package_version, version):
    assert apt_sources.parse_package_version(package_version) == version


POLICY = text(
    """
    ngspice:
      Installed: (none)
      Candidate: 39.3+ds-1
      Version table:
         46+ds-1~bpo12+1 100
            100 https://mirror.example.org/debian bookworm-backports/main amd64 Packages
         39.3+ds-1 500
            500 https://mirror.example.org/debian bookworm/main amd64 Packages
            500 mirror+file:/etc/apt/mirrors/debian.list bookworm/main amd64 Packages
            100 /var/lib/dpkg/status
    """
)


def test_policy():
    assert apt_sources.parse_candidate(POLICY) == (39, 3)
    assert (
        apt_sources.parse_candidate("ngspice:\n  Installed: (none)\n  Candidate: (none)\n") is None
    )
    assert apt_sources.parse_candidate("") is None
    assert apt_sources.parse_archive_uris(POLICY) == {
        apt_sources.canonical_uri("https://mirror.example.org/debian/"),
        apt_sources.canonical_uri("mirror+file:///etc/apt/mirrors/debian.list"),
    }


@pytest.mark.parametrize(
    "uri", ["HTTP://mirror.example.org/debian/", "http://u:p@mirror.example.org/debian"]
)
def test_same_place_in_another_spelling(uri):
    assert apt_sources.canonical_uri(uri) == apt_sources.canonical_uri(
        "http://mirror.example.org/debian"
    )


def test_other_places_stay_apart():
    uris = {"http://a.example.org/debian", "https://a.example.org/debian", "http://a.example.org/x"}
    assert len({apt_sources.canonical_uri(uri) for uri in uris}) == 3


# --- deb822 sources -------------------------------------------------------------------

DEB822 = text(
    """
    # The security archive comes first on purpose.
    Types: deb
    URIs: https://security.example.org/debian-security
    Suites: bookworm-security
    Components: main
    Signed-By: /usr/share/keyrings/security.gpg

    Types: deb deb-src
    # a note in the middle of the stanza
    URIs: https://mirror.example.org/debian/
    Suites: bookworm bookworm-updates
    Components: main contrib non-free-firmware
    Architectures: amd64
    Signed-By: /usr/share/keyrings/archive.gpg
    """
)


def test_deb822_takes_the_stanza_with_the_release():
    assert apt_sources.derive_backports_deb822(DEB822, "bookworm") == text(
        """
        Types: deb
        URIs: https://mirror.example.org/debian/
        Suites: bookworm-backports
        Components: main
        Architectures: amd64
        Signed-By: /usr/share/keyrings/archive.gpg
        """
    )


def test_deb822_keeps_an_inline_key_and_trust():
    source = text(
        """
        types: deb
        uris: https://mirror.example.org/debian
        suites:
         bookworm
         bookworm-updates
        components: main
        trusted: yes
        signed-by:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
        # a comment between the lines of a value
         mDMEXampleKey
         -----END PGP PUBLIC KEY BLOCK-----
        """
    )
    assert apt_sources.derive_backports_deb822(source, "bookworm") == text(
        """
        Types: deb
        URIs: https://mirror.example.org/debian
        Suites: bookworm-backports
        Components: main
        trusted: yes
        signed-by:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         mDMEXampleKey
         -----END PGP PUBLIC KEY BLOCK-----
        """
    )


@pytest.mark.parametrize(
    "change",
    [
        ("Types: deb deb-src", "Types: deb-src"),
        ("Types: deb deb-src", "Types: deb deb-src\nEnabled: no"),
        ("Types: deb deb-src", "Enabled: FALSE\nTypes: deb"),
        ("Suites: bookworm bookworm-updates", "Suites: bookworm-updates"),
        ("Suites: bookworm bookworm-updates", "Suites: trixie"),
        ("Components: main contrib", "Components: contrib"),
        ("URIs: https://mirror.example.org/debian/", "URIs: cdrom:[Debian_12]/"),
    ],
)
def test_deb822_without_the_release(change):
    before, after = change
    assert before in DEB822
    assert apt_sources.derive_backports_deb822(DEB822.replace(before, after), "bookworm") is None


def test_deb822_enabled_said_aloud_and_several_places():
    source = text(
        """
        Enabled: yes
        Types: deb
        URIs: cdrom:[Debian_12]/ mirror+file:/etc/apt/mirrors/debian.list http://b.example.org/d
        Suites: bookworm
        Components: main
        X-Repolib-Name: Main
        """
    )
    assert apt_sources.derive_backports_deb822(source, "bookworm") == text(
        """
        Types: deb
        URIs: mirror+file:/etc/apt/mirrors/debian.list http://b.example.org/d
        Suites: bookworm-backports
        Components: main
        """
    )


@pytest.mark.parametrize("alias", ["stable", "oldstable"])
def test_a_release_under_its_alias(alias):
    source = f"Types: deb\nURIs: http://b.example.org/d\nSuites: {alias}\nComponents: main\n"
    expected = (
        "Types: deb\nURIs: http://b.example.org/d\nSuites: bookworm-backports\nComponents: main\n"
    )
    assert apt_sources.derive_backports_deb822(source, "bookworm") == expected
    line = f"deb http://b.example.org/d {alias} main\n"
    expected = "deb http://b.example.org/d bookworm-backports main\n"
    assert apt_sources.derive_backports_oneline(line, "bookworm") == expected


def test_another_archive_that_names_its_suite_after_the_release():
    """Browsers and databases do; what apt says about ngspice's origin decides."""
    other = "Types: deb\nURIs: https://other.example.org/apt\nSuites: bookworm\nComponents: main\n"
    known = frozenset({apt_sources.canonical_uri("https://mirror.example.org/debian")})
    derived = apt_sources.derive_backports_deb822(f"{other}\n{DEB822}", "bookworm", known)
    assert derived is not None
    assert "URIs: https://mirror.example.org/debian/\n" in derived
    assert apt_sources.derive_backports_deb822(other, "bookworm", known) is None
    line = "deb https://other.example.org/apt bookworm main\n"
    assert apt_sources.derive_backports_oneline(line, "bookworm", known) is None


# --- one-line sources -----------------------------------------------------------------

ONELINE = text(
    """
    # deb cdrom:[Debian GNU/Linux 12.0 _Bookworm_ - Official amd64 NETINST]/ bookworm main
    deb cdrom:[Debian GNU/Linux 12.0 _Bookworm_ - Official amd64 NETINST]/ bookworm main
    deb-src https://source.example.org/debian bookworm main
    deb https://security.example.org/debian-security bookworm-security main
    deb https://mirror.example.org/debian bookworm-updates main
    # deb https://off.example.org/debian bookworm main
     deb  [ arch=amd64,arm64  signed-by=/etc/keys/a.gpg ]  http://a.example.org/d  bookworm main # x
    """
)


def test_oneline_takes_the_line_with_the_release():
    assert apt_sources.derive_backports_oneline(ONELINE, "bookworm") == (
        "deb [arch=amd64,arm64 signed-by=/etc/keys/a.gpg] "
        "http://a.example.org/d bookworm-backports main\n"
    )


def test_oneline_without_options():
    line = "deb mirror+file:/etc/apt/mirrors/debian.list trixie main non-free\n"
    assert apt_sources.derive_backports_oneline(line, "trixie") == (
        "deb mirror+file:/etc/apt/mirrors/debian.list trixie-backports main\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "deb",
        "deb-src https://mirror.example.org/debian bookworm main",
        "# deb https://mirror.example.org/debian bookworm main",
        "deb https://mirror.example.org/debian bookworm-security main",
        "deb https://mirror.example.org/debian bookworm stable",
        "deb https://mirror.example.org/debian bookworm # main",
        "deb cdrom:[Debian GNU/Linux 12]/ bookworm main",
    ],
)
def test_oneline_without_the_release(line):
    assert apt_sources.derive_backports_oneline(line + "\n", "bookworm") is None


@pytest.mark.parametrize(
    ("parse", "listed", "source"),
    [
        ("parse_deb822", False, DEB822),
        ("parse_deb822", True, DEB822.replace("bookworm-updates", "bookworm-backports")),
        (
            "parse_deb822",
            False,
            DEB822.replace("bookworm-updates", "bookworm-backports\nEnabled: no"),
        ),
        ("parse_oneline", False, ONELINE),
        ("parse_oneline", True, ONELINE.replace("bookworm-updates", "bookworm-backports")),
        ("parse_oneline", False, "# deb http://m.example.org/debian bookworm-backports main"),
        ("parse_oneline", False, "deb-src http://m.example.org/debian bookworm-backports main"),
        ("parse_oneline", False, "deb http://m.example.org/debian trixie-backports main"),
    ],
)
def test_backports_already_listed(parse, listed, source):
    assert apt_sources.lists_backports(getattr(apt_sources, parse)(source), "bookworm") is listed


# --- the flow, with a made-up apt -----------------------------------------------------

# What the made-up programs do is set by files in $FAKE: main and backports hold the archive's
# versions, offline makes every fetch fail, locked makes the next update find the lock held.
FAKE_APT_GET = r"""#!/bin/sh
echo "apt-get $*" >>"$FAKE/calls"
target=main
case " $* " in *" -t "*) target=backports ;; esac
case " $* " in
*" update "*)
    [ ! -e "$FAKE/locked" ] || { rm "$FAKE/locked"; echo "E: Could not get lock"; exit 100; }
    [ ! -e "$FAKE/offline" ] || { echo "Err:1 Could not resolve host"; exit 100; }
    case "$*" in
    *Dir::Etc::sourcelist=*) [ -e "$FAKE/backports" ] || exit 100 ;;
    *) [ ! -e "$FAKE/other-archive-down" ] || exit 100 ;;
    esac ;;
*" install "*)
    [ ! -e "$FAKE/offline" ] || { echo "E: no luck"; exit 100; }
    [ ! -e "$FAKE/refuses-$target" ] || { echo "E: held packages"; exit 100; }
    version=$(cat "$FAKE/$target")
    case " $* " in *" ngspice "*)
        printf '#!/bin/sh\necho "** ngspice-%s : Circuit level simulation program"\n' \
            "${version%%+*}" >"$BIN/ngspice"
        chmod +x "$BIN/ngspice" ;;
    esac
    case " $* " in *" libngspice0 "*)
        mkdir -p "$FAKE/root/usr/lib/x86_64-linux-gnu"
        echo >"$FAKE/root/usr/lib/x86_64-linux-gnu/libngspice.so.0.0.15" ;;
    esac ;;
esac
exit 0
"""
FAKE_APT_CACHE = r"""#!/bin/sh
echo "apt-cache $*" >>"$FAKE/calls"
version="(none)"
if [ "$1" = -t ]; then
    grep -rqs -e "$2" "$FAKE/root/etc/apt" || { echo "E: The value '$2' is invalid"; exit 100; }
    [ -e "$FAKE/backports" ] && version=$(cat "$FAKE/backports")
elif [ -e "$FAKE/main" ]; then
    version=$(cat "$FAKE/main")
fi
echo "ngspice:"
echo "  Installed: (none)"
echo "  Candidate: $version"
echo "  Version table:"
echo "     $version 500"
echo "        500 https://mirror.example.org/debian bookworm/main amd64 Packages"
"""
FAKE_SUDO = r"""#!/bin/sh
echo "sudo $*" >>"$FAKE/calls"
[ -e "$FAKE/may-sudo" ] && [ "$1" = -n ] || exit 1
shift
exec "$@"
"""
FAKE_NGSPICE = '#!/bin/sh\necho "** ngspice-%s : Circuit level simulation program"\n'
SOURCES = "etc/apt/sources.list.d/debian.sources"
ADDED = "etc/apt/sources.list.d/spicegen-backports.sources"


@dataclass(frozen=True)
class Machine:
    """A made-up machine: programs on PATH, a root directory, settings of the made-up apt."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def have(self, name: str, content: str = "") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def program(self, name: str, content: str) -> None:
        self.have(f"bin/{name}", content)
        (self.folder / "bin" / name).chmod(0o755)

    def drop(self, name: str) -> None:
        (self.folder / name).unlink()

    def run(self, *options: str) -> None:
        assert script.main(["--root", str(self.root), "--logs", str(self.logs), *options]) == 0

    def calls(self) -> str:
        path = self.folder / "calls"
        return path.read_text() if path.exists() else ""

    def forget_calls(self) -> None:
        self.have("calls")

    def sources(self) -> set[str]:
        return {str(p.relative_to(self.root)) for p in (self.root / "etc/apt").rglob("*.*")} - {
            "etc/apt/sources.list.d"
        }


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A Debian 12 with root, no ngspice, 39 in main and 46 in backports."""
    made = Machine(tmp_path)
    for name in ("sh", "env", "install", "rm", "cat", "grep", "mkdir", "chmod", "true"):
        real = shutil.which(name)
        assert real is not None
        made.have(f"bin/{name}")
        made.drop(f"bin/{name}")
        (tmp_path / "bin" / name).symlink_to(real)
    made.program("apt-get", FAKE_APT_GET)
    made.program("apt-cache", FAKE_APT_CACHE)
    made.have("main", "39.3+ds-1")
    made.have("backports", "46+ds-1~bpo12+1")
    made.have("root/etc/os-release", 'ID=debian\nVERSION_CODENAME="bookworm"\n')
    made.have(f"root/{SOURCES}", DEB822)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("FAKE", str(tmp_path))
    monkeypatch.setenv("BIN", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *_: None)  # whoever runs the tests
    return made


def lines(capsys) -> list[str]:
    """What was said on stdout since the last look."""
    return capsys.readouterr().out.splitlines()


def test_backports_on_debian_12(machine, capsys):
    machine.run()
    said = lines(capsys)
    assert len(said) == 2
    assert said[0].startswith("Installing ngspice and libngspice with apt")
    assert said[1] == "ngspice 46 and libngspice are installed."
    added = (machine.root / ADDED).read_text()
    assert added.startswith("#")
    assert added.partition("\n")[2] == apt_sources.derive_backports_deb822(DEB822, "bookworm")
    assert (machine.root / ADDED).stat().st_mode & 0o777 == 0o644
    assert (machine.root / SOURCES).read_text() == DEB822
    install = machine.calls().splitlines()[-1]
    assert "install -y --no-install-recommends -t bookworm-backports ngspice libngspice0" in install
    assert not (machine.logs / "setup-ngspice.json").exists()

    machine.forget_calls()
    machine.run()
    assert lines(capsys) == ["ngspice 46 and libngspice are installed."]
    assert machine.calls() == ""


def test_backports_from_oneline_sources(machine, capsys):
    machine.drop(f"root/{SOURCES}")
    machine.have("root/etc/apt/sources.list", ONELINE)
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."
    added = machine.root / "etc/apt/sources.list.d/spicegen-backports.list"
    assert added.read_text().splitlines()[1:] == [
        "deb [arch=amd64,arm64 signed-by=/etc/keys/a.gpg] "
        "http://a.example.org/d bookworm-backports main"
    ]


def test_the_archive_of_the_system_before_others(machine):
    other = "deb https://other.example.org/apt bookworm main\n"
    machine.have("root/etc/apt/sources.list.d/another.list", other)
    machine.run()
    assert machine.sources() == {SOURCES, "etc/apt/sources.list.d/another.list", ADDED}
    assert "URIs: https://mirror.example.org/debian/\n" in (machine.root / ADDED).read_text()


def test_backports_already_configured(machine, capsys):
    listed = "deb https://mirror.example.org/debian bookworm-backports main\n"
    machine.have("root/etc/apt/sources.list.d/mine.list", listed)
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."
    assert machine.sources() == {SOURCES, "etc/apt/sources.list.d/mine.list"}
    assert machine.calls().count(" update") == 1


@pytest.mark.parametrize("trouble", ["no suite", "refused", "too old", "no source"])
def test_back_to_main_where_backports_fail(machine, capsys, trouble):
    """An older ngspice is better than none, and the sources are as they were."""
    if trouble == "no suite":
        machine.drop("backports")
    elif trouble == "refused":
        machine.have("refuses-backports")
    elif trouble == "too old":
        machine.have("backports", "40+ds-1~bpo12+1")
    else:
        machine.have(f"root/{SOURCES}", DEB822.replace("bookworm bookworm-updates", "other"))
    machine.run()
    assert machine.sources() == {SOURCES}
    last = lines(capsys)[-1]
    assert last.startswith(
        "bookworm-backports gave no ngspice 43 or newer; spicegen will use ngspice 39.3, "
    )
    assert "older than 43" in last


def test_a_failure_is_remembered_for_a_day_only(machine, capsys):
    machine.drop("backports")
    machine.run()
    first = lines(capsys)[-1]
    machine.forget_calls()
    machine.run()
    assert lines(capsys) == [first]
    assert machine.calls() == ""

    record = machine.logs / "setup-ngspice.json"
    note = json.loads(record.read_text())
    record.write_text(json.dumps({**note, "time": note["time"] - 25 * 3600}))
    machine.have("backports", "46+ds-1~bpo12+1")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."
    assert not record.exists()


def test_retry_and_a_spoilt_record_try_again(machine, capsys):
    machine.have("offline")
    machine.run()
    machine.drop("offline")
    machine.run("--retry")
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."

    machine.drop("bin/ngspice")
    machine.have("logs/setup-ngspice.json", '{"trouble": "cut o')
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."


def test_no_network(machine, capsys):
    machine.have("offline")
    machine.run()
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == (
        "apt could not fetch its lists; spicegen will use its embedded engine, neospice "
        f"('make ngspice' tries again, log: {machine.logs / 'setup-apt.log'})."
    )
    assert "E: no luck" in captured.err
    assert "Could not resolve host" in (machine.logs / "setup-apt.log").read_text()
    assert machine.sources() == {SOURCES}
    machine.forget_calls()
    machine.run()
    assert machine.calls() == ""
    assert len(lines(capsys)) == 1


def test_the_trouble_of_another_archive_is_not_ours(machine, capsys):
    machine.have("other-archive-down")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."


def test_apt_offers_none(machine, capsys):
    machine.drop("main")
    machine.run()
    assert lines(capsys)[-1].startswith("apt offers no ngspice; spicegen will use its embedded")
    assert "install" not in machine.calls()


def test_ubuntu_takes_what_there_is(machine, capsys):
    machine.have("root/etc/os-release", "ID=ubuntu\nVERSION_CODENAME=noble\nID_LIKE=debian\n")
    machine.have("main", "42+ds-3build1")
    machine.run()
    assert machine.sources() == {SOURCES}
    assert lines(capsys)[-1].startswith(
        "this release has no ngspice newer than 42; spicegen will use ngspice 42, which is older"
    )
    assert machine.calls().count("install -y") == 1


def test_debian_13_needs_no_backports(machine, capsys):
    machine.have("main", "44.2+ds-1")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 44.2 and libngspice are installed."
    assert machine.sources() == {SOURCES}


def test_only_the_library_is_missing(machine, capsys):
    machine.program("ngspice", FAKE_NGSPICE % "45")
    machine.have("main", "44.2+ds-1")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 45 and libngspice are installed."
    assert machine.calls().splitlines()[-1].endswith("--no-install-recommends libngspice0")


def test_without_root(machine, capsys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.program("sudo", FAKE_SUDO)
    machine.run()
    assert lines(capsys) == [
        "No root here; spicegen will use its embedded engine, neospice. "
        f"To install ngspice: sudo python3 -B {SCRIPTS / 'install_ngspice.py'}"
    ]
    assert machine.calls() == "sudo -n true\n"
    assert not machine.logs.exists()

    # Root some time later is not kept from it by anything remembered.
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."


@pytest.mark.parametrize(
    ("version", "library", "consequence"),
    [
        ("39", True, "spicegen will use ngspice 39, which is older than 43"),
        ("46", False, "spicegen will use ngspice 46; without libngspice its in-process engine"),
    ],
)
def test_without_root_and_with_half_of_it(
    machine, capsys, monkeypatch, version, library, consequence
):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.program("ngspice", FAKE_NGSPICE % version)
    if library:
        machine.have("root/usr/lib/libngspice.so.0")
    machine.run()
    (said,) = lines(capsys)
    assert said.startswith(f"No root here; {consequence}")


def test_with_passwordless_sudo(machine, capsys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    machine.program("sudo", FAKE_SUDO)
    machine.have("may-sudo")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 46 and libngspice are installed."
    changing = [c for c in machine.calls().splitlines() if c.startswith("sudo -n env")]
    assert len(changing) == 4  # update, the new source, its update, the installation
    for call in changing:
        assert "DEBIAN_FRONTEND=noninteractive https_proxy=http://proxy.example.org:3128 " in call


def test_without_apt(machine, capsys):
    machine.drop("bin/apt-get")
    machine.run()
    assert lines(capsys) == [
        "No apt here; spicegen will use its embedded engine, neospice. "
        "For ngspice, install ngspice 43 or newer with your package manager."
    ]


def test_waits_for_the_lock(machine, capsys, monkeypatch):
    monkeypatch.setattr(script, "LOCK_WAIT_S", 0.001)
    machine.have("main", "44.2+ds-1")
    machine.have("locked")
    machine.run()
    assert lines(capsys)[-1] == "ngspice 44.2 and libngspice are installed."
    assert machine.calls().count(" update\n") == 2
    machine.drop("bin/ngspice")
    monkeypatch.setattr(script, "LOCK_WAITS", 1)
    machine.have("locked")
    machine.forget_calls()
    machine.run()
    assert machine.calls().count(" update\n") == 1


def test_another_ngspice_first_on_path(machine, capsys, monkeypatch, tmp_path):
    machine.have("main", "44.2+ds-1")
    machine.have("first/ngspice", FAKE_NGSPICE % "30")
    (tmp_path / "first/ngspice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}:{tmp_path / 'bin'}")
    machine.run()
    assert lines(capsys)[-1].startswith(
        "apt installed ngspice, but another one comes first on PATH; spicegen will use ngspice 30"
    )


def test_a_broken_ngspice_counts_as_none(machine, capsys):
    machine.program("ngspice", "#!/nonexistent/interpreter\n")
    machine.drop("bin/apt-get")
    machine.run()
    assert lines(capsys)[0].startswith("No apt here; spicegen will use its embedded engine")


def test_as_a_program(machine):
    """Run as the Makefile does, by a Python that sees nothing but the standard library."""
    machine.program("ngspice", FAKE_NGSPICE % "46")
    machine.have("root/usr/lib/aarch64-linux-gnu/libngspice.so.0")
    program = SCRIPTS / "install_ngspice.py"
    command = [sys.executable, "-E", "-s", "-S", str(program), "--root", str(machine.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "ngspice 46 and libngspice are installed.\n"
    assert done.stderr == ""
