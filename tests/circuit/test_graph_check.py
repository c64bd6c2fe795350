"""The graph check: a sound circuit passes, every loose end is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spicegen.circuit.check import CircuitError, check_circuit
from spicegen.circuit.graph import (
    Circuit,
    Dc,
    Group,
    Instance,
    Probe,
    Scaled,
    Source,
    Subcircuit,
    Transient,
)

BUFFER = Subcircuit("buffer", "ideal/follower", ("in", "out", "cm"))
SOUND = Circuit(
    title="sound",
    notes=(),
    common="0",
    subcircuits=(BUFFER,),
    sources=(Source("in", "in", "0", Dc(1.0)),),
    files=(),
    groups=(
        Group("one", (Instance("first", "buffer", ("in", "mid", "0")),)),
        Group("two", (Instance("second", "buffer", ("mid", "out", "0")),)),
    ),
    probes=(Probe("mid", "mid"), Probe("inside", "xfirst.deep.inside")),
    outputs=(Probe("output0", "out"),),
    analysis=Transient(1e-6, 1e-6),
    options={},
)


def with_second(*instances: Instance) -> Circuit:
    return replace(SOUND, groups=(SOUND.groups[0], Group("two", instances)))


LOOSE = {
    "subcircuit buffer appears 2 times": replace(SOUND, subcircuits=(BUFFER, BUFFER)),
    "instance first appears 2 times": with_second(Instance("first", "buffer", ("mid", "out", "0"))),
    "source in appears 2 times": replace(
        SOUND, sources=(*SOUND.sources, Source("in", "other", "0", Dc(0.0)))
    ),
    "instance second: no subcircuit bufer": with_second(
        Instance("second", "bufer", ("mid", "out", "0"))
    ),
    "instance second: buffer has 3 ports, got 2 nodes": with_second(
        Instance("second", "buffer", ("mid", "out"))
    ),
    "node mdi is connected to one port only": with_second(
        Instance("second", "buffer", ("mid", "mdi", "0")),
        Instance("third", "buffer", ("mid", "out", "0")),
    ),
    "node out is connected to one port only": replace(SOUND, outputs=()),
    "probe mid: there is no node mdi": replace(SOUND, probes=(Probe("mid", "mdi"),)),
    "probe inside: there is no node xthird.inside": replace(
        SOUND, probes=(Probe("inside", "xthird.inside"),)
    ),
    "probe output0: there is no node output": replace(
        SOUND, outputs=(*SOUND.outputs, Probe("output0", "output"))
    ),
    "node elsewhere is connected to one port only": replace(
        SOUND, sources=(*SOUND.sources, Source("copy", "c", "0", Scaled("elsewhere", -1.0)))
    ),
    "node cm is connected to one port only": replace(
        SOUND, sources=(*SOUND.sources, Source("copy", "c", "cm", Dc(-1.0)))
    ),
}


def test_a_sound_circuit_passes() -> None:
    check_circuit(SOUND)


@pytest.mark.parametrize("message", LOOSE)
def test_loose_ends(message: str) -> None:
    with pytest.raises(CircuitError) as caught:
        check_circuit(LOOSE[message])
    assert str(caught.value) == message
