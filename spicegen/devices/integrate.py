"""Integration of the state over time: adaptive, stiff, all devices in one step.

Hairer, Wanner, Solving Ordinary Differential Equations II (1996), section IV.7: RODAS, an
L-stable Rosenbrock method of order 4 with an embedded one of order 3. Each device has one
state, so the linear systems are divisions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.devices.model import MemristorModel
from spicegen.devices.parameter import FloatArray, Value
from spicegen.devices.stimulus import Pwl, Stimulus
from spicegen.errors import SpicegenError

GAMMA = 0.25
ALPHA = (0.0, 0.386, 0.21, 0.63, 1.0, 1.0)
D = (0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0)
A = (
    (),
    (1.544,),
    (0.9466785280815826, 0.2557011698983284),
    (3.314825187068521, 2.896124015972201, 0.9986419139977817),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950),
)
C = (
    (),
    (-5.6688,),
    (-2.430093356833875, -0.2063599157091915),
    (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
    (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
    (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
     -6.058818238834054),
)  # fmt: skip
DX = 1e-7
SMALLEST = 1e-13  # of the span
STEPS_MAX = 2_000_000


class IntegrationError(SpicegenError):
    """The step became too small: the equations of a model are not what they should be."""

    exit_code = 3


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What a device did.

    Args:
        t_s: (times,) s.
        v_volts: (times, devices) V.
        state: (times, devices) normalised.
        i_ampere: (times, devices) A.
    """

    t_s: FloatArray
    v_volts: FloatArray
    state: FloatArray
    i_ampere: FloatArray


def simulate(
    model: MemristorModel,
    stimulus: Stimulus,
    t_s: FloatArray,
    state0: Value,
    tolerance: float = 1e-7,
) -> Trace:
    """States and currents of devices under a voltage.

    Args:
        model: parameters may be (devices,).
        stimulus: one voltage for all devices, or (devices,).
        t_s: (times,) rising; the first is the start.
        state0: one number or (devices,) initial states.
        tolerance: of each step, absolute and relative to the state's range.
    Raises:
        IntegrationError: the equations cannot be integrated.
    """
    v_volts = np.array([np.atleast_1d(stimulus(t)) for t in t_s.tolist()])
    start = np.broadcast_shapes(np.shape(state0), v_volts.shape[1:])
    x = np.array(np.broadcast_to(state0, start), dtype=np.float64)
    rows = [x]
    step = 1e-3 * (t_s[-1] - t_s[0]) if len(t_s) > 1 else 0.0
    smallest = SMALLEST * (t_s[-1] - t_s[0])
    stops = np.union1d(t_s, stimulus.bends_s)
    wanted = set(t_s.tolist())
    t = float(t_s[0])
    for stop in stops[(stops > t) & (stops <= t_s[-1])].tolist():
        if stop - t > smallest:  # a bend may stand beside an output time but for rounding
            x, step = _advance(model, stimulus, x, t, stop, step, tolerance, smallest)
            t = stop
        if stop in wanted:
            rows.append(x)
    states = np.array(rows)
    v_volts = np.broadcast_to(v_volts, states.shape)
    current = np.array([model.current(x, v) for x, v in zip(states, v_volts, strict=True)])
    return Trace(t_s, v_volts, states, current)


def hold(
    model: MemristorModel, v_volts: Value, t_s: float, state0: Value, tolerance: float = 1e-7
) -> FloatArray:
    """(devices,) normalised states after a constant voltage for a time.

    Args:
        model: parameters may be (devices,).
        v_volts: one voltage for all devices, or (devices,), V.
        t_s: for how long, s.
        state0: one number or (devices,) initial states.
        tolerance: of each step, absolute and relative to the state's range.
    Raises:
        IntegrationError: the equations cannot be integrated.
    """
    volts = np.stack([np.asarray(v_volts, dtype=np.float64)] * 2)
    times = np.array([0.0, t_s])
    return np.asarray(simulate(model, Pwl(times, volts), times, state0, tolerance).state[-1])


def _advance(
    model: MemristorModel,
    stimulus: Stimulus,
    x: FloatArray,
    t: float,
    stop: float,
    step: float,
    tolerance: float,
    smallest: float,
) -> tuple[FloatArray, float]:
    """States at `stop`, and the step size to go on with."""
    h = step
    for _ in range(STEPS_MAX):
        h = min(h, stop - t)
        last = h >= stop - t
        new, error = _rodas(model, stimulus, x, t, h)
        ratio = float(np.max(np.abs(error), initial=0.0)) / tolerance
        grow = min(5.0, max(0.1, 0.9 * max(ratio, 1e-12) ** -0.25)) if ratio < np.inf else 0.1
        if ratio <= 1.0 or h <= smallest:
            x, t = new, t + h
            if last or stop - t <= smallest:
                return x, max(h * grow, step * 0.2)
        if not np.isfinite(x).all():
            break
        h = max(h * grow, smallest)
    raise IntegrationError(f"{model.name}: the state cannot be integrated beyond {t:g} s")


def _rodas(
    model: MemristorModel, stimulus: Stimulus, x: FloatArray, t: float, h: float
) -> tuple[FloatArray, FloatArray]:
    """One step: states and estimated errors."""
    here = stimulus(t)
    f = model.derivative(x, here)
    jacobian = (model.derivative(x + DX, here) - model.derivative(x - DX, here)) / (2.0 * DX)
    dt = 1e-4 * h
    slope = (model.derivative(x, stimulus(t + dt)) - f) / dt
    w = 1.0 / (GAMMA * h) - jacobian
    k: list[FloatArray] = []
    y = x
    for stage in range(6):
        if stage:
            rows = A[stage] if stage < 5 else (*A[4], 1.0)
            y = x + sum((a * kj for a, kj in zip(rows, k, strict=True)), np.zeros(x.shape))
            f = model.derivative(y, stimulus(t + ALPHA[stage] * h))
        coupling = sum((c / h * kj for c, kj in zip(C[stage], k, strict=True)), np.zeros(x.shape))
        k.append((f + coupling + h * D[stage] * slope) / w)
    return y + k[5], k[5]
