"""Reservoirs by name, each with the numbers of its source.

``make_reservoir("maass2002", random_state=0)``; every one takes a number of neurons and another
:class:`lsm.InputWiring`:

==================  ==============================================================================
maass2002           the first liquid: a column of neurons with dynamic synapses
cuba, coba          balanced networks with currents, with conductances (Vogels & Abbott)
izhikevich2003      heterogeneous cortical neurons, all reaching all
deckers2022         a liquid extended by balance, adaptation and heterogeneity
evolved2026         20 neurons as evolution begins with them (Lopez-Herrera et al.)
==================  ==============================================================================

A preset is a draw: it has its source's numbers, not its random numbers. Inputs are onto excitatory
neurons; where a source doesn't say how strong they are, or speaks of other input, scale the
reservoir to yours with :func:`lsm.calibration.calibrate`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.checks import positive_int
from lsm.neurons import IZHIKEVICH, LIF_ADAPTIVE, LIF_ALPHA, LIF_COND, LIF_EI, cortical_draw
from lsm.reservoir import Reservoir
from lsm.synapses import ShortTermPlasticity
from lsm.topology import DistanceWiring, InputWiring, RandomWiring, Wiring, grid

RandomState = int | np.random.Generator | None

_INHIBITORY = 0.2


def maass2002(
    n: int = 135, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The liquid of Maass, Natschlaeger & Markram 2002 (Neural Computation 14:2531).

    Neurons on a grid of 15 x 3 x 3, a fifth of them inhibitory; connections C exp(-D^2 / 4) with C
    .3, .2, .4, .1 (EE, EI, IE, II); weights of mean 30, 60, -19, -19 nA that vary by 100 %;
    currents of 3 (E) and 6 ms (I); short-term plasticity (:class:`lsm.synapses.
    ShortTermPlasticity`); membranes of 30 ms and 1 MOhm, threshold 15 mV, reset 13.5 mV,
    refractory for 3 (E) or 2 ms (I), background current 13.5 nA; inputs of 18 nA onto 30 %.

    Delays are 1.5 and .8 ms: steps should be .5 ms or shorter. Weights are lognormal instead of
    gamma distributed, and U, D and F don't vary from synapse to synapse. Samples begin at
    potentials from 13.5 to 15 mV, as there: each neuron's rest is its first potential, and the rest
    of the background current keeps its equilibrium at 13.5 mV.

    Parameters
    ----------
    n : int
        A multiple of 9: the column has n / 9 layers.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    if positive_int(n, "n") % 9:
        raise ValueError(f"n must be a multiple of 9, for a column of n/9 x 3 x 3, got {n}")
    rng = np.random.default_rng(random_state)
    excitatory = _polarities(n, rng)
    start = rng.uniform(13.5, 15.0, n)
    resistance_MOhm = 1.0
    wiring = DistanceWiring.maass(weight_pA=(30e3, 60e3, -19e3, -19e3))
    return _reservoir(
        rng,
        excitatory,
        model=LIF_EI,
        parameters={
            "tau_m_ms": 30.0,
            "c_m_pF": 30.0 / resistance_MOhm * 1000,
            "tau_syn_e_ms": 3.0,
            "tau_syn_i_ms": 6.0,
            "t_ref_ms": np.where(excitatory, 3.0, 2.0),
            "v_rest_mV": start,
            "v_threshold_mV": 15.0,
            "v_reset_mV": 13.5,
            "i_background_pA": (13.5 - start) / resistance_MOhm * 1000,
        },
        positions=grid((n // 9, 3, 3)),
        wiring=replace(wiring, weight_cv=1.0),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=18e3, weight_sd_pA=0.0),
        short_term=ShortTermPlasticity(),
    )


def cuba(
    n: int = 4000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The balanced network with currents of Vogels & Abbott 2005 (J. Neurosci. 25:10786).

    With the numbers of Brian2's example CUBA (benchmark 2 of Brette et al. 2007, J. Comput.
    Neurosci. 23:349): 80 % excitatory neurons, membranes of 20 ms (200 pF), currents of 5 (E) and
    10 ms (I), synapses of 1.62 and -9 mV with probability .02, threshold -50 mV, reset -60 mV,
    equilibrium -49 mV, refractory for 5 ms. It fires by itself; potentials begin between -60 and
    -50 mV: each neuron's rest is where it begins, and a background current makes up for it.

    Parameters
    ----------
    n : int
        Probabilities are .02 * 4000 / n, at most 1: each neuron keeps its 80 synapses.
    random_state : int, Generator or None
    inputs : InputWiring, optional
        By default five times as strong as an excitatory synapse.
    """
    rng = np.random.default_rng(random_state)
    excitatory = _polarities(positive_int(n, "n"), rng)
    start = rng.uniform(-60.0, -50.0, n)
    leak_nS = 10.0  # 200 pF in 20 ms
    e, i = 1.62 * leak_nS, -9.0 * leak_nS
    return _reservoir(
        rng,
        excitatory,
        model=LIF_EI,
        parameters={
            **_VOGELS,
            "v_rest_mV": start,
            "i_background_pA": (-49.0 - start) * leak_nS,
        },
        wiring=_vogels_wiring(n, e, i),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * e, weight_sd_pA=0.0),
    )


