"""A network of rate units as a reservoir of leaky neurons, and trials that it hears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lsm.base.checks import not_negative, positive, positive_int
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr
from lsm.base.steps import whole_steps
from lsm.conversion.sigmoid import Floats, SigmoidNetwork, trials_of
from lsm.force import PUBLISHED, Probes, train_force
from lsm.force.reservoirs import peak_of_double_exponential
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.topology import MatrixWiring
from readouts import ForceReadout

_LIF = PUBLISHED["lif"]
_RISE_MS = _LIF.parameters["tau_rise_ms"]
#: Time from one sample of the outputs to the next.
SAMPLE_MS = 1.0
#: Neurons that a program of the closed loop has room for: trials fill them side by side.
_ROOM = 500


@short_repr
@dataclass(frozen=True)
class SpikingTrials:
    """Outputs, rates and spikes of a converted network.

    Attributes
    ----------
    outputs : array (trials, samples, outputs)
        Outputs at the times 0, 1, 2, ... ms.
    rates_Hz : array (trials, neurons)
        Mean rate of each neuron in Hz.
    spike_trials, spike_neurons : int arrays (spikes,)
    spike_times_ms : array (spikes,)
    """

    outputs: Floats
    rates_Hz: Floats
    spike_trials: NDArray[np.int64]
    spike_neurons: NDArray[np.int64]
    spike_times_ms: Floats

    def __post_init__(self) -> None:
        convert_fields(self)


def to_spiking(
    network: SigmoidNetwork,
    scaling_factor: float,
    *,
    noise_mV: float = 1.0,
    dt_ms: float = 0.05,
    copies: int = 1,
    seed: int = 0,
) -> Reservoir:
    """Put leaky neurons in place of rate units, one for one; weights are divided by one number.

    The neurons of Kim, Li & Sejnowski 2019 (PNAS 116:22811) are those of Nicola & Clopath 2017
    (:data:`lsm.force.PUBLISHED`), 1 pA for each unit of x. A unit's r of 1 is stood for by a
    neuron firing at `scaling_factor` Hz. A neuron's synaptic current is its unit's x: a spike of
    j is a double exponential of area W_ij / scaling_factor in pA s at i, that rises in 2 ms and
    decays with the time constant of its *target* i, as the equation of x has it, and as their
    program has it too.

    Parameters
    ----------
    network : SigmoidNetwork
    scaling_factor : float
        1 / lambda; 20 to 75 in the paper.
    noise_mV : float
        Deviation of potentials by noise alone; theirs is 0.1 mV a step of 0.05 ms, which is 1 mV.
    dt_ms : float
        Time step that it will be run with, on which the size of the noise in a step depends.
    copies : int
        Networks side by side that know nothing of each other.
    seed : int
        Of the noise.

    Raises
    ------
    ValueError, TypeError
        A factor or a step that isn't above 0, negative noise, time constants of the rise's 2 ms.
    """
    scaling_factor = positive(scaling_factor, "scaling_factor")
    decay = np.exp(-positive(dt_ms, "dt_ms") / _LIF.parameters["tau_m_ms"])
    if np.any(network.tau_ms == _RISE_MS):
        raise ValueError(f"tau_ms must differ from the {_RISE_MS:g} ms that currents rise with")
    peaks = np.array([peak_of_double_exponential(_RISE_MS, tau) for tau in network.tau_ms])
    weights = sparse.csr_array((network.recurrent * peaks[:, None] / scaling_factor).T)
    n = network.n_units * positive_int(copies, "copies")
    return Reservoir.random(
        n,
        random_state=0,
        model=_LIF.model,
        ranges={},
        parameters={
            **_LIF.parameters,
            "tau_syn_ms": np.tile(network.tau_ms, copies),
            "noise_pA": not_negative(noise_mV, "noise_mV") * np.sqrt((1 + decay) / (1 - decay)),
        },
        excitatory=~np.tile(network.inhibitory, copies),
        wiring=MatrixWiring(sparse.block_diag([weights] * copies), delay_ms=0.0, dale=False),
    ).replace(seed=seed)


def run_trials(
    network: SigmoidNetwork,
    scaling_factor: float,
    inputs: ArrayLike,
    *,
    step_ms: float = 5.0,
    noise_mV: float = 1.0,
    dt_ms: float = 0.05,
    random_state: int | Generator | None = None,
    execution: Target = "auto",
) -> SpikingTrials:
    """Let the converted network hear trials, each from new random potentials.

    Inputs reach neurons as currents, W_in u in pA, not scaled. An output is W_out r /
    scaling_factor, where each neuron's r is its spikes filtered with its own time constant.

    Parameters
    ----------
    network, scaling_factor, noise_mV, dt_ms
        As in :func:`to_spiking`.
    inputs : array (trials, steps, channels)
    step_ms : float
        Length of a step of the inputs, a multiple of ``dt_ms``.
    random_state : int, Generator or None
        Of potentials at the start and noise.
    execution : {"auto", "cpp", "numpy"}
        As ``target`` in :func:`lsm.simulate`.

    Raises
    ------
    ValueError, TypeError
        Inputs of another shape, steps that aren't multiples, what :func:`to_spiking` refuses.
    """
    signals = trials_of(inputs, network)
    step_ms, dt_ms = positive(step_ms, "step_ms"), positive(dt_ms, "dt_ms")
    scaling_factor = positive(scaling_factor, "scaling_factor")
    per_step = whole_steps(step_ms, dt_ms, "step_ms")
    rng = np.random.default_rng(random_state)
    n, (n_trials, n_steps, _) = network.n_units, signals.shape
    side_by_side = min(max(1, _ROOM // n), n_trials)
    trials, neurons, times = [], [], []
    for first in range(0, n_trials, side_by_side):
        batch = signals[first : first + side_by_side]
        copies = len(batch)
        run = train_force(
            to_spiking(
                network,
                scaling_factor,
                noise_mV=noise_mV,
                dt_ms=dt_ms,
                copies=copies,
                seed=int(rng.integers(2**63)),
            ),
            np.zeros(n_steps * per_step),
            readout=ForceReadout(),
            feedback=0.0,  # the loop stays open, and nothing is learned
            learn=None,
            dt_ms=dt_ms,
            inputs=np.repeat(np.hstack(list(batch)), per_step, axis=0),
            input_weights=np.kron(np.eye(copies), network.input),
            probes=Probes(weights=(), every=n_steps * per_step, outputs_every=n_steps * per_step),
            random_state=rng,
            execution=execution,
            progress=False,
        )
        copy, neuron = np.divmod(run.spike_neurons, n)
        trials.append(first + copy)
        neurons.append(neuron)
        times.append(run.spike_times_ms)
    trial, neuron = np.concatenate(trials).astype(np.int64), np.concatenate(neurons)
    spike_ms, duration_ms = np.concatenate(times), n_steps * step_ms
    outputs = [
        filtered(spike_ms[trial == k], neuron[trial == k], network.tau_ms, duration_ms)
        @ (network.output.T / scaling_factor)
        for k in range(n_trials)
    ]
    counts = np.bincount(trial * n + neuron, minlength=n_trials * n).reshape(n_trials, n)
    return SpikingTrials(
        outputs=np.stack(outputs),
        rates_Hz=counts / (duration_ms / 1e3),
        spike_trials=trial,
        spike_neurons=neuron.astype(np.int64),
        spike_times_ms=spike_ms,
    )


def filtered(
    times_ms: Floats, neurons: NDArray[np.integer], decay_ms: Floats, duration_ms: float
) -> Floats:
    """Spikes of neurons filtered by double exponentials of area 1, at 0, 1, 2, ... ms, in Hz.

    Exact at these times. Spikes rise in 2 ms; they decay with each neuron's own time constant.

    Parameters
    ----------
    times_ms, neurons : arrays (spikes,)
    decay_ms : array (neurons,)
    duration_ms : float

    Returns
    -------
    array (samples, neurons)
    """
    samples, n = int(np.floor(duration_ms / SAMPLE_MS + 1e-9)) + 1, len(decay_ms)
    after = np.ceil(times_ms / SAMPLE_MS - 1e-9).astype(np.int64)  # the first sample it is in
    since = after * SAMPLE_MS - times_ms
    place = after * n + neurons
    parts = []
    for tau in (decay_ms, np.full(n, _RISE_MS)):
        arriving = np.bincount(place, np.exp(-since / tau[neurons]), minlength=samples * n)
        sums = arriving[: samples * n].reshape(samples, n)
        decay = np.exp(-SAMPLE_MS / tau)
        for k in range(1, samples):
            sums[k] += decay * sums[k - 1]
        parts.append(sums)
    return np.asarray((parts[0] - parts[1]) * (1e3 / (decay_ms - _RISE_MS)))
