"""Series to forecast: inputs that come step by step, and what to say at each step."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import nearest, positive_int
from lsm.base.reprs import short_repr
from tasks.base import RandomState, streams
from tasks.chaos import lorenz_states, mackey_glass_states
from tasks.data import optional

# Atiya & Parlos 2000 for order 10; Schrauwen et al. 2008, Neurocomputing 71:1159, for order 30.
NARMA = {10: (0.3, 0.05, 1.5, 0.1), 30: (0.2, 0.04, 1.5, 0.001)}
_WASHOUT = 200  # steps until NARMA has forgotten that it began with silence
_BOUND = 10.0  # NARMA stays below 1.3 or so; beyond this it diverges


@short_repr
@dataclass(frozen=True, eq=False)
class Series:
    """A series to forecast.

    Parameters
    ----------
    name : str
    inputs : array, shape (channels, steps)
    targets : array, shape (outputs, steps)
        What is to be known once the inputs up to and with this step have come.
    step : str
        What a step is.
    description, source, licence : str

    Raises
    ------
    ValueError
        Where the arrays are not two-dimensional, or differ in steps.
    """

    name: str
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    step: str
    description: str = ""
    source: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        shapes = np.shape(self.inputs), np.shape(self.targets)
        if {len(shape) for shape in shapes} != {2} or shapes[0][1] != shapes[1][1]:
            raise ValueError(
                "inputs and targets must have shapes (channels, steps) and (outputs, steps), got "
                f"{shapes[0]} and {shapes[1]}"
            )

    def __str__(self) -> str:
        rows = {
            "inputs": f"{len(self.inputs)}, targets {len(self.targets)}",
            "steps": f"{self.inputs.shape[1]}, each {self.step}",
            "source": self.source,
            "licence": self.licence,
        }
        lines = [f"{name:<9}{value}" for name, value in rows.items() if value]
        return "\n".join([f"{self.name}: {self.description}", *lines])


def narma(order: int, n_steps: int = 4000, random_state: RandomState = None) -> Series:
    """NARMA10, NARMA30: y of a non-linear system that remembers `order` steps, from its input u.

    ``y(t+1) = a y(t) + b y(t) (y(t) + ... + y(t-order+1)) + c u(t-order+1) u(t) + d``, u uniform
    in (0, 0.5); the target at step t is y(t+1). Order 10: a, b, c, d = 0.3, 0.05, 1.5, 0.1; order
    30: 0.2, 0.04, 1.5, 0.001. The system can diverge; then the input is drawn anew.

    Parameters
    ----------
    order : int
        10 or 30.
    n_steps : int
    random_state : int, SeedSequence, Generator or None

    Raises
    ------
    RuntimeError
        Where every one of 100 inputs makes it diverge.
    """
    if order not in NARMA:
        raise ValueError(f"order must be one of {', '.join(map(str, NARMA))}, got {order!r}")
    total = positive_int(n_steps, "n_steps") + _WASHOUT
    rng, *_ = streams(random_state)
    for _ in range(100):
        inputs = rng.uniform(0, 0.5, total)
        outputs = narma_outputs(inputs, order)
        if outputs.max() < _BOUND:  # False of NaN too.
            break
    else:
        raise RuntimeError(f"NARMA{order} diverges within {n_steps} steps for each of 100 inputs")
    return Series(
        name=f"NARMA{order}",
        inputs=inputs[np.newaxis, _WASHOUT:],
        targets=outputs[np.newaxis, _WASHOUT:],
        step="one of the difference equation",
        description=f"non-linear autoregressive moving average of order {order}",
        source="Atiya & Parlos, IEEE Trans. Neural Networks 11:697-709, 2000",
    )


def narma_outputs(inputs: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """y(t+1) for each input u(t), shape (steps,), from y = 0 and u = 0 before."""
    a, b, c, d = NARMA[order]
    product = c * inputs * np.concatenate([np.zeros(order - 1), inputs[: 1 - order]]) + d
    y = np.zeros(len(inputs) + order)
    for t, driven in enumerate(product.tolist(), start=order - 1):
        y[t + 1] = y[t] * (a + b * y[t - order + 1 : t + 1].sum()) + driven
        if not y[t + 1] < _BOUND:
            y[t + 1 :] = np.inf
            break
    return y[order:]


def mackey_glass(
    n_steps: int = 4000,
    random_state: RandomState = None,
    *,
    tau: float = 17.0,
    horizon: int = 1,
) -> Series:
    """MackeyGlass: the delay equation ``x' = 0.2 x(t-tau) / (1 + x(t-tau)^10) - 0.1 x``.

    Its state at every unit of time; the target is the state `horizon` steps on. It is mildly
    chaotic for tau = 17, and more so for 30. The measure of old is the error 84 steps on, of a
    model that feeds back its own prediction of one step (Jaeger & Haas 2004, Science 304:78).

    Parameters
    ----------
    n_steps : int
    random_state : int, SeedSequence, Generator or None
        Draws the (constant) history that it begins with; 1000 units of time later the series
        begins.
    tau : float
        Delay, a multiple of 0.1.
    horizon : int
        Steps to look ahead.
    """
    rng, *_ = streams(random_state)
    ahead = positive_int(horizon, "horizon")
    total = positive_int(n_steps, "n_steps") + ahead
    states = mackey_glass_states(total, tau=tau, history=rng.uniform(0.9, 1.3))
    return _ahead(
        states[np.newaxis],
        ahead,
        name="MackeyGlass",
        step="1 unit of time",
        description=f"Mackey-Glass equation, tau {tau:g}; to forecast: {ahead} steps ahead",
        source="Mackey & Glass, Science 197:287-289, 1977",
    )


def lorenz(n_steps: int = 4000, random_state: RandomState = None, *, horizon: int = 1) -> Series:
    """Lorenz: the three states of the Lorenz equations, every 0.02 units of time.

    ``x' = 10 (y - x), y' = x (28 - z) - y, z' = x y - 8/3 z``; the targets are the three states
    `horizon` steps on.

    Parameters
    ----------
    n_steps : int
    random_state : int, SeedSequence, Generator or None
        Draws the state that it begins with; 20 units of time later the series begins.
    horizon : int
        Steps to look ahead.
    """
    rng, *_ = streams(random_state)
    ahead = positive_int(horizon, "horizon")
    total = positive_int(n_steps, "n_steps") + ahead
    states = lorenz_states(total, start=rng.uniform((-10, -10, 15), (10, 10, 35)))
    return _ahead(
        states,
        ahead,
        name="Lorenz",
        step="0.02 units of time",
        description=f"Lorenz equations; to forecast: {ahead} steps ahead",
        source="Lorenz, Journal of the Atmospheric Sciences 20:130-141, 1963",
    )


def santa_fe(
    n_steps: int | None = None, random_state: RandomState = None, *, horizon: int = 1
) -> Series:
    """SantaFe: intensity of a far-infrared laser in a chaotic state, as recorded, 0 to 255.

    The package reservoirpy has its 10,093 steps; the target is the intensity `horizon` steps on.

    Parameters
    ----------
    n_steps : int, optional
        The first so many steps; all of them by default.
    random_state : int, SeedSequence, Generator or None
        Changes nothing; here for the sake of the other series.
    horizon : int
        Steps to look ahead.

    Raises
    ------
    ImportError
        Without reservoirpy.
    ValueError
        Where the recording is shorter.
    """
    ahead = positive_int(horizon, "horizon")
    load = optional("reservoirpy.datasets", "series").santafe_laser
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # It leaves its file open.
        laser = load()
    states = np.asarray(laser, dtype=np.float64).reshape(1, -1)
    most = states.shape[1] - ahead
    n = most if n_steps is None else positive_int(n_steps, "n_steps")
    if n > most:
        raise ValueError(f"n_steps must be at most {most}, all that was recorded; got {n}")
    return _ahead(
        states[:, : n + ahead],
        ahead,
        name="SantaFe",
        step="one of the recording",
        description=f"intensity of a chaotic laser; to forecast: {ahead} steps ahead",
        source="Huebner, Abraham & Weiss, Physical Review A 40:6354-6365, 1989; set A of the Santa "
        "Fe competition, as reservoirpy has it",
    )


SERIES: dict[str, Callable[..., Series]] = {
    "NARMA10": partial(narma, 10),
    "NARMA30": partial(narma, 30),
    "MackeyGlass": mackey_glass,
    "Lorenz": lorenz,
    "SantaFe": santa_fe,
}


def make_series(
    name: str, *, n_steps: int | None = None, random_state: RandomState = None, **options: Any
) -> Series:
    """Make a series to forecast by its name.

    Parameters
    ----------
    name : str
        A key of `SERIES`.
    n_steps : int, optional
        Number of steps: 4000 by default; of SantaFe, all.
    random_state : int, SeedSequence, Generator or None
        The same integer or SeedSequence makes the same series.
    **options
        As the series has them, such as `horizon` (1) and `tau` (17; MackeyGlass).

    Raises
    ------
    ValueError
        Where the name is unknown, or an option has no possible value.
    TypeError
        Where the series has no such option, or an argument is of another type.
    """
    if name not in SERIES:
        suggestion = nearest(name, SERIES, cutoff=0.6)
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        raise ValueError(f"name must be one of {', '.join(SERIES)}, got {name!r}{hint}")
    option_names = set(inspect.signature(SERIES[name]).parameters) - {"n_steps", "random_state"}
    if unknown := sorted(set(options) - option_names):
        raise TypeError(
            f"options of series {name} are {', '.join(sorted(option_names)) or 'none'}; got "
            f"{', '.join(unknown)}"
        )
    if n_steps is not None:
        options["n_steps"] = n_steps
    return SERIES[name](random_state=random_state, **options)


def _ahead(states: NDArray[np.float64], ahead: int, **texts: str) -> Series:
    """Targets are the states so many steps ahead of the inputs."""
    return Series(inputs=states[:, :-ahead], targets=states[:, ahead:], **texts)
