"""The circuit as a graph: subcircuits, instances, sources and probes. No text.

Nodes are names; `0` is ground. A subcircuit names the template that draws its inside and
the values that the template prints; what is between subcircuits is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log10, prod

import numpy as np
from numpy.typing import NDArray

from spicegen.devices import Card
from spicegen.pdk import Mos

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Instance:
    """One block in its place.

    Attributes:
        name: SPICE name without the leading X.
        subcircuit: name of its subcircuit.
        nodes: one per port.
        values: parameters of this instance, SI units; a text passes on a parameter of the
            subcircuit around it.
    """

    name: str
    subcircuit: str
    nodes: tuple[str, ...]
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same element at every place of a grid, such as the segments of lines.

    Attributes:
        pattern: name and nodes, with {row}, {column}, {next_row} and {next_column}.
        value: of each, SI units.
        rows, columns: places.
    """

    pattern: str
    value: float
    rows: int
    columns: int


Value = (
    float
    | int
    | str
    | bool
    | FloatArray
    | BoolArray
    | tuple[Instance, ...]
    | tuple[Repeated, ...]
    | Mos
)


@dataclass(frozen=True, slots=True)
class Subcircuit:
    """One kind of block.

    Attributes:
        name: SPICE name.
        template: path below templates/, without suffix.
        ports: node names in order.
        values: what the template prints: numbers in SI units, or arrays of devices.
        in_place: drawn between the nodes of its only instance instead of as a `.subckt`, each
            node of which ngspice would look up by a search through all ports.
        parameters: what instances set apart from each other, with nominal values.
    """

    name: str
    template: str
    ports: tuple[str, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    in_place: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Instances that belong together, such as one layer, under one comment.

    Attributes:
        title: the comment.
        instances: in the order of the deck.
        name: SPICE name of the layer.
    """

    title: str
    instances: tuple[Instance, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Dc:
    """A constant voltage, V."""

    volts: float


@dataclass(frozen=True, slots=True)
class Ac:
    """A constant voltage, V, with 1 V of small signal on it."""

    volts: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """A periodic pulse from 0 to `high_volts`; times in s."""

    high_volts: float
    delay_s: float
    rise_s: float
    fall_s: float
    width_s: float
    period_s: float

    @property
    def conducting(self) -> tuple[float, float]:
        """Start and length of the first stretch in which its switches conduct, s: above half
        the clock voltage, reached half way up an edge."""
        start_s = self.delay_s + self.rise_s / 2
        return start_s, self.width_s + (self.rise_s + self.fall_s) / 2


@dataclass(frozen=True, slots=True)
class Pwl:
    """Straight lines between (t_s, volts); both (points,)."""

    t_s: FloatArray
    volts: FloatArray


@dataclass(frozen=True, slots=True)
class Scaled:
    """A copy of another node's voltage against common, times `gain`."""

    node: str
    gain: float


@dataclass(frozen=True, slots=True)
class Fed:
    """A voltage that spicegen sets at each step of a static run; (steps,) V."""

    volts: FloatArray

    @property
    def start_volts(self) -> float:
        """In the first step, V."""
        return float(self.volts[0])


@dataclass(frozen=True, slots=True)
class Latched:
    """A state of a static run: spicegen sets it to what `node` had in the step before.

    Attributes:
        node: whose voltage against common is taken over.
        first_step: first step of the layer's first sequence.
        period_steps: steps from one sequence's first to the next one's; there it is 0 V.
    """

    node: str
    first_step: int
    period_steps: int

    @property
    def start_volts(self) -> float:
        """In the first step, V."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A voltage source between a node and its reference."""

    name: str
    node: str
    reference: str
    waveform: Dc | Ac | Pulse | Pwl | Scaled | Fed | Latched

    @property
    def stepped(self) -> bool:
        """Whether spicegen sets it while the engine runs."""
        return isinstance(self.waveform, Fed | Latched)


@dataclass(frozen=True, slots=True)
class FileSource:
    """Voltages that the engine reads from a file while it runs, one column per node.

    Attributes:
        name: SPICE name without its leading A.
        nodes: what it drives.
        reference: node that voltages are counted from.
        t_s: (points,) instants, s, or numbers of steps in a static run.
        volts: (points, nodes) V.
        held: a voltage stays until the next instant; otherwise straight lines between.
    """

    name: str
    nodes: tuple[str, ...]
    reference: str
    t_s: FloatArray
    volts: FloatArray
    held: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A signal that is saved.

    Attributes:
        name: what users call it: "layer.h3", or a clock.
        node: flattened node name, such as `xlstm_u3.i`.
        volts_per_unit: volts of 1.0, or 0 for voltages that carry no network unit.
    """

    name: str
    node: str
    volts_per_unit: float = 0.0

    @property
    def vector(self) -> str:
        """The name under which engines save it."""
        return f"v({self.node})"


@dataclass(frozen=True, slots=True)
class Transient:
    """A transient analysis; times in s.

    Attributes:
        t_stop_s: its end.
        t_max_s: longest time step.
        from_rest: it starts at the operating point instead of zero initial conditions.
    """

    t_stop_s: float
    t_max_s: float
    from_rest: bool = False

    @property
    def last(self) -> float:
        """Where the sweep ends."""
        return self.t_stop_s


@dataclass(frozen=True, slots=True)
class Steps:
    """One operating point per step; what one gives, the next one may take (`Latched`)."""

    points: int

    @property
    def last(self) -> float:
        """Where the sweep ends."""
        return self.points - 1.0


@dataclass(frozen=True, slots=True)
class Axis:
    """Equal steps of a constant source, its ends included."""

    source: str
    start_volts: float
    stop_volts: float
    points: int

    @property
    def step_volts(self) -> float:
        """From point to point."""
        return (self.stop_volts - self.start_volts) / max(1, self.points - 1) or 1.0

    @property
    def beyond_volts(self) -> float:
        """Where engines may end: sums of steps miss the last point by rounding."""
        return self.stop_volts + self.step_volts / 4


@dataclass(frozen=True, slots=True)
class Sweep:
    """Operating points: one without an axis, or all of a grid; the first axis moves fastest."""

    axes: tuple[Axis, ...] = ()

    @property
    def points(self) -> int:
        """Their number."""
        return prod(axis.points for axis in self.axes)


@dataclass(frozen=True, slots=True)
class SmallSignal:
    """Response to the sources with small signals, equally many frequencies per decade."""

    start_hertz: float
    stop_hertz: float
    per_decade: int

    @property
    def points(self) -> int:
        """Number of frequencies; the ends are whole decades apart."""
        return round(log10(self.stop_hertz / self.start_hertz)) * self.per_decade + 1


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise of a node against a reference, integrated over frequency.

    Attributes:
        node, reference: where it is measured.
        source: constant source with a small signal, which the gain is counted from.
    """

    node: str
    reference: str
    source: str
    start_hertz: float
    stop_hertz: float
    per_decade: int = 10

    @property
    def points(self) -> int:
        """One: the integral."""
        return 1


@dataclass(frozen=True, slots=True)
class MovingStates:
    """Memristors of one crossbar whose states the circuit may move.

    Attributes:
        crossbar: the layer's name, as the user wrote it.
        present: (word lines, bit lines) where a pair stands; devices are counted through its
            positive halves row by row, then through the negative ones.
        x0: (devices,) normalised states at the start.
        vectors: (devices,) what tells the state in a run.
        relative: vectors tell the state minus x0.
    """

    crossbar: str
    present: BoolArray
    x0: FloatArray
    vectors: tuple[str, ...]
    relative: bool


@dataclass(frozen=True, slots=True)
class Foundry:
    """Where the transistors of a circuit come from, and how they are.

    Attributes:
        kit: name of the process.
        corner: of its models.
        temperature_celsius: of the whole circuit.
        mismatch_seed: draws the differences between devices; None where there are none.
        shared: nodes that every subcircuit may name without a port.
        start_volts: voltages of nodes at the start of a transient.
        models: whether there are transistors, which need its model cards.
    """

    kit: str
    corner: str
    temperature_celsius: float
    mismatch_seed: int | None
    shared: tuple[str, ...]
    start_volts: Mapping[str, float] = field(default_factory=dict)
    models: bool = True

    @property
    def file(self) -> str:
        """Name of the file of model cards beside the deck."""
        mismatch = "" if self.mismatch_seed is None else "_mismatch"
        return f"{self.kit}_{self.corner}{mismatch}.spice"


@dataclass(frozen=True, slots=True)
class Circuit:
    """Everything that a deck holds.

    Attributes:
        title: one line, safe characters only.
        notes: lines of the header comment.
        common: node that signals refer to.
        subcircuits: definitions, used ones first or last alike.
        sources: supplies, clocks, inputs.
        files: inputs that are read from files.
        groups: instances by layer.
        probes: saved signals.
        outputs: probes of the network's outputs, in order.
        analysis: of a network a transient or steps; of a cell any.
        options: solver options by name.
        save_all: save every node instead of the probes.
        memristor: model of the memristors, where their state may move.
        states: these memristors, by crossbar.
        metered: further vectors to save.
        foundry: models of its transistors, where it has any.
    """

    title: str
    notes: tuple[str, ...]
    common: str
    subcircuits: tuple[Subcircuit, ...]
    sources: tuple[Source, ...]
    files: tuple[FileSource, ...]
    groups: tuple[Group, ...]
    probes: tuple[Probe, ...]
    outputs: tuple[Probe, ...]
    analysis: Transient | Steps | Sweep | SmallSignal | Noise
    options: Mapping[str, float | str]
    save_all: bool = False
    memristor: Card | None = None
    states: tuple[MovingStates, ...] = ()
    metered: tuple[str, ...] = ()
    foundry: Foundry | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """Vectors that stay in the waveforms: probes, and what states are taken over from."""
        taken = (s.waveform.node for s in self.sources if isinstance(s.waveform, Latched))
        vectors = [probe.vector for probe in self.probes]
        return tuple(dict.fromkeys([*vectors, *(f"v({node})" for node in taken), *self.metered]))

    @property
    def saved(self) -> tuple[str, ...]:
        """Vectors that the engine must save: those that are kept, and states of memristors."""
        return self.kept + tuple(vector for part in self.states for vector in part.vectors)
