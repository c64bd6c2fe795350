"""read_raw against files whose bytes were laid down by hand."""

import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spicegen.errors import InputError, RawFileError
from spicegen.waveforms import Plot, Variable, find_plot, read_raw

NAMES = ["time|time", "v(h0)|voltage", "i(v1)|current"]
ROWS = [[0.0, 1.0, -1e-3], [1e-9, 2.5, -2e-3], [4e-9, -0.1, 3e-3]]
AC_NAMES = ["frequency|frequency\tgrid=3", "v(out)|voltage"]
AC_ROWS = [[1e3, 0.5 - 0.25j], [1e4, 1e-3 + 2e-5j]]


@pytest.mark.parametrize("binary", [True, False])
def test_real_plot(raw_file, binary):
    (plot,) = read_raw(raw_file(NAMES, ROWS, binary=binary))
    assert plot.name == "Transient Analysis"
    assert plot.title == "hand made"
    assert plot.date == "Mon Nov 23 14:32:35  2026"
    assert plot.flags == ("real",)
    assert plot.points == 3
    assert plot.variables == (
        Variable("time", "time"),
        Variable("v(h0)", "voltage"),
        Variable("i(v1)", "current"),
    )
    assert [variable.unit for variable in plot.variables] == ["s", "V", "A"]
    assert plot.data.dtype == np.float64
    np.testing.assert_array_equal(plot.data, ROWS)
    np.testing.assert_array_equal(plot.sweep, [0.0, 1e-9, 4e-9])
    assert list(plot) == list(plot.names) == ["time", "v(h0)", "i(v1)"]


@pytest.mark.parametrize("binary", [True, False])
def test_complex_plot(raw_file, binary):
    path = raw_file(AC_NAMES, AC_ROWS, plot="AC Analysis", flags="complex", binary=binary)
    (plot,) = read_raw(path)
    assert plot.data.dtype == np.complex128
    np.testing.assert_array_equal(plot.data, AC_ROWS)
    np.testing.assert_array_equal(plot.sweep, [1e3, 1e4])
    assert plot.sweep.dtype == np.float64
    assert [variable.unit for variable in plot.variables] == ["Hz", "V"]


def test_vectors_are_read_only_views_of_the_mapped_file(raw_file):
    (plot,) = read_raw(raw_file(NAMES, ROWS))
    assert isinstance(plot.data.base, np.memmap) or isinstance(plot.data.base.base, np.memmap)
    h0 = plot["v(h0)"]
    assert np.shares_memory(h0, plot.data)
    assert h0.strides == (3 * 8,)
    with pytest.raises(ValueError, match="read-only"):
        h0[0] = 1.0


def test_several_plots_keep_file_order(raw_bytes, tmp_path):
    path = tmp_path / "several.raw"
    path.write_bytes(
        raw_bytes(AC_NAMES, AC_ROWS, plot="AC Analysis", flags="complex")
        + raw_bytes(NAMES, ROWS)
        + raw_bytes(["v(h0)|voltage"], [[0.25]], plot="Operating Point", binary=False)
        + raw_bytes(NAMES, ROWS[:2], plot="DC transfer characteristic", flags="real padded")
    )
    plots = read_raw(path)
    assert [plot.name for plot in plots] == [
        "AC Analysis",
        "Transient Analysis",
        "Operating Point",
        "DC transfer characteristic",
    ]
    np.testing.assert_array_equal(plots[1].data, ROWS)
    np.testing.assert_array_equal(plots[2]["h0"], [0.25])
    np.testing.assert_array_equal(plots[3].data, ROWS[:2])
    assert find_plot(plots, "transient") is plots[1]


@pytest.mark.parametrize(
    ("asked", "column"),
    [
        ("v(h0)", 1), ("V(H0)", 1), ("h0", 1), ("H0", 1), ("v(xlstm.xtia3.out)", 2),
        ("xlstm.xtia3.out", 2), ("i(v1)", 3), ("v1#branch", 3), ("V1#BRANCH", 3),
        ("@r1[i]", 4), ("i(@r1[i])", 4), ("v2#branch", 5), ("i(v2)", 5), ("5", 6), ("v(5)", 6),
        ("(v(a) - 2*v(b))", 7), ("TIME", 0),
    ],
)  # fmt: skip
def test_names_are_found_as_users_spell_them(raw_file, asked, column):
    names = [
        "time|time", "v(h0)|voltage", "v(xlstm.xtia3.out)|voltage", "i(v1)|current",
        "i(@r1[i])|current", "v2#branch|current", "V(5)|voltage", "(v(a) - 2*v(b))|notype",
    ]  # fmt: skip
    (plot,) = read_raw(raw_file(names, [range(8), range(10, 18)]))
    assert plot.column(asked) == column
    assert asked in plot
    np.testing.assert_array_equal(plot[asked], [column, 10 + column])


