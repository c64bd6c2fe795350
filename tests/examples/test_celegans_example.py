"""The C. elegans example: made-up recordings, the network against PyTorch, and circuits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from example_files import ROOT, Load, Script, TrainTwice, quick_commands

from spicegen import InputError, load_network

EXAMPLE = ROOT / "examples" / "celegans"
RECORDINGS = ROOT.parent / "shared" / "data" / "celegans"


def recording(steps: int = 8, *, seed: int = 0) -> list[str]:
    """Lines of a made-up recording."""
    generator = np.random.default_rng(seed)
    responses = generator.uniform(-0.065, 1.3, (steps, 4))
    stimuli = generator.choice([0.0, 1.4, 2.3], (steps, 4))
    return [
        " ".join(map(str, [step, 0.0005 * step, *left, *right]))
        for step, (left, right) in enumerate(
            zip(responses.round(4).tolist(), stimuli.tolist(), strict=True)
        )
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three made-up recordings, and a file that is none."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for number in (3, 7, 11):
        lines = recording(seed=number)
        (folder / f"Sequence_{number:02d}.dat").write_text("\n".join(lines) + "\n")
    (folder / "notes.txt").write_text("nothing to read\n")
    return folder


def pytorch_answers() -> tuple[np.ndarray, np.ndarray]:
    with np.load(EXAMPLE / "lstm_pytorch.npz", allow_pickle=False) as arrays:
        return arrays["inputs"], arrays["outputs"]


def test_recordings_are_read_by_number(load: Load, folder: Path) -> None:
    data = load("celegans", "data")
    sequences = data.read_sequences(folder)
    assert [each.number for each in sequences] == [3, 7, 11]
    assert [each.number for each in data.read_sequences(folder, [11, 3])] == [3, 11]
    words = [float(word) for word in recording(seed=7)[5].split()]
    assert sequences[1].responses[5].tolist() == words[2:6]
    assert sequences[1].stimuli[5].tolist() == words[6:]
    assert sequences[1].stimuli.shape == sequences[1].responses.shape == (8, 4)


def test_the_published_split(load: Load) -> None:
    data = load("celegans", "data")
    parts = [data.part_of(number) for number in range(1, 41)]
    assert [parts.count(part) for part in ("training", "validation", "test")] == [20, 10, 10]
    assert [parts[number - 1] for number in (4, 5, 11)] == ["training", "validation", "test"]


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (2, "2 0.001 1 1 1 1 0 0 0", r"line 3: a step has 10 columns \(index, .*\), got 9"),
        (2, "2 0.001 1 1 x 1 0 0 0 0", r"line 3: all columns must be finite numbers, got '2 0"),
        (2, "2 0.001 1 1 nan 1 0 0 0 0", r"line 3: all columns must be finite numbers"),
        (2, "4 0.001 1 1 1 1 0 0 0 0", r"line 3: the index must count up .* here 2, got 4"),
        (2, "2 0.002 1 1 1 1 0 0 0 0", r"line 3: .* 0.0005 s per step.* got 0.002 s"),
        (2, "", r"line 3: a step has 10 columns .*, got 0"),
    ],
)
def test_a_damaged_recording_is_refused(
    load: Load, tmp_path: Path, line: int, text: str, message: str
) -> None:
    lines = recording()
    lines[line] = text
    file = tmp_path / "Sequence_01.dat"
    file.write_text("\n".join(lines))
    with pytest.raises(InputError, match=message):
        load("celegans", "data").read_sequence(file, 1)


def test_missing_recordings_are_named(load: Load, folder: Path, tmp_path: Path) -> None:
    data = load("celegans", "data")
    with pytest.raises(InputError, match="there is no sequence 5; it has 3, 7, 11"):
        data.read_sequences(folder, [3, 5])
    with pytest.raises(InputError, match="no such folder"):
        data.read_sequences(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"there must be files Sequence_NN\.dat"):
        data.read_sequences(tmp_path / "empty")
    (folder / "Sequence_03.dat").write_text("")
    with pytest.raises(InputError, match="at least one step, got an empty file"):
        data.read_sequences(folder, [3])
    (folder / "Sequence_03.dat").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="must be a readable text file"):
        data.read_sequences(folder, [3])


def test_the_reference_answers_as_pytorch_did() -> None:
    stimuli, outputs = pytorch_answers()
    assert stimuli.shape == outputs.shape == (400, 4)
    assert np.ptp(outputs, axis=0).min() > 0.1
    answers = load_network(EXAMPLE / "network.toml").forward(stimuli).outputs
    np.testing.assert_allclose(answers, outputs, rtol=0, atol=1e-10)


def test_the_reference_answers_as_pytorch_does(load: Load) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    train = load("celegans", "train")
    model = train.Responder().double()
    saved = load_file(EXAMPLE / "lstm.safetensors")
    names = {name: name.removesuffix("_l0") for name in model.state_dict()}
    model.load_state_dict({name: saved[short].double() for name, short in names.items()})
    stimuli = np.random.default_rng(0).choice([0.0, 1.4, 2.3], (60, 4))
    answers = load_network(EXAMPLE / "network.toml").forward(stimuli).outputs
    np.testing.assert_allclose(answers, train.answers(model, stimuli), rtol=0, atol=1e-12)
    assert torch.get_default_dtype() == torch.float32


def test_the_network_follows_recordings_it_was_not_trained_on(load: Load) -> None:
    """Published: up to 0.186 for a neuron of the sequences 5 and 15."""
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings are not beside this checkout")
    data = load("celegans", "data")
    network = load_network(EXAMPLE / "network.toml")
    unseen = [
        each for each in data.read_sequences(RECORDINGS) if data.part_of(each.number) != "training"
    ]
    for sequence in unseen:
        errors = network.forward(sequence.stimuli).outputs - sequence.responses
        assert np.sqrt(np.mean(errors**2, axis=0)).max() < 0.1, sequence.number


def test_training_is_repeatable(
    train_twice: TrainTwice, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = train_twice("celegans", "--data", folder)
    printed = capsys.readouterr().out
    assert printed.count("training, sequences [3]: RMSE DB1 ") == 2
    assert printed.count("validation, sequences [7]: RMSE DB1 ") == 2
    for name in ("lstm.safetensors", "lstm_pytorch.npz"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_circuit_on_made_up_recordings(script: Script, folder: Path) -> None:
    arguments = ("--data", folder, "--sequences", 7, 11, "--steps", 3)
    result = script("examples/celegans/run.py", *arguments)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[2].startswith("7 (validation)")
    assert lines[3].startswith("11 (test)")
    assert lines[4].startswith("thesis, sequence 5 ")
    errors = [float(word) for word in lines[2].split()[2:6]]
    worst = float(lines[-1].split()[-1])
    assert max(errors) <= worst <= 0.005


def test_serial_circuit_on_a_made_up_recording(script: Script, folder: Path) -> None:
    arguments = ("--data", folder, "--sequences", 3, "--steps", 3, "--serial", 4)
    result = script("examples/celegans/run.py", *arguments)
    assert result.returncode == 0, result.stderr
    assert float(result.stdout.split()[-1]) <= 0.005


def test_the_readme_commands_run_as_written(script: Script, folder: Path) -> None:
    commands = quick_commands(EXAMPLE / "README.md")
    assert commands
    for words in commands:
        result = script(*words)
        assert result.returncode == 0, result.stderr


def test_bad_options_end_with_a_message(script: Script, folder: Path, tmp_path: Path) -> None:
    program = "examples/celegans/run.py"
    for arguments, message in (
        (("--data", tmp_path / "nowhere"), "run.py: "),
        (("--data", folder, "--sequences", 5), "there is no sequence 5; it has 3, 7, 11"),
        (("--data", folder, "--steps", 0), "--steps must be at least 1, got 0"),
        ((), "--data"),
    ):
        result = script(program, *arguments)
        assert result.returncode == 2
        assert message in result.stderr
        assert "Traceback" not in result.stderr
