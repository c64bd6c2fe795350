"""Schematics of transistor cells around the op-amp: the op-amp itself, followers, read-outs, sums,
and the bias generator that all of them share."""

from __future__ import annotations

from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics import transistors as on_chip
from spicegen.report.schematics.sheet import Point, Sheet, quantity


def opamp(sheet: Sheet, block: Subcircuit) -> None:
    """n pair, p mirror, class-A second stage, Miller capacitor behind a resistor."""
    top, x_left, x_right, x_out = 8.6, 0.0, 3.6, 13.4
    mirror_a = on_chip.fet(sheet, block, "mirror_a", (x_left, top), size="mirror", gate="right")
    mirror_b = on_chip.fet(sheet, block, "mirror_b", (x_right, top), size="mirror")
    middle = (x_left + x_right) / 2
    _rail(sheet, (x_left - 1.0, top), x_left, x_right, x_out)
    on_chip.net(sheet, (x_left - 1.0, top), "vdd", "left")
    sheet.wire(mirror_a.gate, (middle, mirror_a.gate[1]), mirror_b.gate)
    diode = top - 2.4
    sheet.wire((middle, mirror_a.gate[1]), (middle, diode), (x_left, diode))
    sheet.dot((middle, mirror_a.gate[1]), (x_left, diode))
    on_chip.net(sheet, (x_left, diode), "a", "left")
    inn, inp = _n_inputs(sheet, block, diode - 0.4, ("inn", "inp"), (x_left, x_right))
    for upper, lower in ((mirror_a.drain, inn.drain), (mirror_b.drain, inp.drain)):
        sheet.wire(upper, (upper[0], diode), lower)
    on_chip.lead(sheet, inn.gate, "inn", -1.5)
    on_chip.lead(sheet, inp.gate, "inp", 1.5)
    sheet.dot((x_right, diode))
    on_chip.net(sheet, (x_right + 0.7, diode), "b", "bottom")
    second = on_chip.fet(sheet, block, "second", (x_out, top))
    x_turn, y_miller = 7.7, inp.gate[1]
    sheet.wire((x_right, diode), (x_turn, diode))
    sheet.wire((x_turn, second.gate[1]), (x_turn, diode), (x_turn, y_miller))
    sheet.wire((x_turn, second.gate[1]), second.gate)
    sheet.dot((x_turn, diode))
    z = (x_turn + 2.7, y_miller)
    sheet.resistor((x_turn, y_miller), z, f"Rzero\n{quantity(block, 'r_zero_ohm', 'Ω')}")
    on_chip.net(sheet, z, "z", "bottom")
    miller = f"Cmiller\n{quantity(block, 'c_miller_farad', 'F')}"
    sheet.capacitor(z, (x_out, y_miller), miller)
    sink = on_chip.fet(sheet, block, "sink", (x_out, inn.source[1] - 0.4))
    sheet.wire(second.drain, (x_out, y_miller), sink.drain)
    on_chip.lead(sheet, (x_out, y_miller), "out", 1.6)
    sheet.dot((x_out, y_miller))
    on_chip.net(sheet, sink.gate, "nb", "left")
    on_chip.ground(sheet, sink.source)
    tail = on_chip.fet(sheet, block, "tail", (middle, inn.source[1] - 0.4))
    _tail(sheet, (inn.source, inp.source), tail)
    on_chip.net(sheet, tail.gate, "nb", "left")
    on_chip.ground(sheet, tail.source)
    sheet.port((x_turn, tail.gate[1]), "cm (unused)", "right")
    on_chip.sizes_note(sheet)


def n_input_pair(
    sheet: Sheet, block: Subcircuit, top: float, names: tuple[str, str]
) -> tuple[on_chip.Pins, on_chip.Pins]:
    """Two n transistors with a tail below whose gate is nbt, as activation cells have them."""
    first, second = _n_inputs(sheet, block, top, names, (0.0, 3.6))
    tail = on_chip.fet(sheet, block, "tail", (1.8, first.source[1] - 0.4))
    _tail(sheet, (first.source, second.source), tail)
    on_chip.net(sheet, tail.gate, "nbt", "left")
    on_chip.ground(sheet, tail.source)
    return first, second


def _n_inputs(
    sheet: Sheet, block: Subcircuit, top: float, names: tuple[str, str], xs: tuple[float, float]
) -> tuple[on_chip.Pins, on_chip.Pins]:
    """Both transistors of a pair with their bulks at ground."""
    left = on_chip.fet(sheet, block, names[0], (xs[0], top), size="pair", tied=False, beside="gate")
    right = on_chip.fet(
        sheet, block, names[1], (xs[1], top), size="pair", gate="right", tied=False, beside="gate"
    )
    middle = (sum(xs) / 2, left.bulk[1])
    sheet.wire(left.bulk, middle, right.bulk)
    sheet.dot(middle)
    on_chip.ground(sheet, middle)
    return left, right