def test_a_repeated_vector_is_found_once(raw_file):
    names = ["time|time", "v(in)|voltage", "v(in)|voltage"]
    (plot,) = read_raw(raw_file(names, [[0.0, 1.0, 1.0]]))
    assert plot.column("in") == 1


def test_a_missing_vector_names_the_nearest(raw_file):
    (plot,) = read_raw(raw_file(NAMES, ROWS))
    with pytest.raises(InputError, match=r"no such vector, got h9; did you mean h0\?") as caught:
        plot["h9"]
    assert "hand.raw, plot 'Transient Analysis'" in str(caught.value)
    with pytest.raises(InputError, match=r"did you mean v\(h0\)\?"):
        plot["v(h9)"]
    assert "h9" not in plot
    assert 1 not in plot


def test_a_hint_stays_short_in_a_large_circuit(raw_file):
    names = ["time|time", *(f"v(node{index})|voltage" for index in range(2000))]
    (plot,) = read_raw(raw_file(names, [range(2001)]))
    with pytest.raises(InputError, match=r"known are .* \.\.\.$") as caught:
        plot["zzz"]
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("flags", ["complex", "complex padded", "complex unpadded"])
def test_short_vectors_end_with_their_dims(raw_file, binary, flags):
    names = ["frequency|frequency\tgrid=3", "m|notype dims=2", "v(out)|voltage plot=1"]
    rows = [[1.0, 7j, 10.0], [2.0, 8j, 20.0], [3.0, 0.0, 30.0]]
    if "unpadded" in flags:
        rows[2] = [3.0, 30.0]
    (plot,) = read_raw(raw_file(names, rows, flags=flags, binary=binary))
    np.testing.assert_array_equal(plot["m"], [7j, 8j])
    np.testing.assert_array_equal(plot["out"], [10, 20, 30])
    assert plot.variables[1] == Variable("m", "notype", (2,))
    assert plot.variables[1].unit == ""


def test_dims_of_several_directions_count_their_product(raw_bytes, tmp_path):
    text = raw_bytes(["m|notype", "s|notype dims=2,2"], [[k, k] for k in range(6)])
    text = text.replace(b"Variables:\n\t0", b"Dimensions: 2,3\nVariables:\n\t0")
    path = tmp_path / "dims.raw"
    path.write_bytes(text)
    (plot,) = read_raw(path)
    assert plot["s"].size == 4
    assert plot["m"].size == 6


def test_every_header_key_and_old_layouts_are_accepted(tmp_path):
    path = tmp_path / "old.raw"
    path.write_bytes(
        b"TITLE: a: b\r\nPlotname: Operating Point\r\nFlags:  real \r\nNo. Variables: 2\r\n"
        b"No. Points:   1   \r\nCommand: version 3f5\r\nCommands: x\r\nOption: klu\r\n"
        b"Options: noacct\r\nOffset:  0.0\r\nVariables: 0 v(a) voltage min=0.0\r\n"
        b" 1 v(b) voltage color=red\r\nValues:\r\n0 1.5\r\n -nan\r\n"
    )
    (plot,) = read_raw(str(path))
    assert plot.title == "a: b"
    assert plot.names == ("v(a)", "v(b)")
    assert plot["a"][0] == 1.5
    assert np.isnan(plot["b"][0])


def test_a_title_in_another_encoding_is_no_obstacle(raw_bytes, tmp_path):
    path = tmp_path / "latin.raw"
    path.write_bytes(raw_bytes(NAMES, ROWS).replace(b"hand made", b"\xb5-controller"))
    (plot,) = read_raw(path)
    assert plot.title.endswith("-controller")


# ---------------------------------------------------------------- what must be refused


