"""The targets by name. A new target is a function and one entry here."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lsm.base.checks import nearest, positive
from lsm.base.steps import whole_steps
from tasks.targets import dynamics, settings, waves
from tasks.targets.base import Target, TargetTask
from tasks.targets.settings import NEWTON_NICOLA, NICOLA_CLOPATH, izhikevich, lif, slow_lif, theta

if TYPE_CHECKING:
    from tasks.base import RandomState

# Periods of Van der Pol's oscillator for mu = 0.5 and 5 in its own time, of which 20 are a second.
_PERIOD_HALF, _PERIOD_FIVE = 6.3806758, 11.6122307
_LONG = {"duration_ms": 60_000.0, "learn_ms": (5000.0, 30_000.0)}
_TWENTY = {"duration_ms": 20_000.0}
_EIGHTY = {"duration_ms": 80_000.0, "learn_ms": (5000.0, 55_000.0)}

TARGETS: dict[str, TargetTask] = {
    "sine": TargetTask(
        waves.sine,
        "sine of 5 Hz",
        NICOLA_CLOPATH,
        200.0,
        {
            "lif": lif(0.1, 30),
            "izhikevich": izhikevich(5e3, 5e3),
            "theta": theta(10, 1e4),
        },
    ),
    "sawtooth": TargetTask(
        waves.sawtooth,
        "arcsine of a sine of 5 Hz",
        NICOLA_CLOPATH,
        200.0,
        {"lif": lif(0.1, 30), "izhikevich": izhikevich(5e3, 4e3), "theta": theta(10, 1e4)},
    ),
    "van-der-pol-harmonic": TargetTask(
        partial(dynamics.van_der_pol, mu=0.5),
        "Van der Pol's oscillator, mu 0.5",
        NICOLA_CLOPATH,
        _PERIOD_HALF / 20 * 1000,
        {"lif": lif(0.05, 30), "izhikevich": izhikevich(1e4, 9e3), "theta": theta(10, 1e4)},
    ),
    "van-der-pol-relaxation": TargetTask(
        partial(dynamics.van_der_pol, mu=5.0),
        "Van der Pol's oscillator, mu 5",
        NICOLA_CLOPATH,
        _PERIOD_FIVE / 20 * 1000,
        {"lif": lif(0.05, 30), "izhikevich": izhikevich(1e4, 2e4), "theta": theta(15, 1e4)},
    ),
    "product": TargetTask(
        partial(waves.product, noise=0.0),
        "product of sines of 4 and 6 Hz",
        NICOLA_CLOPATH,
        500.0,
        {
            "lif": lif(0.1, 30, **_LONG),
            "izhikevich": izhikevich(1e4, 9e3, **_TWENTY),
            "theta": theta(25, 1e4, **_EIGHTY),
        },
    ),
    "product-noisy": TargetTask(
        partial(waves.product, noise=0.05),
        "product of sines of 4 and 6 Hz with noise; test it against the clean one",
        NICOLA_CLOPATH,
        500.0,
        {
            "lif": lif(0.1, 30, **_LONG),
            "izhikevich": izhikevich(1e4, 8e3, **_TWENTY),
            "theta": theta(15, 1e4, **_EIGHTY),
        },
    ),
    "lorenz": TargetTask(
        dynamics.lorenz,
        "Lorenz equations, rho 28, sigma 10, beta 8/3",
        NICOLA_CLOPATH,
        None,
        {
            "theta": theta(
                15, 1e4, n_neurons=5000, duration_ms=100_000.0, learn_ms=(5000.0, 50_000.0)
            )
        },
    ),
    "ode-to-joy": TargetTask(
        partial(waves.ode_to_joy, timed=False),
        "Ode to Joy (Beethoven 1824), four notes a second, on the outputs C D E F G",
        NICOLA_CLOPATH,
        waves.MELODY_MS,
        {
            "izhikevich": settings.song(
                1e4, 4e3, n_neurons=5000, duration_ms=1e6, learn_ms=(1000.0, 900_000.0)
            )
        },
    ),
    "ode-to-joy-timed": TargetTask(
        partial(waves.ode_to_joy, timed=True),
        "Ode to Joy (Beethoven 1824), and sixteen outputs that mark its slots",
        NEWTON_NICOLA,
        waves.MELODY_MS,
        {"lif": slow_lif(0.16, 25, 5e-8, duration_ms=88_100.0, learn_ms=(100.0, 80_100.0))},
    ),
    "songbird": TargetTask(
        waves.songbird,
        "synthetic song of 5 s, with 500 timing inputs",
        f"{NICOLA_CLOPATH}, whose recording is not public; this song is generated",
        waves.SONG_MS,
        {
            "izhikevich": settings.song(
                1.3e4,
                1e3,
                n_neurons=1000,
                duration_ms=100_000.0,
                learn_ms=(1000.0, 50_000.0),
                input_gain=8e3,
                neuron={"b_nS": 0.0, "v_t_mV": -40.0, "a_per_ms": 0.002, "d_pA": 100.0},
            )
        },
    ),
    "pitchfork": TargetTask(
        dynamics.pitchfork,
        "normal form of the pitchfork, thrown by pulses",
        NEWTON_NICOLA,
        None,
        # Their 400 pulses of learning, and a fifth as many of test.
        {
            "lif": slow_lif(
                0.16, 28, 5e-6, duration_ms=144_100.0, learn_ms=(100.0, 120_100.0), input_gain=28.0
            )
        },
    ),
    "classification": TargetTask(
        waves.classification,
        "points of the plane, 250 ms each, and pulses that say their class",
        f"{NICOLA_CLOPATH}; the points are drawn here",
        None,
        {
            "izhikevich": settings.song(
                6e3,
                5e3,
                every=20,
                p0=30.0,
                duration_ms=1e6,
                learn_ms=(1000.0, 400_000.0),
                input_gain=500.0,
            )
        },
    ),
}


def check_name(name: str, argument: str) -> None:
    """Raise ValueError, naming the argument, where there is no such target."""
    if name not in TARGETS:
        meant = nearest(name, TARGETS, cutoff=0.6)
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise ValueError(f"{argument} must be one of {', '.join(TARGETS)}, got {name!r}{hint}")


def make_target(
    name: str,
    *,
    duration_ms: float,
    dt_ms: float,
    random_state: RandomState = None,
    **options: Any,
) -> Target:
    """Make a target by its name.

    Parameters
    ----------
    name : str
        A key of `TARGETS`.
    duration_ms : float
        A whole number of steps.
    dt_ms : float
        Step. Values are those at the steps' ends.
    random_state : int, SeedSequence, Generator or None
        Draws noise (product-noisy), the start (lorenz), the song (songbird), the pulses (pitchfork)
        and the points (classification); changes nothing else.
    **options
        As the target has them: `n_channels` (20; songbird) and `boundary` ("line" or "circle";
        classification).

    Raises
    ------
    ValueError
        Where the name is unknown, an option has no possible value, or the duration is no whole
        number of steps.
    TypeError
        Where the target has no such option, or an argument is of another type.
    """
    check_name(name, "name")
    task = TARGETS[name]
    argument_names = (
        [] if isinstance(task.make, partial) else list(inspect.signature(task.make).parameters)
    )
    if unknown := sorted(set(options) - set(argument_names[2:])):
        raise TypeError(
            f"options of target {name} are {', '.join(argument_names[2:]) or 'none'}; got "
            f"{', '.join(unknown)}"
        )
    dt_ms = positive(dt_ms, "dt_ms")
    steps = whole_steps(duration_ms, dt_ms, "duration_ms")
    times_ms = dt_ms * np.arange(1, steps + 1)
    from tasks.base import streams

    rng, *_ = streams(random_state)
    values, inputs = task.make(times_ms, rng, **options)
    return Target(name, values, dt_ms, task, inputs)
