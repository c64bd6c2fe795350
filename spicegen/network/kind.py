"""What every layer kind declares about itself for network.toml."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from spicegen.network.layer import Array, Layer

# A user's file: unknown keys are errors, and "5" is no number.
USER_FILE = ConfigDict(extra="forbid", strict=True, frozen=True)


class LayerDescription(BaseModel, ABC):
    """One `[[layer]]` table. A new kind is a subclass, listed in description.KINDS.

    Attributes:
        name: any text; the first part of the array names.
        units: output size.
    """

    model_config = USER_FILE

    name: str = Field(min_length=1)
    units: PositiveInt

    @abstractmethod
    def required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that must be present, by array name."""

    @abstractmethod
    def optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that may be absent, by array name."""

    @abstractmethod
    def build(self, arrays: Mapping[str, Array]) -> Layer:
        """The layer from its arrays, whose shapes have been checked."""
