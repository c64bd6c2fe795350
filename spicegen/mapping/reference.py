"""The read-out of a reference column: one current that is subtracted from many.

A TIA turns the reference's current I into a voltage; a resistor R, equal to its feedback, turns
it back into -I at the virtual ground of every other bit line. So some op-amp has to deliver I
once per bit line, through its output resistance. Where the TIA cannot, followers behind it share
the bit lines among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.errors import MappingError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceReadout:
    """Amplifiers behind a reference column.

    Attributes:
        r_ohm: feedback of its TIA, and the resistor to every other bit line, ohm.
        drivers: followers between the TIA and the bit lines; 0 where it drives them itself.
        lines_per_driver: bit lines of each of them, fewer in the last; of the TIA without.
    """

    r_ohm: float
    drivers: int
    lines_per_driver: int

    @property
    def resistors(self) -> int:
        """Most that one op-amp drives; its own feedback is one of the TIA's."""
        return self.lines_per_driver + (not self.drivers)


def reference_readout(
    name: str, g_siemens: FloatArray, bit_lines: int, design: Design
) -> ReferenceReadout:
    """Share a reference among bit lines.

    With every word line at the read voltage, the op-amps' inner voltage, in front of their output
    resistance, fills the headroom: I (R + n r_out) for n resistors of R. At most half of it is
    spent on the output resistance, which so costs no more than half of the loop gain.

    Args:
        name: crossbar name for errors.
        g_siemens: (word lines,) conductances of the reference.
        bit_lines: all others.
        design: read voltage, rail, headroom, output resistance.
    Raises:
        MappingError: the current is too large for any op-amp of the design.
    """
    signal, r_out = design.signal, design.opamp.r_out_ohm
    current = signal.v_read_volts * float(g_siemens.sum())
    whole = signal.headroom * signal.v_rail_volts / current
    most = int(whole / (2 * r_out))
    if most < 1:
        raise MappingError(
            f"crossbar {name}",
            f"op-amps of opamp.r_out_ohm = {r_out:g} ohm pass on at most "
            f"{signal.headroom * signal.v_rail_volts / (2 * r_out):.3g} A of a reference column",
            f"{current:.3g} A",
            "lower signal.v_read_volts or device.g_max_siemens, or choose another "
            "crossbar.topology",
        )
    if bit_lines < most:
        return ReferenceReadout(whole - (bit_lines + 1) * r_out, 0, bit_lines)
    drivers = -(-bit_lines // most)
    each = -(-bit_lines // drivers)
    return ReferenceReadout(whole - each * r_out, drivers, each)