def coba(
    n: int = 4000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The balanced network with conductances of Vogels & Abbott 2005 (J. Neurosci. 25:10786).

    With the numbers of Brian2's example COBA (benchmark 1 of Brette et al. 2007, J. Comput.
    Neurosci. 23:349): as :func:`cuba`, with conductances of 6 and 67 nS that reverse at 0 and -80
    mV, and a rest of -60 mV. Without input it is silent: samples begin at rest.

    Parameters
    ----------
    n, random_state, inputs
        As in :func:`cuba`.
    """
    rng = np.random.default_rng(random_state)
    excitatory = _polarities(positive_int(n, "n"), rng)
    e, i = 6.0 * (0.0 + 60.0), 67.0 * (-80.0 + 60.0)  # the currents that flow at rest
    return _reservoir(
        rng,
        excitatory,
        model=LIF_COND,
        parameters={**_VOGELS, "v_rest_mV": -60.0, "v_e_mV": 0.0, "v_i_mV": -80.0},
        wiring=_vogels_wiring(n, e, i),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * e, weight_sd_pA=0.0),
    )


_VOGELS = {
    "tau_m_ms": 20.0,
    "c_m_pF": 200.0,
    "tau_syn_e_ms": 5.0,
    "tau_syn_i_ms": 10.0,
    "t_ref_ms": 5.0,
    "v_threshold_mV": -50.0,
    "v_reset_mV": -60.0,
}


def _vogels_wiring(n: int, e: float, i: float) -> RandomWiring:
    p = min(1.0, 0.02 * 4000 / n)
    return RandomWiring((p, p, p, p), weight_pA=(e, e, i, i), delay_ms=(0.0, 0.0, 0.0, 0.0))


def izhikevich2003(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """Heterogeneous cortical neurons, all to all (Izhikevich 2003, IEEE Trans. Neural Netw. 14).

    800 regular spiking to chattering and 200 fast to low-threshold spiking neurons
    (:func:`lsm.neurons.cortical_draw`). A spike moves others by .25 mV (E) and -.5 mV (I) on
    average, varying by 58 %, here through currents of 5 ms of the same charge, weights lognormal
    instead of uniform. Input takes the place of the thalamic noise.

    Parameters
    ----------
    n : int
        Weights are those of the paper times 1000 / n, so that their sum stays.
    random_state : int, Generator or None
    inputs : InputWiring, optional
        By default 5 mV a spike.
    """
    rng = np.random.default_rng(random_state)
    excitatory = _polarities(positive_int(n, "n"), rng)
    # A weight w moves a neuron by w tau_syn / c_m.
    pA_per_mV = IZHIKEVICH.parameters["c_m_pF"].default / 5.0
    e, i = 0.25 * pA_per_mV * 1000 / n, -0.5 * pA_per_mV * 1000 / n
    return _reservoir(
        rng,
        excitatory,
        model=IZHIKEVICH,
        parameters={**cortical_draw(excitatory, rng), "tau_syn_ms": 5.0},
        wiring=RandomWiring((1.0, 1.0, 1.0, 1.0), weight_pA=(e, e, i, i), weight_cv=1 / sqrt(3)),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * pA_per_mV, weight_sd_pA=0.0),
    )


def deckers2022(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """A liquid extended by balance, adaptation and heterogeneity, after Deckers et al. 2022.

    (Front. Neurosci. 16:1023470.) Its three extensions, with numbers of our own: inhibition whose
    summed weights equal those of excitation (four times the weight, for a fifth of the neurons),
    currents of adaptation in the excitatory neurons, and membrane, adaptation and refractory times
    that differ from neuron to neuron (membranes: gamma distributed of shape 3, as Perez-Nieves et
    al. 2021 have them, Nat. Commun. 12:5791). :func:`lsm.balance.balance` balances it on data.

    Parameters
    ----------
    n : int
        In a square that keeps the in-degree, connected as :class:`lsm.DistanceWiring` does but that
        inhibitory neurons reach each other too.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    rng = np.random.default_rng(random_state)
    excitatory = _polarities(positive_int(n, "n"), rng)
    return _reservoir(
        rng,
        excitatory,
        model=LIF_ADAPTIVE,
        parameters={
            "tau_m_ms": np.clip(rng.gamma(3.0, 20.0 / 3, n), 3.0, 100.0),
            "tau_w_ms": rng.uniform(50.0, 300.0, n),
            "w_jump_pA": np.where(excitatory, rng.uniform(0.0, 40.0, n), 0.0),
            "t_ref_ms": rng.uniform(1.0, 4.0, n),
            "v_threshold_mV": rng.uniform(-68.0, -62.0, n),
        },
        wiring=DistanceWiring((1.0, 1.0, 1.0, 1.0), weight_pA=(100.0, 100.0, -400.0, -400.0)),
        inputs=inputs or InputWiring(),
    )


