"""The work that all peers do: liquids, samples, and how strongly these drive them.

Liquids of leaky integrate-and-fire neurons with exponential currents, as
:data:`lsm.neurons.LIF` has them. Those that hear noise are within what every peer can hold:
potentials are reset to rest, no neuron is refractory (snnTorch and Norse's exponential neurons
can't be), and recurrent spikes come a step later, the shortest delay that NEST has. Those that hear
the task PR12 are as evolution draws them. Single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import bisect

from lsm import LIF, InputWiring, Reservoir, SpikeTrains, simulate
from lsm.topology import DistanceWiring, FixedInDegree, Synapses
from tasks import make_task

CHANNELS, CHANNEL_HZ = 20, 20.0
#: Excitatory and inhibitory synapses of a neuron, in liquids of more than 100.
IN_DEGREE = (24, 24, 6, 6)
#: At a busy 100 Hz the recurrent currents cancel: the input decides how often neurons fire.
BALANCED_PA = (50.0, 50.0, -200.0, -200.0)
#: Rates that the drive is searched for.
HZ = {"quiet": 5.0, "busy": 100.0}
#: Neurons times steps of a case, and at least 10 samples: writing the wiring must not decide.
NEURON_STEPS, MOST_SAMPLES = 1e9, 4000

#: An activity: liquids hear a task, which lets neurons fire at 20 to 80 Hz.
PR12 = "PR12"
PR12_DRIVE_PA, PR12_MS = 200.0, 110.0
_PR12_SAMPLES_PER_CLASS = 167
_PR12_LIQUIDS: dict[str, Any] = {
    "ranges": {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -60.0)},
    "parameters": {"tau_syn_ms": 5.0},
    "inputs": InputWiring(weight_pA=PR12_DRIVE_PA, weight_sd_pA=8.0),
}

#: Sources, targets and weights in pA of synapses.
Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True)
class Case:
    """So many liquids of so many neurons hear so many samples.

    Attributes
    ----------
    neurons, liquids : int
    activity : {"quiet", "busy", "PR12"}
    dt_ms : float
    seed : int
    most_samples : int
        That there are; ``samples`` of them are heard by this program.
    duration_ms : float
        Of a sample.
    """

    neurons: int
    liquids: int
    activity: str
    dt_ms: float
    seed: int = 0
    most_samples: int = MOST_SAMPLES
    duration_ms: float = 300.0

    @property
    def steps(self) -> int:
        """Steps of a sample."""
        return round(self.duration_ms / self.dt_ms)

    @property
    def samples(self) -> int:
        """Samples that this program runs, fewer the more there is to a sample."""
        fit = NEURON_STEPS / (self.liquids * self.neurons * self.steps)
        return int(np.clip(fit, 10, self.most_samples))

    def lanes(self, neurons: int | None, many_liquids: bool) -> tuple[int, int]:
        """Liquids and samples that a peer takes side by side, of about so many neurons in all.

        As many liquids as there are and some samples for each, or one liquid and many samples; with
        None what this program runs.
        """
        if neurons is None:
            return self.liquids, self.samples
        lanes = max(1, neurons // self.neurons)
        if not many_liquids:
            samples = min(self.most_samples, lanes)
            return min(self.liquids, lanes // samples), samples
        liquids = min(self.liquids, lanes)
        return liquids, min(self.most_samples, lanes // liquids)

    def rate_of(self, counts: NDArray[np.float32]) -> float:
        """Mean rate in Hz of neurons that have so many spikes in a sample."""
        return float(counts.mean() / self.duration_ms * 1e3)


@dataclass(frozen=True)
class Work:
    """Liquids and samples, ready for a peer to take.

    Every reservoir hears every sample; counts have the shape (reservoirs, samples, neurons). A lane
    is a reservoir with a sample.
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

    @cached_property
    def recurrent(self) -> list[Synapses]:
        """The synapses of each reservoir."""
        return [reservoir.synapses for reservoir in self.reservoirs]

    @cached_property
    def inputs(self) -> list[Synapses]:
        """The input synapses of each reservoir."""
        return [reservoir.input_synapses(self.spikes.n_channels) for reservoir in self.reservoirs]

    def constants(self, *names: str) -> NDArray[np.float64]:
        """Constants of a step by their names, (names, reservoirs, neurons)."""
        of_all = [LIF.constants(dict(r.parameters), self.dt_ms) for r in self.reservoirs]
        return np.array([[constants[name] for constants in of_all] for name in names])

    def side_by_side(self) -> tuple[Edges, Edges]:
        """Recurrent and input synapses of one network that has neurons of its own for each lane.

        In the order of counts; and an input for each channel of each sample.
        """
        n_reservoirs, n_samples, n = self.shape
        lanes = np.arange(n_reservoirs * n_samples).reshape(n_reservoirs, n_samples)
        samples = np.broadcast_to(np.arange(n_samples), lanes.shape)
        channels = samples * self.spikes.n_channels
        return _repeated(self.recurrent, lanes * n, lanes * n), _repeated(
            self.inputs, channels, lanes * n
        )