def refused(tmp_path, text: bytes, match: str) -> None:
    path = tmp_path / "bad.raw"
    path.write_bytes(text)
    with pytest.raises(RawFileError, match=match):
        read_raw(path)


def test_missing_and_empty_files(tmp_path):
    with pytest.raises(RawFileError, match=r"none\.raw: cannot be read: No such file"):
        read_raw(tmp_path / "none.raw")
    refused(tmp_path, b"", "expected a raw file, the file is empty")


@pytest.mark.parametrize("points", ["0       ", "0"])
def test_no_points(raw_bytes, tmp_path, points):
    text = raw_bytes(NAMES, ROWS, points=points)
    refused(tmp_path, text, r"plot 1 \(Transient Analysis\): 'No. Points' is 0: .* still running")


def test_no_points_and_no_table_as_after_a_failed_operating_point(tmp_path):
    head = b"Title: t\nDate: d\nPlotname: Operating Point\nFlags: real\nNo. Variables: 3\n"
    head += b"No. Points: 0       \nVariables:\n"
    refused(tmp_path, head + head, r"\(Operating Point\): 'No. Points' is 0")


def test_truncated_binary(raw_bytes, tmp_path):
    text = raw_bytes(NAMES, ROWS)
    refused(tmp_path, text[:-1], "3 points of 3 variables need 72 bytes, the file has 71")
    text = raw_bytes(AC_NAMES, AC_ROWS, flags="complex")
    refused(tmp_path, text[:-16], "2 points of 2 variables need 64 bytes, the file has 48")
    names = ["a|notype", "b|notype dims=1"]
    text = raw_bytes(names, [[1.0, 2.0], [3.0]], flags="real unpadded")
    refused(tmp_path, text[:-8], "need 24 bytes, the file has 16")


def test_truncated_text(raw_bytes, tmp_path):
    text = raw_bytes(NAMES, ROWS, binary=False)
    cut = text[: text.rindex(b"\t")]
    refused(tmp_path, cut, "truncated: 3 points of 3 variables need 12 numbers, the file has 11")


def test_more_rows_than_announced(raw_bytes, tmp_path):
    text = raw_bytes(NAMES, ROWS, points="2       ")
    refused(tmp_path, text, r"plot 2: expected a header line .*No. Points.*'\.options interp'")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (b"Title: hand made", b"\x00\x01\xff", r"plot 1: expected a header line such as 'Title:'"),
        (b"Date:", b"Dote:", r"expected a header line .*, found b'Dote: Mon"),
        (b"Plotname: Transient Analysis\n", b"", "expected 'Plotname:' before 'Variables:'"),
        (b"Flags: real\n", b"", "expected 'Flags:' with real or complex .*no such line"),
        (b"Flags: real", b"Flags: real forward", "expected 'Flags:' .*'real forward'"),
        (b"Flags: real", b"Flags: real complex", "expected 'Flags:' .*'real complex'"),
        (b"Flags: real", b"Flags: padded", "expected 'Flags:' with real or complex"),
        (b"No. Variables: 3\n", b"", "expected 'no. variables:' with a whole number, found no"),
        (b"No. Variables: 3", b"No. Variables: x", "'no. variables:' .* found 'x'"),
        (b"No. Variables: 3", b"No. Variables: 2", "found b'.*v1"),
        (b"No. Variables: 3", b"No. Variables: 4", "expected variable 3 as 'index name type'"),
        (b"No. Variables: 3", b"No. Variables: 0", "found b'.t0.ttime"),
        (b"No. Points: 3", b"No. Points: -3", "'no. points:' with a whole number, found '-3"),
        (b"No. Points: 3", b"No. Points: " + b"9" * 30, "'no. points:' with a whole number"),
        (b"No. Points: 3", b"No. Points: 99999", "need 2399976 bytes, the file has 72"),
        (b"\t1\tv(h0)", b"\t2\tv(h0)", "expected variable 1 as 'index name type', found '2"),
        (b"v(h0)\tvoltage", b"v(h0)", "expected variable 1"),
        (b"voltage", b"voltage dims=4", r"'v\(h0\)' has 4 values in a plot of 3 points"),
        (b"voltage", b"voltage dims=a", "expected 'dims=' with whole numbers above 0, found 'a'"),
        (b"voltage", b"voltage dims=2,0", "expected 'dims=' .* found '2,0'"),
    ],
)
def test_nonsense_in_the_header(raw_bytes, tmp_path, old, new, match):
    text = raw_bytes(NAMES, ROWS)
    assert old in text
    refused(tmp_path, text.replace(old, new, 1), match)


