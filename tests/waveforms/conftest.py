"""Raw files made by hand, number by number, from ngspice's description of the format."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

RawBytes = Callable[..., bytes]


def make_raw(
    variables: Sequence[str],
    rows: Sequence[Sequence[complex]],
    *,
    plot: str = "Transient Analysis",
    flags: str = "real",
    binary: bool = True,
    points: str | None = None,
) -> bytes:
    """One plot as ngspice writes it; `variables` are 'name|type options', rows may be ragged."""
    points = f"{len(rows):<8}" if points is None else points
    table = "".join(
        "\t{}\t{}\t{}\n".format(index, *text.rsplit("|", 1)) for index, text in enumerate(variables)
    )
    header = (
        f"Title: hand made\nDate: Mon Nov 23 14:32:35  2026\nCommand: ngspice-46\n"
        f"Plotname: {plot}\nFlags: {flags}\nNo. Variables: {len(variables)}\n"
        f"No. Points: {points}\nVariables:\n{table}"
    )
    pair = "complex" in flags
    if binary:
        numbers = [part for row in rows for z in row for part in _parts(z, pair)]
        return f"{header}Binary:\n".encode() + struct.pack(f"={len(numbers)}d", *numbers)
    text = ""
    for index, row in enumerate(rows):
        values = [",".join(f"{part:.15e}" for part in _parts(z, pair)) for z in row]
        text += f" {index}\t" + "\n\t".join(values) + "\n\n"
    return f"{header}Values:\n{text}".encode()


def _parts(z: complex, pair: bool) -> list[float]:
    return [complex(z).real, complex(z).imag] if pair else [complex(z).real]


@pytest.fixture(scope="session")
def raw_bytes() -> RawBytes:
    return make_raw


@pytest.fixture
def raw_file(tmp_path: Path) -> Callable[..., Path]:
    """A raw file with one plot, arguments as `make_raw`."""

    def write(*args: object, **options: object) -> Path:
        path = tmp_path / "hand.raw"
        path.write_bytes(make_raw(*args, **options))  # type: ignore[arg-type]
        return path

    return write
