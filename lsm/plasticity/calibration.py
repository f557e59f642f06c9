"""A liquid for some input: drawn, and its weights scaled until it is neither silent nor busy."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.neurons import LIF, NeuronModel
from lsm.presets import make_reservoir
from lsm.reservoir import VARIED_RANGES, Reservoir
from lsm.simulation.programs import Target
from lsm.simulation.state_cache import cached_states
from lsm.spikes import SpikeTrains
from lsm.states import SpikeCounts
from lsm.topology import InputWiring, mix

#: Samples that a calibration listens to, and pre-training as well.
SAMPLES = 64
#: A gain is sought from 2^-10 to 2^10, to an eighth of an octave.
OCTAVES = 10
FRACTIONS = 8


def liquid_for(
    spikes: SpikeTrains,
    *,
    n_neurons: int,
    preset: str | None = None,
    rate_Hz: float,
    dt_ms: float = 1.0,
    target: Target = "auto",
    random_state: int | np.random.Generator | None = None,
) -> Reservoir:
    """Draw a liquid and scale its weights, or a preset's inputs, for some input.

    A channel reaches 30 % of the excitatory neurons, or so many that five channels reach all of
    them, with weights of both signs and mean 0. Without a preset neurons are leaky
    integrate-and-fire with parameters from :data:`lsm.reservoir.VARIED_RANGES`, recurrent weights
    are as large as the inputs' deviation, inhibitory ones twice that.

    Parameters
    ----------
    spikes : SpikeTrains
        Input of the kind that the liquid will hear.
    n_neurons : int
    preset : str, optional
        One of :data:`lsm.PRESETS`. Inputs are as described here, in place of the source's, but as
        late as there, and only they are scaled: synapses among the neurons keep the weights of the
        source.
    rate_Hz, dt_ms, target
        As in :func:`calibrate`.
    random_state : int, Generator or None
        Draws the reservoir.
    """
    if preset is None:
        liquid = random_liquid(spikes.n_channels, n_neurons=n_neurons, random_state=random_state)
    else:
        liquid = make_reservoir(preset, n=n_neurons, random_state=random_state)
        inputs = liquid.inputs
        assert isinstance(inputs, InputWiring)  # as all presets have it
        strength = float(np.hypot(inputs.weight_pA, inputs.weight_sd_pA))
        reach = input_fraction(spikes.n_channels)
        liquid = liquid.replace(
            inputs=replace(inputs, fraction=reach, weight_pA=0.0, weight_sd_pA=strength)
        )
    return calibrate(
        liquid,
        spikes,
        rate_Hz=rate_Hz,
        inputs_only=preset is not None,
        dt_ms=dt_ms,
        target=target,
    )


def random_liquid(
    n_channels: int,
    *,
    n_neurons: int,
    random_state: int | np.random.Generator | None = None,
    input_share: float | None = None,
    model: NeuronModel = LIF,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    **options: Any,
) -> Reservoir:
    """Draw a liquid as :func:`liquid_for` does, to be scaled yet.

    Parameters
    ----------
    n_channels : int
    n_neurons : int
    random_state : int, Generator or None
    input_share : float, optional
        In place of :func:`input_fraction`.
    model : NeuronModel
    ranges : mapping of str to (low, high), optional
        In place, or beside, those of :data:`lsm.reservoir.VARIED_RANGES`, or of the model where it
        doesn't have these parameters.
    **given
        As :meth:`lsm.Reservoir.random` has them.
    """
    usual = VARIED_RANGES if set(VARIED_RANGES) <= set(model.parameters) else model.ranges
    reach = input_fraction(n_channels) if input_share is None else input_share
    return Reservoir.random(
        n_neurons,
        random_state=random_state,
        model=model,
        ranges={**usual, **(ranges or {})},
        inputs=InputWiring(fraction=reach, weight_pA=0.0, weight_sd_pA=50.0),
        **options,
    )


def input_fraction(n_channels: int) -> float:
    """Share of the neurons that a channel reaches: 0.3, or more where channels are few.

    So that hardly a neuron hears nothing; beyond that accuracies don't depend on it.
    """
    return max(0.3, min(1.0, 5 / n_channels))


def calibrate(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    rate_Hz: float,
    inputs_only: bool = False,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Scale the weights, of inputs and recurrent synapses alike, so that neurons fire at some rate.

    The gain is sought by bisection, from 2^-10 to 2^10 and to an eighth of an octave, on at most
    :data:`SAMPLES` of the samples. Which ones is decided by their content: neither their order nor
    how often one is repeated matters.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Input of the kind that the reservoir will hear, from the training data alone.
    rate_Hz : float
        Rate to be reached, the mean over time and excitatory neurons, which the inputs reach. From
        20 to 60 Hz a liquid is worth about the same on speech, event cameras and patterns. Where no
        gain reaches it, a warning says so, and half of the highest rate is taken instead.
    inputs_only : bool
        Leave the recurrent synapses as they are.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same but for ``inputs`` and ``wiring``.

    Raises
    ------
    TypeError, ValueError
        A rate that isn't above 0, or what :func:`lsm.simulate` refuses.
    """
    aim_Hz = positive(rate_Hz, "rate_Hz")
    subset = spikes[subset_indices(spikes)]
    neuron_seconds = subset.durations_ms.sum() / 1000 * max(1, int(reservoir.excitatory.sum()))
    state = SpikeCounts(neurons="excitatory")

    def with_gain(step: int) -> Reservoir:
        return reservoir.scaled(2.0 ** (step / FRACTIONS), inputs_only=inputs_only)

    def rate(step: int) -> float:
        liquid = with_gain(step)
        counts = cached_states(liquid, subset, state=state, dt_ms=dt_ms, target=target)
        return float(counts.sum(dtype=np.float64) / neuron_seconds)

    def too_quiet(step: int) -> bool:
        return rate(step) < aim_Hz

    # Bisection from the middle outwards: most gains lie within a few octaves of 1.
    weakest, strongest, reach = -OCTAVES * FRACTIONS, OCTAVES * FRACTIONS, FRACTIONS
    if too_quiet(0):
        low = 0
        while reach < strongest and too_quiet(reach):
            low, reach = reach, 2 * reach
        high = min(reach, strongest)
    else:
        high = 0
        while -reach > weakest and not too_quiet(-reach):
            high, reach = -reach, 2 * reach
        low = max(-reach, weakest)
    while high - low > 1:
        middle = (low + high) // 2
        if too_quiet(middle):
            low = middle
        else:
            high = middle
    if high == strongest and too_quiet(high):
        half = rate(high) / 2
        warnings.warn(
            f"the liquid stays below {aim_Hz:g} Hz however strong its inputs are: they have "
            f"{len(subset.times_ms)} spikes in {len(subset)} samples; its rate becomes half of "
            f"what it can be, {half:g} Hz",
            stacklevel=2,
        )
        if not half:
            return reservoir
        return calibrate(
            reservoir, spikes, rate_Hz=half, inputs_only=inputs_only, dt_ms=dt_ms, target=target
        )
    if low == weakest and not too_quiet(low):
        warnings.warn(
            f"the liquid stays above {aim_Hz:g} Hz however weak its inputs are: neurons fire by "
            "themselves",
            stacklevel=2,
        )
    return with_gain(high)


def subset_indices(spikes: SpikeTrains, *, decimals: int | None = None) -> NDArray[np.intp]:
    """Up to :data:`SAMPLES` different samples, those whose content has the smallest hashes.

    With `decimals` times that are equal to so many digits, in ms, count as the same.
    """
    times = spikes.times_ms if decimals is None else np.round(spikes.times_ms, decimals)
    # Wrapping sums of hashed spikes: one pass over all of them, whatever their order.
    hashed = mix(times.view(np.uint64), spikes.channels)
    with np.errstate(over="ignore"):
        total = np.concatenate([[np.uint64(0)], np.cumsum(hashed, dtype=np.uint64)])
        content = total[spikes.offsets[1:]] - total[spikes.offsets[:-1]]
    _, first = np.unique(mix(content, spikes.durations_ms.view(np.uint64)), return_index=True)
    return first[:SAMPLES]