def _tail(sheet: Sheet, sources: tuple[Point, Point], tail: on_chip.Pins) -> None:
    """Both sources joined above the drain of the tail: node t."""
    middle = (tail.drain[0], sources[0][1])
    sheet.wire(sources[0], middle, sources[1])
    sheet.wire(middle, tail.drain)
    sheet.dot(middle)
    on_chip.net(sheet, (middle[0] + 0.7, middle[1]), "t", "bottom")


def _rail(sheet: Sheet, start: Point, *xs: float) -> None:
    """The supply, from transistor to transistor."""
    y = start[1]
    for left, right in zip((start[0], *xs), xs, strict=False):
        sheet.wire((left, y), (right, y))
    sheet.dot(*((x, y) for x in xs[:-1]))


def follower(sheet: Sheet, block: Subcircuit) -> None:
    """An op-amp with its output on its inverting input."""
    minus, plus, out = on_chip.amplifier(sheet, "Xamp", (0, 0))
    right, high = out[0] + 0.7, 1.8
    sheet.wire(out, (right, 0))
    sheet.wire((right, 0), (right, high), (minus[0] - 0.6, high), (minus[0] - 0.6, minus[1]), minus)
    sheet.dot((right, 0))
    on_chip.lead(sheet, (right, 0), "out", 1.0)
    on_chip.lead(sheet, plus, "in", -1.8)


def inverter(sheet: Sheet, block: Subcircuit) -> None:
    """out = -gain * in around common."""
    r = quantity(block, "r_ohm", "Ω")
    virtual, out = _stage(sheet, block, f"Rfb\n{r}")
    start = (virtual[0] - 3, virtual[1])
    sheet.resistor(start, virtual, f"Rin\n{r}/gain")
    sheet.port(start, "in")
    on_chip.net(sheet, virtual, "virtual", "bottom")
    on_chip.lead(sheet, out, "out", 1.0)


def readout(sheet: Sheet, block: Subcircuit) -> None:
    """A transimpedance amplifier behind one bit line."""
    virtual, out = on_chip.stage(sheet, "Xamp", (0, 0), "Rfb\nr_f, tc1=tc", "Cfb\nc_f")
    on_chip.lead(sheet, virtual, "bl", -1.4)
    on_chip.lead(sheet, out, "out", 1.0)


def booster(sheet: Sheet, block: Subcircuit) -> None:
    """A non-inverting amplifier: out = gain * in around common."""
    r = quantity(block, "r_ohm", "Ω")
    c = quantity(block, "c_feedback_farad", "F")
    minus, plus, out = on_chip.amplifier(sheet, "Xamp", (0, 0), plus_up=True)
    left, right, foot, high, low = -2.0, 2.0, -5.0, -2.4, -3.9
    sheet.wire(minus, (left, minus[1]), (foot, minus[1]))
    sheet.wire((left, minus[1]), (left, high), (left, low))
    sheet.resistor((left, high), (right, high), f"Rfb\n{r}·(1-1/gain)")
    sheet.capacitor((left, low), (right, low), f"Cfb\n{c}")
    sheet.wire((right, low), (right, high), (right, 0), out)
    sheet.dot((left, minus[1]), (left, high), (right, high), (right, 0))
    sheet.resistor((foot, minus[1]), (foot, low), f"Rin\n{r}/gain", "bottom")
    sheet.common((foot, low))
    on_chip.net(sheet, (-3.5, minus[1]), "sense", "bottom")
    on_chip.lead(sheet, plus, "in", foot - plus[0])
    on_chip.lead(sheet, (right, 0), "out", 1.0)


def difference(sheet: Sheet, block: Subcircuit) -> None:
    """The first op-amp turns current a, the second takes it off current b."""
    r, c = quantity(block, "r_first_ohm", "Ω"), quantity(block, "c_out_farad", "F")
    a, first = on_chip.stage(sheet, "Xfirst", (0, 0), f"Rfirst\n{r}", f"Cfirst\n{c}")
    on_chip.lead(sheet, a, "a", -1.2)
    on_chip.net(sheet, (first[0] + 0.5, 0), "first", "bottom")
    b, out = on_chip.stage(sheet, "Xsum", (11.0, 0), "Rsum\nr_sum", f"Csum\n{c}")
    y, end = b[1], (first[0] + 3.6, b[1])
    sheet.wire(first, (first[0] + 0.9, 0), (first[0] + 0.9, y))
    sheet.resistor((first[0] + 0.9, y), end, f"Rmid\n{r}")
    sheet.wire(end, (end[0] + 1.6, y), b)
    sheet.dot(end)
    sheet.wire(end, (end[0], y - 2.6))
    sheet.port((end[0], y - 2.6), "b", "bottom")
    on_chip.trim(sheet, (end[0] + 1.6, y), "Itrim")
    on_chip.lead(sheet, out, "out", 1.0)


