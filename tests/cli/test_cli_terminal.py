"""What a terminal, a pipe, a closed pipe and a narrow encoding get to see."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess

import pytest

from spicegen.cli.counting import counting
from spicegen.cli.terminal import one_line

COLOUR = re.compile(r"\x1b\[(?:\d+;)*[39]\dm")


def on_terminal(command, environment):
    """Exit status and what a terminal shows on stdout and stderr together."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while chunk := read(ours):
        seen += chunk
    os.close(ours)
    return child.wait(20), seen.decode()


def read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


@pytest.fixture
def command(dense, program):
    return [*program, "run", str(dense), "-i", f"{dense}/inputs.npy", "-o", f"{dense}/out"]


def test_a_terminal_gets_bars_and_colour(command, environment):
    environment = {k: v for k, v in environment.items() if k != "NO_COLOR"}
    status, seen = on_terminal(command, environment | {"TERM": "xterm-256color"})
    assert status == 0
    assert "simulating" in seen
    assert COLOUR.search(seen)
    assert "all outputs" in seen


def test_no_color_is_respected(command, environment):
    status, seen = on_terminal(command, environment | {"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert status == 0
    assert not COLOUR.search(seen)


def test_a_dumb_terminal_gets_lines(command, environment):
    status, seen = on_terminal(command, environment | {"TERM": "dumb"})
    assert status == 0
    assert "spicegen: simulating\r\n" in seen
    assert "\x1b" not in seen


def test_json_stays_pure_on_a_terminal(command, environment):
    ours, theirs = pty.openpty()
    answer = subprocess.run(
        [*command, "--json"], env=environment, stdout=subprocess.PIPE, stderr=theirs, check=True
    )
    os.close(theirs)
    os.close(ours)
    assert json.loads(answer.stdout)["network"] == "tiny"


def test_a_reader_that_left_does_not_end_the_work(command, dense, environment):
    child = subprocess.Popen(
        [*command, "--max-error", "1e-9"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    child.stdout.close()
    stderr = child.stderr.read()
    assert child.wait(20) == 4
    child.stderr.close()
    assert "BrokenPipe" not in stderr
    assert (dense / "out" / "result.json").is_file()


def test_a_narrow_encoding_gets_escapes(command, dense, environment):
    network = dense / "network.toml"
    network.write_text(network.read_text().replace('"tiny"', '"größe"'), encoding="utf-8")
    answer = subprocess.run(
        command,
        env=environment | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert rb"gr\xf6\xdfe" in answer.stdout
    assert answer.stdout.isascii()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n  b\tc", "a b c"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
        ("bad \udcff name", "bad \\udcff name"),
        ("größe", "größe"),
    ],
)
def test_one_line(text, line):
    assert one_line(text) == line


def test_counted_work_tells_a_line_now_and_then(monkeypatch, capsys):
    at = iter([0.0, 9.0, 11.0])
    monkeypatch.setattr("spicegen.cli.counting.time.monotonic", lambda: next(at))
    with counting("epochs", "of at most") as show:
        for done in (1, 2, 3):
            show(done, 48, f"loss {1 / done:.2f}")
    assert capsys.readouterr().err == (
        "spicegen: 1 of at most 48 epochs; loss 1.00\nspicegen: 3 of at most 48 epochs; loss 0.33\n"
    )