def test_headers_that_stop_or_miss_their_table(raw_bytes, tmp_path):
    text = raw_bytes(NAMES, ROWS)
    before_table = text.index(b"Variables:\n")
    refused(tmp_path, text[:before_table], "'Values:', the file ends in the header")
    refused(tmp_path, text[: before_table + 11], "expected variable 0 .*, found ''")
    refused(tmp_path, text[: text.index(b"Flags")], "'Values:', the file ends in the header")
    refused(tmp_path, b"Title: t\nBinary:\n", "expected at least one line under 'Variables:'")
    short = text.replace(b"time\ttime", b"time\ttime dims=1").replace(b"age\n", b"age dims=1\n")
    short = short.replace(b"current\n", b"current dims=2\n")
    refused(tmp_path, short, "expected a variable with 3 values, none is as long")


def test_nonsense_among_ascii_values(raw_bytes, tmp_path):
    text = raw_bytes(NAMES, ROWS, binary=False)
    refused(tmp_path, text.replace(b"2.5000", b"2.5x00"), "expected a number under 'Values:'")
    refused(tmp_path, text.replace(b" 1\t", b" 7\t"), "points are not numbered 0, 1, 2")
    wide = text.rstrip() + b" 1.0 2.0\n"
    refused(tmp_path, wide, "a line holds too many numbers: .* need 12 numbers, the file has 14")


def test_a_binary_file_of_another_kind_is_not_read_whole(tmp_path):
    path = tmp_path / "zeros.raw"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    with pytest.raises(RawFileError, match="expected a header line"):
        read_raw(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@settings(max_examples=200, deadline=None)
@given(
    where=st.integers(0, 10_000),
    what=st.binary(max_size=6),
    cut=st.integers(0, 6),
    form=st.booleans(),
)
def test_damage_gives_a_raw_file_error_or_a_table(raw_bytes, where, what, cut, form):
    text = raw_bytes(NAMES, ROWS, binary=form)
    where %= len(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.raw"
        path.write_bytes(text[:where] + what + text[where + cut :])
        try:
            plots = read_raw(path)
        except RawFileError as error:
            assert "damaged.raw" in str(error)
        else:
            assert all(plot.data.shape == (plot.points, len(plot.names)) for plot in plots)


def test_find_plot_wants_exactly_one(raw_bytes, tmp_path):
    path = tmp_path / "two.raw"
    path.write_bytes(raw_bytes(NAMES, ROWS) * 2)
    plots = read_raw(path)
    with pytest.raises(RawFileError, match="starts with 'ac', found 0 among 'Transient"):
        find_plot(plots, "ac")
    with pytest.raises(RawFileError, match="starts with 'transient', found 2 among"):
        find_plot(plots, "transient")
    with pytest.raises(RawFileError, match="found 0 among no plots"):
        find_plot([], "transient")


def test_a_plot_made_by_hand_is_checked():
    with pytest.raises(InputError, match=r"the array must be \(points, 1\).*got \(3, 2\)"):
        Plot("p", "", "", ("real",), (Variable("time", "time"),), np.zeros((3, 2)))
    plot = Plot("p", "", "", ("real",), (Variable("time", "time"),), np.zeros((3, 1)))
    with pytest.raises(InputError, match=r"^plot 'p': no such vector"):
        plot["x"]


def test_a_large_file_opens_at_once(raw_bytes, tmp_path):
    names = ["time|time", *(f"v(n{index})|voltage" for index in range(9))]
    points = 500_000  # x 10 variables x 8 bytes = 40 MB, sparse on the disk
    header = raw_bytes(names, [], points=str(points))
    path = tmp_path / "large.raw"
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + points * 80)
        file.seek(len(header) + (points - 1) * 80 + 3 * 8)
        file.write(np.float64(0.125).tobytes())
    tracemalloc.start()
    began = time.perf_counter()
    (plot,) = read_raw(path)
    last = plot["n2"][-1]
    seconds = time.perf_counter() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last == 0.125
    assert seconds < 0.2
    assert peak < 500_000
