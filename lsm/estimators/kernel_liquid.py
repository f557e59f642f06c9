"""A reservoir of random kernels that is yet to be drawn: its input wiring, code and thresholds."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from lsm.base.checks import number_of_neurons, positive
from lsm.encoders import SignMagnitude
from lsm.estimators.parameters import NestedParameters
from lsm.neurons import LIF
from lsm.plasticity.thresholds import fit_thresholds
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.topology import KernelInputs, NoWiring, Wiring, box, side_for
from lsm.topology.kernels import MOST_CHANNELS, TAPS

#: Neurons where a name has no number.
DEFAULT_SIZE = 2500
#: Binary digits of a value and a slope, and what the lowest is worth in standard deviations.
N_BITS, UNIT_SD = 8, 0.02
#: Membrane and current hold nothing from step to step; they differ, as Brian2 wants it.
_FAST = {"tau_m_ms": 0.2, "tau_syn_ms": 0.1, "c_m_pF": 1.0, "t_ref_ms": 0.0}
#: The largest drive of a kernel in training, in mV: thresholds may be up to a thousand.
_LARGEST_MV = 400.0
_GOLDEN = (np.sqrt(5) - 1) / 2


class KernelLiquid(NestedParameters):
    """Settings of a reservoir whose neurons are random dilated kernels of a signal.

    ``LSMClassifier(KernelLiquid(2500))`` is ``LSMClassifier("kernels:2500")``. Each neuron's input
    synapses are a kernel (:class:`lsm.KernelInputs`), whose dilations go up to the length of the
    longest training sample; its threshold is at a quantile of what unlabelled training data drives
    it to (:func:`lsm.plasticity.thresholds.fit_thresholds`). A neuron remembers nothing from step
    to step, so that its spike count is the number of steps above threshold: times the length, the
    proportion of positive values that MiniRocket takes for a feature (Dempster, Schmidt & Webb
    2021, KDD, 248). Memory is in the delays. These are random kernels in spikes, and no recurrence
    has a part in them unless `wiring` is given.

    Signals are encoded by :class:`lsm.encoders.SignMagnitude`, a time step for each value,
    where no other encoder is given.

    Parameters
    ----------
    n_neurons : int, default=2500
    longest : float, default=1.0
        Longest delay of a kernel, in durations of the longest training sample. Above 1: some taps
        never come.
    wiring : Wiring, optional
        Recurrent synapses, by default none. Thresholds don't know of them.
    """

    #: What a readout sees, where nothing else is asked for.
    state = "counts"

    def __init__(
        self,
        n_neurons: int = DEFAULT_SIZE,
        *,
        longest: float = 1.0,
        wiring: Wiring | None = None,
    ) -> None:
        self.n_neurons = n_neurons
        self.longest = longest
        self.wiring = wiring

    def encoder(self, dt_ms: float) -> SignMagnitude:
        """The encoder of signals where none is chosen: of values and slopes, a step for each."""
        return SignMagnitude(
            n_bits=N_BITS, unit=UNIT_SD, slopes=True, step_ms=positive(dt_ms, "dt_ms")
        )

    def draw(
        self,
        spikes: SpikeTrains,
        *,
        n_signals: int | None,
        n_bits: int,
        step_ms: float,
        random_state: int | np.random.Generator | None = None,
        dt_ms: float = 1.0,
        target: Target = "auto",
    ) -> Reservoir:
        """A reservoir for some input, its thresholds fitted.

        Parameters
        ----------
        spikes : SpikeTrains
            Training data.
        n_signals, n_bits
            As :class:`lsm.KernelInputs` has it.
        step_ms : float
            Time for which a value of the signal lasts.
        random_state : int, Generator or None
        dt_ms, target
            As in :func:`lsm.simulate`.

        Raises
        ------
        TypeError, ValueError
            A parameter that is not as described.
        """
        n = number_of_neurons(self.n_neurons, "n_neurons")
        step_ms, dt_ms = positive(step_ms, "step_ms"), positive(dt_ms, "dt_ms")
        rng = np.random.default_rng(random_state)
        durations = spikes.durations_ms
        shortest, needed = durations.min(), TAPS * step_ms
        if shortest < needed:
            warnings.warn(
                f"the shortest sample lasts {shortest:g} ms, the shortest kernel {needed:g}: of "
                "such samples kernels see a part",
                stacklevel=5,
            )
        longest_ms = durations.max()
        inputs = KernelInputs(
            longest_ms=positive(self.longest, "longest") * max(longest_ms - step_ms, step_ms),
            step_ms=step_ms,
            n_signals=n_signals,
            n_bits=n_bits,
        )
        reach_ms = (TAPS - 1) * step_ms * inputs.dilations[-1]
        if self.longest > 1 and reach_ms >= longest_ms:
            warnings.warn(
                f"kernels reach {reach_ms:g} ms back, and no training sample lasts longer than "
                f"{longest_ms:g} ms: some of their taps never come",
                stacklevel=5,
            )
        reservoir = Reservoir(
            model=LIF,
            parameters={"v_rest_mV": 0.0, "v_reset_mV": 0.0, "v_threshold_mV": 1000.0, **_FAST},
            excitatory=rng.random(n) < 0.8,
            positions=box(n, side_for(n), random_state=rng),
            keys=rng.integers(2**64, size=n, dtype=np.uint64),
            wiring=NoWiring() if self.wiring is None else self.wiring,
            inputs=inputs,
            seed=int(rng.integers(2**31)),
        )
        # As strong as thresholds have room for, of one more input spike at each tap.
        b = LIF.constants(dict(reservoir.parameters), dt_ms)["b"][0]
        most = _most_at_once(spikes, dt_ms) * 2**n_bits * min(spikes.n_channels, MOST_CHANNELS)
        weight = _LARGEST_MV / (b * 2 * TAPS * max(most, 1))
        return fit_thresholds(
            reservoir.scaled(weight / inputs.weight_pA, inputs_only=True),
            spikes,
            quantiles=(np.arange(1, n + 1) * _GOLDEN) % 1,
            dt_ms=dt_ms,
            target=target,
        )

    def _as_object(self, name: str) -> Any:
        return NoWiring() if name == "wiring" else None


def _most_at_once(spikes: SpikeTrains, dt_ms: float) -> int:
    """The most spikes of one channel in one step."""
    steps = spikes.n_steps(dt_ms)
    place = spikes.steps(dt_ms) + np.repeat(np.cumsum(steps) - steps, np.diff(spikes.offsets))
    _, times = np.unique(place * spikes.n_channels + spikes.channels, return_counts=True)
    return int(times.max(initial=0))
