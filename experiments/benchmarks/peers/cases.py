"""The work that all peers do: liquids, samples, and how strongly these drive them.

Liquids of leaky integrate-and-fire neurons with exponential currents, as
:data:`lsm.neurons.LIF` has them, within what every peer can hold: potentials are reset to rest, no
neuron is refractory (snnTorch and Norse's exponential neurons can't be), and recurrent spikes come
a step later, the shortest delay that NEST has. Single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsm import InputWiring, Reservoir, SpikeTrains, simulate
from lsm.topology import DistanceWiring, FixedInDegree

DURATION_MS = 300.0
CHANNELS, CHANNEL_HZ = 20, 20.0
#: Excitatory and inhibitory synapses of a neuron, in liquids of more than 100.
IN_DEGREE = (24, 24, 6, 6)
#: At a busy 100 Hz the recurrent currents cancel: the input decides how often neurons fire.
BALANCED_PA = (50.0, 50.0, -200.0, -200.0)
#: Rates that the drive is searched for.
HZ = {"quiet": 5.0, "busy": 100.0}
#: Neurons times steps of a case, and at least 10 samples: writing the wiring must not decide.
NEURON_STEPS, MOST_SAMPLES = 1e9, 4000


@dataclass(frozen=True)
class Case:
    """So many liquids of so many neurons hear so many samples.

    Attributes
    ----------
    neurons, liquids : int
    activity : {"quiet", "busy"}
    dt_ms : float
    seed : int
    most_samples : int
        That there are; ``samples`` of them are heard by this program.
    """

    neurons: int
    liquids: int
    activity: str
    dt_ms: float
    seed: int = 0
    most_samples: int = MOST_SAMPLES

    @property
    def steps(self) -> int:
        """Steps of a sample."""
        return round(DURATION_MS / self.dt_ms)

    @property
    def samples(self) -> int:
        """Samples that this program runs, fewer the more there is to a sample."""
        fit = NEURON_STEPS / (self.liquids * self.neurons * self.steps)
        return int(np.clip(fit, 10, self.most_samples))

    def within(self, neurons: int, many_liquids: bool) -> tuple[int, int]:
        """Liquids and samples that a peer takes side by side, of about so many neurons in all.

        As many liquids as there are and some samples for each, or one liquid and many samples.
        """
        lanes = max(1, neurons // self.neurons)
        if not many_liquids:
            samples = min(self.most_samples, lanes)
            return min(self.liquids, lanes // samples), samples
        liquids = min(self.liquids, lanes)
        return liquids, min(self.most_samples, lanes // liquids)


@dataclass(frozen=True)
class Work:
    """Liquids and samples, ready for a peer to take.

    Every reservoir hears every sample; counts have the shape (reservoirs, samples, neurons).
    """

    reservoirs: Sequence[Reservoir]
    spikes: SpikeTrains
    dt_ms: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Reservoirs, samples and neurons."""
        return len(self.reservoirs), len(self.spikes), self.reservoirs[0].n_neurons

    @property
    def steps(self) -> int:
        """Steps of a sample."""
        return int(self.spikes.n_steps(self.dt_ms)[0])


def make_work(case: Case, drive_pA: float, liquids: int, samples: int) -> Work:
    """The first liquids and samples of a case; the same for everybody who asks."""
    rng = np.random.default_rng([case.seed, case.neurons])
    delay = (case.dt_ms,) * 4
    wiring = (
        FixedInDegree(IN_DEGREE, weight_pA=BALANCED_PA, delay_ms=delay)
        if case.neurons > 100
        else DistanceWiring(delay_ms=delay)
    )
    reservoirs = [
        Reservoir.random(
            case.neurons,
            random_state=rng,
            ranges={"tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-66.0, -60.0)},
            parameters={"t_ref_ms": 0.0},
            excitatory=np.arange(case.neurons) < 0.8 * case.neurons,
            wiring=wiring,
            inputs=InputWiring(weight_pA=drive_pA, weight_sd_pA=drive_pA / 4, neurons="all"),
        )
        for _ in range(liquids)
    ]
    return Work(reservoirs, _noise(case)[:samples], case.dt_ms)


def _noise(case: Case) -> SpikeTrains:
    """Poisson spikes, at most one of a channel in a step: snnTorch and Brian2 know no more."""
    rng = np.random.default_rng([case.seed, 1])
    expected = case.most_samples * CHANNELS * CHANNEL_HZ * DURATION_MS / 1e3
    places = case.most_samples * case.steps * CHANNELS
    taken = np.unique(rng.integers(places, size=rng.poisson(expected)))
    sample_and_step, channel = np.divmod(taken, CHANNELS)
    sample, step = np.divmod(sample_and_step, case.steps)
    return SpikeTrains(
        (step + 0.5) * case.dt_ms,
        channel,
        np.searchsorted(sample, np.arange(case.most_samples + 1)),
        np.full(case.most_samples, DURATION_MS),
        CHANNELS,
    )


def counts_of(case: Case, drive_pA: float, liquids: int, samples: int) -> NDArray[np.float32]:
    """What this program counts (liquids, samples, neurons)."""
    work = make_work(case, drive_pA, liquids, samples)
    return simulate(work.reservoirs, work.spikes, dt_ms=case.dt_ms, n_jobs=1)


def find_drive(case: Case) -> float:
    """Mean weight of the input synapses, in pA, with which the first liquids fire at the rate."""
    low, high = 1.0, 10_000.0
    liquids = min(case.liquids, max(4, 20_000 // case.neurons))
    for _ in range(12):
        middle = float(np.sqrt(low * high))
        counts = counts_of(case, middle, liquids, min(8, case.most_samples))
        if counts.mean() / DURATION_MS * 1e3 < HZ[case.activity]:
            low = middle
        else:
            high = middle
    return float(np.sqrt(low * high))
