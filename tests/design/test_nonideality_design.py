"""The list [[nonideality]]: read from files and --set, written back, and refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from spicegen.design import Design, design_from, design_text, load_design
from spicegen.design.nonideality import KINDS, Stuck, Variation, kind_of
from spicegen.errors import DesignError

ONE_OF_EACH: list[dict[str, object]] = [
    {"kind": "programming", "fit": "rram-wan-2022"},
    {"kind": "variation", "sigma": 0.05},
    {"kind": "drift", "t_s": 1e6, "nu": 0.05},
    {"kind": "temperature", "temperature_celsius": 85.0},
    {"kind": "stuck", "p_on": 0.01, "p_off": 0.02},
    {"kind": "open-line", "array": "lstm", "word_lines": [1, 2]},
    {"kind": "nonlinear-iv", "k_per_volt": 2.0},
    {"kind": "read-noise", "sigma": 0.01},
    {"kind": "opamp-mismatch", "sigma_offset_volts": 1e-3},
    {"kind": "hold-mismatch", "sigma": 0.01},
]


def test_a_list_reads_back_the_same_and_holds_every_key() -> None:
    assert [item["kind"] for item in ONE_OF_EACH] == list(KINDS)
    design = design_from({"nonideality": ONE_OF_EACH})
    text = design_text(design)
    again = design_from(tomllib.loads(text))
    assert again == design
    assert design_text(again) == text


def test_file_then_overrides(tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text(
        '[device]\nlevels = 32\n[[nonideality]]\nkind = "variation"\nsigma = 0.05\n'
        '[[nonideality]]\nkind = "stuck"\np_on = 0.01\n'
    )
    design = load_design(
        file,
        ["nonideality.0.sigma=0.1", "nonideality.1.enabled=false", "nonideality.2.kind=variation",
         "nonideality.2.sigma=0.2", "nonideality.2.between=cycles"],
    )  # fmt: skip
    assert design.active(Stuck) == []
    numbered = design.active(Variation)
    assert [(number, each.sigma) for number, each in numbered] == [(0, 0.1), (1, 0.2)]


def test_numbers_count_disabled_entries() -> None:
    items = [{"kind": "variation", "sigma": 0.1, "enabled": False}, ONE_OF_EACH[1]]
    assert [number for number, _ in design_from({"nonideality": items}).active(Variation)] == [1]


def test_a_design_without_a_list_can_be_given_one_by_hand() -> None:
    text = design_text(Design()) + '\n[[nonideality]]\nkind = "variation"\nsigma = 0.05\n'
    assert len(design_from(tomllib.loads(text)).nonideality) == 1


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["0.kind=levels"], "nonideality.0.kind: there is no such kind, got 'levels'; device.lev"),
        (["0.kind=variaton"], "no such kind, got 'variaton'; did you mean variation?"),
        (["0.sigma=1"], "nonideality.0.kind: a kind must be given; known are drift, "),
        (["0.kind=variation"], "nonideality.0.sigma: field required"),
        (["0.kind=stuck", "0.p_onn=0.1"], "nonideality.0.p_onn: there is no such key; did you me"),
        (["0.kind=stuck", "0.p_on=nan"], "nonideality.0.p_on: input should be a finite number"),
        (["0.kind=stuck", "0.p_on=-0.1"], "nonideality.0.p_on: input should be greater than or"),
        (["0.kind=stuck", "0.p_off=1.1"], "nonideality.0.p_off: input should be less than or eq"),
        (["0.kind=stuck", "0.p_on=0.6", "0.p_off=0.6"], "p_on + p_off must not exceed 1, got 1.2"),
        (["0.kind=open-line", "0.p_word_line=2"], "nonideality.0.p_word_line: input should be le"),
        (["0.kind=open-line", "0.word_lines=[-1]"], "nonideality.0.word_lines.0: input should be"),
        (["0.kind=programming"], "exactly one of sigma_siemens, sigma and fit"),
        (["0.kind=programming", "0.sigma=1", "0.fit=rram-wan-2022"], "exactly one of sigma_sieme"),
        (["0.kind=programming", "0.fit=wan"], "nonideality.0.fit: input should be 'rram-milo-202"),
        (["0.kind=variation", "0.sigma=inf"], "nonideality.0.sigma: input should be a finite num"),
        (["0.kind=drift", "0.t_s=1"], "drift takes exactly one of nu and fit"),
        (["0.kind=temperature", "0.temperature_celsius=125", "0.tc_g_max_per_kelvin=-0.02"],
         "1 + tc_g_max_per_kelvin * (temperature_celsius - reference_celsius) must be positive"),
        (["0.kind=hold-mismatch", "0.sigma=0.5"], "nonideality.0.sigma: input should be less tha"),
        (["1.kind=stuck"], "--set nonideality.1.kind: items are numbered from 0, and the next ne"),
        (["-1.kind=stuck"], "--set nonideality.-1.kind: items are numbered from 0, and the next"),
        (["0=stuck"], "--set nonideality.0: the list is set item by item, got 'stuck'"),
    ],
)  # fmt: skip
def test_refusals(overrides: list[str], message: str) -> None:
    with pytest.raises(DesignError) as caught:
        load_design(None, [f"nonideality.{override}" for override in overrides])
    assert message in str(caught.value)


def test_a_list_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text("nonideality = 3\n")
    with pytest.raises(DesignError, match=r"nonideality must be a list of tables"):
        load_design(file, ["nonideality.0.kind=stuck"])
    file.write_text("nonideality = [3]\n")
    with pytest.raises(DesignError, match=r"item 0 of nonideality must be a table, got 3"):
        load_design(file, ["nonideality.0.kind=stuck"])


def test_curved_cells_are_no_linear_sources() -> None:
    curved = {"nonideality": [ONE_OF_EACH[6]], "simulation": {"analysis": "static"}}
    assert design_from(curved).cells == "resistor"
    with pytest.raises(DesignError, match=r"linear cells only, but the list has nonlinear-iv; use"):
        design_from(curved | {"mapping": {"cells": "transconductance"}})


def test_every_kind_has_a_name() -> None:
    assert [kind_of(section) for section in KINDS.values()] == list(KINDS)
