"""Small liquids and samples that the tests of the simulation drive.

A program takes some 8 s of a processor to build. These are there: one for each neuron model of up
to 500 neurons (Izhikevich's two forms share theirs), LIF and two-current LIF with short-term
plasticity, alpha LIF with noise, and LIF with noise of :data:`BIG` neurons. Tests keep to them;
equations of one's own run with ``target="numpy"``.
"""

import numpy as np

from lsm.neurons import LIF
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, FixedInDegree, InputWiring, NoWiring

#: Neurons of the one program that holds a single block; not a multiple of a vector's length.
BIG = 503

#: Strong and slow enough that spikes are in flight, and neurons refractory, wherever a sample ends.
WIRING = DistanceWiring(weight_pA=(900.0, 700.0, -500.0, 0.0), delay_ms=(3.0, 1.0, 2.0, 5.0))


def liquid(random_state, *, n=20, model=LIF, noise_pA=0.0, **changes):
    """A random liquid whose neurons all differ, most of which fire every few ms."""
    reservoir = Reservoir.random(
        n,
        random_state=random_state,
        model=model,
        ranges={
            "tau_m_ms": (6, 14),
            "tau_syn_ms": (1.5, 4),
            "t_ref_ms": (0, 7),
            "v_threshold_mV": (-68, -60),
            "v_reset_mV": (-75, -70),
            "i_background_pA": (0, 300),
        },
        parameters={"noise_pA": noise_pA},
        wiring=WIRING,
        inputs=InputWiring(weight_pA=600.0, weight_sd_pA=100.0),
    )
    return reservoir.replace(**changes)


def fixed_in_degree(n):
    """A liquid of four fifths excitatory neurons, each of which can be balanced, near 10 Hz.

    Driven by 8 channels at 60 Hz.
    """
    from_e, from_i = n // 5, n // 10
    rng = np.random.default_rng(0)
    e, i = 600.0 / from_e, -600.0 / from_i
    return Reservoir.random(
        n,
        random_state=rng,
        ranges={"tau_m_ms": (10.0, 60.0), "t_ref_ms": (1.0, 4.0)},
        excitatory=rng.permutation(n) < n - n // 5,
        wiring=FixedInDegree((from_e, from_e, from_i, from_i), weight_pA=(e, e, 4 * i, i)),
        inputs=InputWiring(1.0, 40.0, 20.0),
    )


def lone_neurons(*, n=1, model=LIF, weight_pA=100.0, **parameters):
    """Neurons without synapses among them, each driven by every channel at the same weight."""
    return Reservoir(
        model=model,
        parameters=parameters,
        excitatory=np.ones(n, dtype=bool),
        positions=np.zeros((n, 2)),
        keys=np.arange(n),
        wiring=NoWiring(),
        inputs=InputWiring(fraction=1.0, weight_pA=weight_pA, weight_sd_pA=0.0),
    )


def samples(seed, durations_ms, *, n_channels=4, rate_per_ms=0.15):
    """Poisson spikes; times on a grid of half a ms, so that several fall on one step."""
    rng = np.random.default_rng(seed)
    lists = [
        [
            np.sort(rng.integers(2 * duration, size=rng.poisson(rate_per_ms * duration)) / 2)
            for _ in range(n_channels)
        ]
        for duration in durations_ms
    ]
    return SpikeTrains.from_lists(lists, duration_ms=durations_ms)


def one_sample(*times_ms, duration_ms=50.0):
    """One sample of one channel that spikes at these times."""
    return SpikeTrains.from_lists([[times_ms]], duration_ms=duration_ms)


def part(sample, start_ms, stop_ms):
    """The spikes of a sample from one time to another, counted from the first."""
    inside = (sample.times_ms >= start_ms) & (sample.times_ms < stop_ms)
    return SpikeTrains(
        sample.times_ms[inside] - start_ms,
        sample.channels[inside],
        [0, inside.sum()],
        [stop_ms - start_ms],
        sample.n_channels,
    )