def evolved2026(
    n: int = 20, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """20 neurons as the evolved liquid begins (Lopez-Herrera et al. 2026, MCA 31(2):65).

    Alpha synapses of 2 ms, noisy background, 6 x 6 square with p = exp(-D^2 / 2) and no synapses
    among inhibitory neurons; membrane times of 6 to 14 ms, refractory times of .5 to 4 ms and
    thresholds from -69 to -10 mV drawn uniformly, as the search draws them first. Many a draw is
    nearly silent: the paper's search is what makes them fire.

    Parameters
    ----------
    n : int
        In a square that keeps the in-degree of 20.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    return Reservoir.random(
        n,
        random_state=random_state,
        model=LIF_ALPHA,
        ranges={"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -10.0)},
        parameters={"tau_syn_ms": 2.0, "i_background_pA": 100.0, "noise_pA": 10.0},
        wiring=DistanceWiring(),
        inputs=inputs or InputWiring(fraction=0.5, weight_pA=50.0, weight_sd_pA=2.0),
    )


PRESETS: dict[str, Callable[..., Reservoir]] = {
    preset.__name__: preset
    for preset in (maass2002, cuba, coba, izhikevich2003, deckers2022, evolved2026)
}


def make_reservoir(
    name: str,
    *,
    random_state: RandomState = None,
    n: int | None = None,
    inputs: InputWiring | None = None,
) -> Reservoir:
    """A preset by its name.

    Parameters
    ----------
    name : str
        One of :data:`PRESETS`.
    random_state : int, Generator or None
    n : int, optional
        Number of neurons; by default the source's.
    inputs : InputWiring, optional
        By default the source's.

    Raises
    ------
    ValueError
        An unknown name; a number of neurons that the preset can't have.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; known are {', '.join(PRESETS)}")
    size = {} if n is None else {"n": n}
    return PRESETS[name](random_state=random_state, inputs=inputs, **size)


def _polarities(n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A fifth of the neurons, to the nearest, is inhibitory; which, is drawn."""
    return np.asarray(rng.permutation(n) >= round(_INHIBITORY * n))


def _reservoir(
    rng: np.random.Generator,
    excitatory: NDArray[np.bool_],
    *,
    model: Any,
    parameters: dict[str, Any],
    wiring: Wiring,
    inputs: InputWiring,
    positions: NDArray[np.float64] | None = None,
    short_term: ShortTermPlasticity | None = None,
) -> Reservoir:
    drawn = Reservoir.random(
        len(excitatory),
        random_state=rng,
        model=model,
        ranges={},
        parameters=parameters,
        excitatory=excitatory,
        positions=positions,
        wiring=wiring,
        inputs=inputs,
    )
    return drawn if short_term is None else drawn.replace(short_term=short_term)
