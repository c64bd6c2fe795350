"""Recurrent layers that read their steps from the last to the first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.layer import Array, LayerTrace, RecurrentLayer, Returns


@dataclass(frozen=True, slots=True, eq=False)
class Bidirectional:
    """Two recurrent layers side by side, one of which reads the steps backwards.

    out = [forward h, backward h] at every step. With returns = "last" it is the state after
    each direction's own last step: forward at the last step, backward at the first
    (PyTorch's h_n, Keras' merge_mode "concat").

    Signals of the trace: those of both layers as `forward.<signal>` and
    `backward.<signal>`, except their `out`; index t always belongs to input step t, so the
    backward states run from high t to low t. And `out`.

    Attributes:
        name: any text.
        forward_layer: reads from the first step on; becomes `<name>.forward`.
        backward_layer: reads from the last step on; becomes `<name>.backward`.
    Raises:
        NetworkError: the two take different inputs, or return different steps.
    """

    name: str
    forward_layer: RecurrentLayer
    backward_layer: RecurrentLayer

    def __post_init__(self) -> None:
        for direction in ("forward", "backward"):
            layer = getattr(self, f"{direction}_layer")
            object.__setattr__(
                self, f"{direction}_layer", replace(layer, name=f"{self.name}.{direction}")
            )
        ahead, back = self.forward_layer, self.backward_layer
        if ahead.input_size != back.input_size:
            raise NetworkError(
                f"layer '{self.name}'",
                f"both directions must take {ahead.input_size} inputs",
                back.input_size,
            )
        if ahead.returns != back.returns:
            raise NetworkError(
                f"layer '{self.name}'",
                f"both directions must return '{ahead.returns}'",
                back.returns,
            )

    @property
    def returns(self) -> Returns:
        """Of both directions."""
        return self.forward_layer.returns

    @property
    def input_size(self) -> int:
        """Features per step."""
        return self.forward_layer.input_size

    @property
    def output_size(self) -> int:
        """Values per step: the units of both directions."""
        return self.forward_layer.output_size + self.backward_layer.output_size

    @property
    def recurrent(self) -> bool:
        """True: a step depends on all other steps."""
        return True

    @property
    def keeps_steps(self) -> bool:
        """Whether every step gives an output."""
        return self.returns == "sequence"

    def forward(self, x: Array) -> LayerTrace:
        """All signals for inputs (sample, step, in), network units.

        Raises:
            NetworkError: the inputs have another shape.
        """
        ahead = self.forward_layer.forward(x)
        back = _backwards(self.backward_layer, x)
        signals = {
            f"{direction}.{name}": signal
            for direction, trace in (("forward", ahead.signals), ("backward", back))
            for name, signal in trace.items()
            if name != "out"
        }
        signals["out"] = np.concatenate([ahead.out, back["out"]], axis=2)
        return LayerTrace(signals)


@dataclass(frozen=True, slots=True, eq=False)
class Reversed:
    """A recurrent layer that reads the steps from the last to the first.

    Signals of the trace: those of the layer; index t belongs to input step t. With
    returns = "last" `out` is the state after the first step, the last one it reads.

    Attributes:
        name: any text.
        layer: what reads the steps; takes over the name.
    """

    name: str
    layer: RecurrentLayer

    def __post_init__(self) -> None:
        object.__setattr__(self, "layer", replace(self.layer, name=self.name))

    @property
    def returns(self) -> Returns:
        """Of the layer inside."""
        return self.layer.returns

    @property
    def input_size(self) -> int:
        """Features per step."""
        return self.layer.input_size

    @property
    def output_size(self) -> int:
        """Values per step."""
        return self.layer.output_size

    @property
    def recurrent(self) -> bool:
        """True: a step depends on all steps after it."""
        return True

    @property
    def keeps_steps(self) -> bool:
        """Whether every step gives an output."""
        return self.returns == "sequence"

    def forward(self, x: Array) -> LayerTrace:
        """All signals for inputs (sample, step, in), network units.

        Raises:
            NetworkError: the inputs have another shape.
        """
        return LayerTrace(_backwards(self.layer, x))


def _backwards(layer: RecurrentLayer, x: Array) -> dict[str, Array]:
    """The signals of a layer that reads x backwards, put back into the order of the steps."""
    trace = layer.forward(x[:, ::-1])
    return {name: np.ascontiguousarray(signal[:, ::-1]) for name, signal in trace.signals.items()}
