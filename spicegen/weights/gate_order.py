"""One canonical order of gates and biases, and the way into it from each framework.

Canonical is PyTorch's layout (torch.nn.LSTM, GRU, RNN): `weight_ih` (blocks x units, in),
`weight_hh` (blocks x units, units), `bias_ih` and `bias_hh` (blocks x units,), blocks in the
order i f g o for the LSTM and r z n for the GRU. The others:

| framework | LSTM | GRU | rows | biases |
| --- | --- | --- | --- | --- |
| Keras | i f c o | z r h | (in, blocks x units) | one; two rows for a GRU with reset_after |
| ONNX | i o f c, peepholes i o f | z r h | (blocks x units, in) | two, one after the other |

c and h are the candidate, here g and n. A block is `units` consecutive rows: block k starts at
row k x units, whatever the number of gates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError

Array = NDArray[np.float64]

CANONICAL = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}
"""Order of the blocks by layer kind."""

KERAS = {"lstm": "ifgo", "gru": "zrn", "rnn": "h"}
ONNX = {"lstm": "iofg", "gru": "zrn", "rnn": "h"}


def reorder(array: Array, stored: str, wanted: str) -> Array:
    """Blocks of rows in another order.

    Args:
        array: (blocks x units, ...).
        stored, wanted: one letter per block, in order.
    Raises:
        NetworkError: the rows do not divide into the blocks.
    """
    if array.shape[0] % len(stored):
        raise NetworkError(
            "gate order", f"rows must divide into {len(stored)} blocks", array.shape[0]
        )
    blocks = dict(zip(stored, np.split(array, len(stored)), strict=True))
    return np.concatenate([blocks[gate] for gate in wanted])


def from_keras(
    kind: str, kernel: Array, recurrent_kernel: Array, bias: Array | None
) -> dict[str, Array]:
    """Canonical arrays of one direction of a Keras layer.

    Args:
        kind: lstm, gru or rnn.
        kernel: (in, blocks x units).
        recurrent_kernel: (units, blocks x units).
        bias: (blocks x units,), or (2, blocks x units) with the input bias first, or None.
    """
    stored, wanted = KERAS[kind], CANONICAL[kind]
    arrays = {
        "weight_ih": reorder(kernel.T, stored, wanted),
        "weight_hh": reorder(recurrent_kernel.T, stored, wanted),
    }
    if bias is not None:
        rows = np.atleast_2d(bias)
        arrays |= {
            name: reorder(row, stored, wanted)
            for name, row in zip(("bias_ih", "bias_hh"), rows, strict=False)
        }
    return arrays


def from_onnx(
    kind: str, weight: Array, recurrence: Array, bias: Array | None, peephole: Array | None = None
) -> dict[str, Array]:
    """Canonical arrays of one direction of an ONNX node.

    Args:
        kind: lstm, gru or rnn.
        weight: W, (blocks x units, in).
        recurrence: R, (blocks x units, units).
        bias: B, (2 x blocks x units,), those of W and then those of R, or None.
        peephole: P, (3 x units,) in the order i o f, or None.
    """
    stored, wanted = ONNX[kind], CANONICAL[kind]
    arrays = {
        "weight_ih": reorder(weight, stored, wanted),
        "weight_hh": reorder(recurrence, stored, wanted),
    }
    if bias is not None:
        of_input, of_recurrence = np.split(bias, 2)
        arrays["bias_ih"] = reorder(of_input, stored, wanted)
        arrays["bias_hh"] = reorder(of_recurrence, stored, wanted)
    if peephole is not None:
        arrays |= {
            f"peephole_{gate}": block
            for gate, block in zip("iof", np.split(peephole, 3), strict=True)
        }
    return arrays
