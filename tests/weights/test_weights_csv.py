"""CSV tables and folders of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.weights import load_arrays
from spicegen.weights.csv_folder import read_table


def test_a_folder_gives_one_table_per_file(tmp_path: Path) -> None:
    (tmp_path / "a.weight.csv").write_text("1,2.5\n-3,4e-1\n")
    (tmp_path / "a.bias.csv").write_text("7,8\n")
    (tmp_path / "README.md").write_text("not an array\n")
    loaded = load_arrays(tmp_path)
    assert sorted(loaded) == ["a.bias", "a.weight"]
    np.testing.assert_array_equal(loaded["a.weight"], [[1.0, 2.5], [-3.0, 0.4]])
    np.testing.assert_array_equal(loaded["a.bias"], [[7.0, 8.0]])


def test_tables_round_trip_bit_for_bit(tmp_path: Path) -> None:
    table = np.random.default_rng(1).standard_normal((7, 3))
    lines = [",".join(repr(float(cell)) for cell in row) for row in table]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    np.testing.assert_array_equal(read_table(tmp_path / "t.csv"), table)


def test_blank_lines_spaces_and_byte_order_mark_are_harmless(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf1, 2\r\n\r\n 3,4 \r\n\r\n")
    np.testing.assert_array_equal(read_table(tmp_path / "t.csv"), [[1.0, 2.0], [3.0, 4.0]])


def test_a_header_is_left_out_only_where_allowed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Fp1,Fp2\n1,2\n")
    np.testing.assert_array_equal(read_table(tmp_path / "t.csv", header_allowed=True), [[1, 2]])
    with pytest.raises(NetworkError, match=r"t\.csv, row 1, column 1: .*got 'Fp1'"):
        read_table(tmp_path / "t.csv")


def test_a_first_line_with_any_number_is_no_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("1,x\n1,2\n")
    with pytest.raises(NetworkError, match=r"row 1, column 2: every cell must be a number"):
        read_table(tmp_path / "t.csv", header_allowed=True)


def test_a_cell_that_is_no_number_is_named_by_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.weight.csv").write_text("1,2\n\n3, x1\n")
    with pytest.raises(
        NetworkError,
        match=r"a\.weight\.csv, row 3, column 2: every cell must be a number, got 'x1'; use a",
    ):
        load_arrays(tmp_path)


def test_an_empty_cell_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("1,2,\n")
    with pytest.raises(NetworkError, match=r"row 1, column 3: .*got ''"):
        read_table(tmp_path / "t.csv")


def test_rows_must_be_equally_long(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("1,2\n3,4\n5\n")
    with pytest.raises(
        NetworkError, match=r"t\.csv, row 3: every row must have 2 cells like the first, got 1"
    ):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("text", ["", "\n\n", "only,a,header\n"])
def test_a_table_needs_a_row(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(NetworkError, match=r"t\.csv: the table has no row of numbers"):
        read_table(tmp_path / "t.csv", header_allowed=True)


def test_binary_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetworkError, match=r"t\.csv: not a readable UTF-8 text file"):
        read_table(tmp_path / "t.csv")


def test_a_folder_without_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"no CSV file in this folder; name them <layer>"):
        load_arrays(tmp_path)


def test_a_folder_that_cannot_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(NetworkError, match=r"the folder cannot be listed, got .*Permission denied"):
        load_arrays(tmp_path)