def _repeated(wiring: Sequence[Synapses], sources: Any, targets: Any) -> Edges:
    """The synapses of each reservoir, once for each sample, from where (reservoirs, samples)."""
    i = [(first[:, None] + s.source).ravel() for first, s in zip(sources, wiring, strict=True)]
    j = [(first[:, None] + s.target).ravel() for first, s in zip(targets, wiring, strict=True)]
    weights = [np.tile(s.weight_pA, sources.shape[1]) for s in wiring]
    return np.concatenate(i), np.concatenate(j), np.concatenate(weights)


def make_work(case: Case, drive_pA: float, liquids: int, samples: int) -> Work:
    """The first liquids and samples of a case; the same for everybody who asks."""
    rng = np.random.default_rng([case.seed, case.neurons])
    options = _PR12_LIQUIDS if case.activity == PR12 else _liquids(case, drive_pA)
    reservoirs = [
        Reservoir.random(case.neurons, random_state=rng, **options) for _ in range(liquids)
    ]
    return Work(reservoirs, _spikes(case)[:samples], case.dt_ms)


def _liquids(case: Case, drive_pA: float) -> dict[str, Any]:
    delay = (case.dt_ms,) * 4
    return {
        "ranges": {"tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-66.0, -60.0)},
        "parameters": {"t_ref_ms": 0.0},
        "excitatory": np.arange(case.neurons) < 0.8 * case.neurons,
        "wiring": (
            FixedInDegree(IN_DEGREE, weight_pA=BALANCED_PA, delay_ms=delay)
            if case.neurons > 100
            else DistanceWiring(delay_ms=delay)
        ),
        "inputs": InputWiring(weight_pA=drive_pA, weight_sd_pA=drive_pA / 4, neurons="all"),
    }


def _spikes(case: Case) -> SpikeTrains:
    """Of the task; or Poisson spikes, at most one of a channel in a step, as snnTorch and Brian2
    know no more."""
    if case.activity == PR12:
        per_class = _PR12_SAMPLES_PER_CLASS
        return make_task(PR12, random_state=case.seed, samples_per_class=per_class).spikes
    rng = np.random.default_rng([case.seed, 1])
    expected = case.most_samples * CHANNELS * CHANNEL_HZ * case.duration_ms / 1e3
    places = case.most_samples * case.steps * CHANNELS
    taken = np.unique(rng.integers(places, size=rng.poisson(expected)))
    sample_and_step, channel = np.divmod(taken, CHANNELS)
    sample, step = np.divmod(sample_and_step, case.steps)
    return SpikeTrains(
        (step + 0.5) * case.dt_ms,
        channel,
        np.searchsorted(sample, np.arange(case.most_samples + 1)),
        np.full(case.most_samples, case.duration_ms),
        CHANNELS,
    )


@lru_cache(maxsize=8)
def counts_of(case: Case, drive_pA: float, liquids: int, samples: int) -> NDArray[np.float32]:
    """What this program counts (liquids, samples, neurons)."""
    work = make_work(case, drive_pA, liquids, samples)
    return simulate(work.reservoirs, work.spikes, dt_ms=case.dt_ms, n_jobs=1)


def find_drive(case: Case) -> float:
    """Mean weight of the input synapses, in pA, with which the first liquids fire at the rate."""
    if case.activity == PR12:
        return PR12_DRIVE_PA
    liquids, samples = min(case.liquids, max(4, 20_000 // case.neurons)), min(8, case.most_samples)

    def excess(log_pA: float) -> float:
        counts = counts_of(case, float(np.exp(log_pA)), liquids, samples)
        return case.rate_of(counts) - HZ[case.activity]

    return float(np.exp(bisect(excess, 0.0, np.log(10_000), xtol=2e-3)))
