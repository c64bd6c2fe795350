"""Presets, their origins, the loader's errors, and that all forms name the same parameters."""

import re
from pathlib import Path

import numpy as np
import pytest

from spicegen.devices import load_model, load_presets, model_class, model_names
from spicegen.devices import presets as presets_module
from spicegen.errors import InputError

NUMBER = r"([-+]?[\d.]+(?:e[-+]?\d+)?)"


@pytest.mark.parametrize("name", model_names())
def test_every_preset_loads_and_names_its_origin(name: str) -> None:
    for preset_name, preset in load_presets(name, model_class(name).parameters()).items():
        model, _ = load_model(name, preset_name)
        assert preset.source
        assert preset.validity
        assert preset.doi == "" or re.fullmatch(r"10\.\d{4,}/\S+", preset.doi)
        assert abs(preset.use.v_read_volts) < preset.use.v_max_volts
        assert model.conductance(1.0, preset.use.v_read_volts) > 0


@pytest.mark.parametrize("name", model_names())
def test_all_forms_have_the_same_parameters_and_defaults(name: str) -> None:
    model, preset = load_model(name)
    card = model.card()
    wanted = {key: float(np.asarray(value)) for key, value in card.values.items()}
    wanted["x0"] = preset.use.x0
    text = card.file.read_text()
    head = text[text.index(".subckt") : text.index(".func")]
    found = dict(re.findall(rf"(\w+)={NUMBER}", head))
    assert {key: float(value) for key, value in found.items()} == wanted
    module = model.card("verilog-a").file.read_text()
    found = dict(re.findall(rf"parameter real (\w+) = {NUMBER}", module))
    assert {key: float(value) for key, value in found.items()} == wanted


@pytest.mark.parametrize("name", model_names())
def test_headers_say_what_is_left_out(name: str) -> None:
    model, _ = load_model(name)
    for form in ("behavioural", "verilog-a"):
        assert "Left out:" in model.card(form).file.read_text()


@pytest.mark.parametrize("name", model_names())
def test_verilog_a_keeps_its_state_on_a_node(name: str) -> None:
    text = load_model(name)[0].card("verilog-a").file.read_text()
    assert "ddt(V(dx))" in text
    assert "initial_step" not in text


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(InputError, match="no such model, got 'vtaem'; did you mean vteam"):
        load_model("vtaem")
    with pytest.raises(InputError, match="no such preset, got 'symetric'; did you mean symm"):
        load_model("vteam", "symetric")
    with pytest.raises(InputError, match="no such parameter, got 'r_on_om'; did you mean r_on"):
        load_model("vteam", None, {"r_on_om": 1.0})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("r_on_ohm", -5.0, r"r_on_ohm must lie in \(0, inf\) ohm, got -5"),
        ("alpha_on", 99.0, r"alpha_on must lie in \[1, 20\], got 99"),
        ("r_on_ohm", float("nan"), "r_on_ohm must lie in"),
        ("r_on_ohm", "big", "r_on_ohm must be a number, got 'big'"),
        ("window", "bioleg", "window must be one of none, exponential, got 'bioleg'"),
        ("window", 7, "window must lie in none | exponential"),
    ],
)
def test_values_out_of_range(key: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_model("vteam", None, {key: value})


def test_parameters_may_differ_from_device_to_device() -> None:
    model, _ = load_model("vteam", None, {"r_on_ohm": np.array([50.0, 60.0])})
    np.testing.assert_allclose(1.0 / model.conductance(np.ones(2), 0.01), [50.0, 60.0])


def test_a_conductance_outside_the_window_is_refused() -> None:
    model, _ = load_model("analog_threshold")
    with pytest.raises(InputError, match=r"device 1: conductance must lie in \[1e-06, 0.0001\] S"):
        model.state_for_conductance(np.array([1e-5, 2e-4]), 0.1)


PRESET = """[preset.a]
title = "t"
source = "s"
doi = ""
checked = false
note = ""
validity = "v"
[preset.a.use]
v_max_volts = 1
v_read_volts = 0.1
read_disturb = 0
forgetting = 0
amplitude_volts = 1
frequency_hertz = 1
x0 = 0.5
v_set_volts = 1
v_reset_volts = -1
t_pulse_s = 1
[preset.a.values]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml", "the file must be TOML"),
        (PRESET, "g_min_siemens must be"),
        (PRESET + 'g_min_siemens = { value = 1, unit = "ohm" }', "unit of g_min_siemens must be"),
        ("[preset.a]\n", "a preset needs title"),
    ],
)
def test_broken_preset_files(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "analog_threshold"
    folder.mkdir()
    (folder / "presets.toml").write_text(text)
    monkeypatch.setattr(presets_module, "packaged", lambda _: tmp_path)
    with pytest.raises(InputError, match=message):
        load_model("analog_threshold")
    with pytest.raises(InputError, match="must be readable"):
        load_model("vteam")
