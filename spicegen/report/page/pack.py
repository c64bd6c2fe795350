"""Arrays as short text: quantised, differences, byte planes, deflate, base64.

What a simulator writes is smooth or at rest: as differences most high bytes are zero, and deflate
leaves a tenth of it. `assets/base.js` undoes this in the browser.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = 65535
"""Steps from the lowest to the highest value of a quantised array."""
LEVEL = 6
"""Of deflate: 9 takes three times as long for one percent."""


def quantised(values: NDArray[Any]) -> dict[str, Any]:
    """Values to 1/65535 of their range, a hundredth of what a screen can show.

    Args:
        values: (n,) real; NaN is not possible.
    Returns:
        `kind`, `n`, `low`, `step`, `bytes`.
    """
    values = np.asarray(values, dtype=np.float64)
    low = float(values.min()) if values.size else 0.0
    step = (float(values.max()) - low) / LEVELS if values.size else 0.0
    whole = np.rint((values - low) / step if step else np.zeros_like(values)).astype(np.int64)
    differences = np.diff(whole, prepend=0).astype("<u2")  # modulo 65536
    return {"kind": "q16", "n": values.size, "low": low, "step": step, "bytes": _text(differences)}


def instants(t_s: NDArray[np.float64]) -> dict[str, Any]:
    """Rising instants, to 1/2**32 of their span."""
    low = float(t_s[0]) if t_s.size else 0.0
    step = (float(t_s[-1]) - low) / (2**32 - 1) if t_s.size else 0.0
    whole = np.rint((t_s - low) / step if step else np.zeros_like(t_s)).astype(np.int64)
    differences = np.diff(whole, prepend=0).astype("<u4")
    return {"kind": "q32", "n": t_s.size, "low": low, "step": step, "bytes": _text(differences)}


def floats(values: NDArray[Any]) -> dict[str, Any]:
    """Values as they are, to seven digits (float32); NaN stays NaN."""
    plain = np.ascontiguousarray(values, dtype="<f4").ravel()
    return {"kind": "f32", "n": plain.size, "bytes": _text(plain)}


def _text(values: NDArray[Any]) -> str:
    """Bytes of equal significance side by side, deflated, as base64."""
    planes = values.view(np.uint8).reshape(-1, values.dtype.itemsize).T
    squeezed = zlib.compress(np.ascontiguousarray(planes).tobytes(), LEVEL)
    return base64.b64encode(squeezed).decode("ascii")
