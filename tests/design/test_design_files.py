"""design.toml and overrides: read, refused, and written so that reading gives it back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spicegen.design import Design, design_from, design_text, load_design
from spicegen.errors import DesignError, InputError


def test_no_file_is_the_default_design() -> None:
    assert load_design() == Design()


def test_file_and_overrides(tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text('fidelity = "ideal"\n[opamp]\ngain = 2e4\nr_out_ohm = 50\n')
    design = load_design(file, ["opamp.gain=1e5", "crossbar.topology=dual-column"])
    assert design.fidelity == "ideal"
    assert (design.opamp.gain, design.opamp.r_out_ohm) == (1e5, 50.0)
    assert design.crossbar.topology == "dual-column"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("fidelity=ideal", {"fidelity": "ideal"}),
        ('mapping.scale = "unit"', {"mapping": {"scale": "unit"}}),
        ("device.levels=16", {"device": {"levels": 16}}),
        ("sample_hold.replica=false", {"sample_hold": {"replica": False}}),
        ("signal.v_common_volts=-1.2", {"signal": {"v_common_volts": -1.2}}),
        ("mapping.ranges.lstm.c=3", {"mapping": {"ranges": {"lstm.c": 3.0}}}),
        (" timing.t_edge_s = 1e-7 ", {"timing": {"t_edge_s": 1e-7}}),
    ],
)
def test_override_values(override: str, expected: dict[str, object]) -> None:
    assert load_design(None, [override]) == design_from(expected)


def test_a_later_override_wins() -> None:
    assert load_design(None, ["opamp.gain=1e3", "opamp.gain=1e4"]).opamp.gain == 1e4


@pytest.mark.parametrize("override", ["opamp.gain", "=5", "opamp.=5", ".gain=5", ""])
def test_malformed_overrides(override: str) -> None:
    with pytest.raises(DesignError, match=r"--set: an override is section\.key=value, got '.*'; e"):
        load_design(None, [override])


def test_a_value_is_no_section() -> None:
    with pytest.raises(
        DesignError, match=r"--set fidelity\.of: fidelity is a value, not a section"
    ):
        load_design(None, ["fidelity=ideal", "fidelity.of=ideal"])


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("opamp.gian=5", "design, opamp.gian: there is no such key; did you mean gain?"),
        ("opmap.gain=5", "design, opmap: there is no such key; did you mean opamp?"),
        ("signal.v_units=5", "did you mean v_unit_volts?"),
        (
            "timing.zzz=5",
            "known are serial, settle_error, t_edge_s, t_step_s, t_transfer_s, v_clock_volts",
        ),
    ],
)
def test_unknown_keys_name_the_nearest(override: str, message: str) -> None:
    with pytest.raises(DesignError) as caught:
        load_design(None, [override])
    assert message in str(caught.value)


def test_file_is_named_in_every_refusal(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(InputError, match=r"mine\.toml: the file must be readable, got No such"):
        load_design(file)
    file.write_text("[opamp\n")
    with pytest.raises(DesignError, match=r"mine\.toml: the file must be TOML, got .*line 1"):
        load_design(file)
    file.write_bytes(b"fidelity = '\xff'\n")
    with pytest.raises(DesignError, match=r"mine\.toml: the file must be TOML"):
        load_design(file)
    file.write_text("[opamp]\ngain = 0.5\n")
    with pytest.raises(DesignError, match=r"mine\.toml, opamp\.gain: .*greater than 1, got 0\.5"):
        load_design(file)


POSITIVE = st.floats(1e-18, 1e18, allow_subnormal=False)


@given(
    gain=st.floats(1.0, 1e12, exclude_min=True),
    t_step_s=st.none() | POSITIVE,
    levels=st.none() | st.integers(2, 10**6),
    offset=st.floats(-1.0, 1.0),
    ranges=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=12), POSITIVE),
    fidelity=st.sampled_from(["ideal", "behavioural"]),
)
def test_written_designs_read_back_the_same(
    gain: float,
    t_step_s: float | None,
    levels: int | None,
    offset: float,
    ranges: dict[str, float],
    fidelity: str,
) -> None:
    table = {
        "fidelity": fidelity,
        "opamp": {"gain": gain, "v_offset_volts": offset},
        "timing": {"t_step_s": t_step_s},
        "device": {"levels": levels},
        "mapping": {"ranges": ranges},
    }
    design = design_from(table)
    text = design_text(design)
    again = design_from(tomllib.loads(text))
    assert again == design
    assert design_text(again) == text


def test_written_design_holds_every_key() -> None:
    written = tomllib.loads(design_text(Design()))
    for section, model in Design.model_fields.items():
        keys = getattr(model.annotation, "model_fields", None)
        if keys is None:
            # An empty list is left out, so that [[nonideality]] can be added to the file.
            assert (section in written) != (section == "nonideality")
            continue
        optional = {
            "fidelity",
            "model",
            "preset",
            "conductances",
            "levels",
            "t_step_s",
            "t_transfer_s",
            "reltol",
            "trtol",
            "tile_rows",
            "tile_columns",
            "memory_bytes",
            "v_supply_volts",
            "mismatch_seed",
            "inputs" if section == "calibration" else "",
            "file",
        }
        assert set(keys) - optional <= set(written[section]), section
