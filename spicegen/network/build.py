"""From a description and its arrays to a network."""

from __future__ import annotations

from collections.abc import Mapping

from spicegen.errors import NetworkError, nearest
from spicegen.network.description import NetworkDescription
from spicegen.network.kind import LayerDescription
from spicegen.network.layer import Array, Layer
from spicegen.network.network import Network


def build_network(description: NetworkDescription, arrays: Mapping[str, Array]) -> Network:
    """The network of a checked description.

    Args:
        description: what the layers are.
        arrays: `<layer>.<array>`, float64, in the canonical order of the gates.
    Raises:
        NetworkError: an array is missing, unknown or of the wrong shape, or the layers do
            not chain.
    """
    _check_names(description, arrays)
    layers: list[Layer] = []
    size, source = description.inputs, f"the network has {description.inputs} inputs"
    for layer in description.layers:
        where = f"{description.arrays}, layer '{layer.name}'"
        reason = f"{source} and units = {layer.units}"
        layers.append(layer.build(_arrays_of(layer, arrays, size, reason, where)))
        size = layers[-1].output_size
        source = f"layer '{layer.name}' gives {size} values"
    return Network(description.name, description.inputs, tuple(layers))


def _check_names(description: NetworkDescription, arrays: Mapping[str, Array]) -> None:
    """Refuse arrays that belong to no layer: a misspelt bias would silently be zero."""
    known = [
        f"{layer.name}.{array}"
        for layer in description.layers
        for array in (*layer.required(1), *layer.optional(1))
    ]
    for name in sorted(set(arrays) - set(known)):
        raise NetworkError(
            str(description.arrays),
            "every array must belong to a layer as <layer>.<array>",
            f"'{name}'",
            nearest(name, known),
        )


def _arrays_of(
    layer: LayerDescription, arrays: Mapping[str, Array], size: int, reason: str, where: str
) -> dict[str, Array]:
    """The arrays of one layer by their own name, in the shapes the layer asks for."""
    required = layer.required(size)
    found = {}
    for array, shape in (required | layer.optional(size)).items():
        value = arrays.get(f"{layer.name}.{array}")
        if value is not None:
            found[array] = _shaped(value, shape, f"{where}, array '{array}'", reason)
        elif array in required:
            raise NetworkError(
                where,
                f"array '{array}' of shape {shape} is missing",
                remedy=f"add '{layer.name}.{array}'",
            )
    return found


def _shaped(value: Array, shape: tuple[int, ...], where: str, reason: str) -> Array:
    # A CSV vector arrives as a table of one row or one column.
    if len(shape) == 1 and value.ndim == 2 and 1 in value.shape:
        value = value.reshape(-1)
    if value.shape != shape:
        raise NetworkError(where, f"the shape must be {shape}, as {reason}", value.shape)
    return value