def divider(sheet: Sheet, block: Subcircuit) -> None:
    """Two resistors around common, and a current that shifts their middle."""
    sheet.port((0, 0), "in")
    sheet.resistor((0, 0), (3, 0), "Rtop\nr_top")
    sheet.wire((3, 0), (5.6, 0), (7, 0))
    sheet.resistor((3, 0), (3, -2.4), "Rbottom\nr_bottom\ntc1=tc", "bottom")
    sheet.common((3, -2.4))
    sheet.dot((3, 0))
    on_chip.trim(sheet, (5.6, 0), "Itrim")
    sheet.port((7, 0), "out", "right")


def weigher(sheet: Sheet, block: Subcircuit) -> None:
    """A resistor into a virtual ground."""
    sheet.port((0, 0), "x")
    sheet.resistor((0, 0), (3.4, 0), "Rterm\nr")
    sheet.port((3.4, 0), "sum", "right")


BIAS_TOP, BIAS_NODE, BIAS_FOOT = 9.0, 5.6, 3.2
"""Heights of the bias generator: supply, gates, ground."""


def bias(sheet: Sheet, block: Subcircuit) -> None:
    """Mirrors of two external reference currents."""
    xs = {"nb": 0.0, "nbt": 6.0, "pbt": 12.0, "pbt2": 20.2}
    x_second = 15.6  # of the second diode at pbt
    for name, size, reference in (("nb", "opamp_diode", "opamp"), ("nbt", "cell_diode", "cell")):
        _reference(sheet, block, name, xs[name], size, reference)
        _held(sheet, block, name, (xs[name],))
    for name, sink in (("pbt", "sink_a"), ("pbt2", "sink_b")):
        _sink(sheet, block, sink, xs[name])
    for name, x, size in (
        ("pbt_a", xs["pbt"], "cell_mirror"),
        ("pbt_b", x_second, "cell_mirror"),
        ("pbt2", xs["pbt2"], "tail_mirror"),
    ):
        _p_diode(sheet, block, name, x, size)
    _held(sheet, block, "pbt", (xs["pbt"], x_second))
    sheet.dot((x_second, BIAS_NODE))
    _held(sheet, block, "pbt2", (xs["pbt2"],))
    _rail(sheet, (-1.6, BIAS_TOP), xs["nb"], xs["nbt"], xs["pbt"], x_second, xs["pbt2"])
    sheet.port((-1.6, BIAS_TOP), "vdd")
    on_chip.sizes_note(sheet)


def _reference(
    sheet: Sheet, block: Subcircuit, name: str, x: float, size: str, reference: str
) -> None:
    """A reference current into an n diode."""
    text = f"I{reference}\n{quantity(block, f'i_{reference}_ampere', 'A')}"
    sheet.between(elm.SourceI, (x, BIAS_TOP), (x, BIAS_NODE), text)
    pins = on_chip.fet(sheet, block, name, (x, BIAS_NODE - 0.4), size=size)
    sheet.wire((x, BIAS_NODE), pins.drain)
    sheet.wire(pins.gate, (pins.gate[0], BIAS_NODE), (x, BIAS_NODE))
    sheet.dot((x, BIAS_NODE))
    on_chip.ground(sheet, pins.source)


def _sink(sheet: Sheet, block: Subcircuit, name: str, x: float) -> None:
    """The current of nbt once more."""
    pins = on_chip.fet(sheet, block, name, (x, BIAS_NODE - 0.4), size="cell_diode")
    sheet.wire((x, BIAS_NODE), pins.drain)
    sheet.dot((x, BIAS_NODE))
    on_chip.net(sheet, pins.gate, "nbt", "left")
    on_chip.ground(sheet, pins.source)


def _p_diode(sheet: Sheet, block: Subcircuit, name: str, x: float, size: str) -> None:
    """A p transistor, gate and drain joined."""
    pins, joint = on_chip.fet(sheet, block, name, (x, BIAS_TOP), size=size), (x, BIAS_NODE + 0.6)
    sheet.wire(pins.gate, (pins.gate[0], joint[1]), joint)
    sheet.wire(pins.drain, joint, (x, BIAS_NODE))
    sheet.dot(joint)


def _held(sheet: Sheet, block: Subcircuit, name: str, xs: tuple[float, ...]) -> None:
    """A gate's wire along its transistors, its external capacitor, its port."""
    end = xs[-1] + (2.2 if len(xs) == 1 else 1.2)
    sheet.wire(*((x, BIAS_NODE) for x in (*xs, end)))
    c = quantity(block, "c_bias_farad", "F")
    sheet.capacitor((end, BIAS_NODE), (end, BIAS_FOOT), f"C{name}\n{c}", "bottom")
    on_chip.ground(sheet, (end, BIAS_FOOT))
    sheet.dot((end, BIAS_NODE))
    sheet.wire((end, BIAS_NODE), (end + 0.9, BIAS_NODE))
    sheet.port((end + 0.9, BIAS_NODE), name, "top")


def _stage(sheet: Sheet, block: Subcircuit, resistor: str) -> tuple[Point, Point]:
    c = quantity(block, "c_feedback_farad", "F")
    return on_chip.stage(sheet, "Xamp", (0, 0), resistor, f"Cfb\n{c}")
