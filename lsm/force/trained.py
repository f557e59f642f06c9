"""What training in the closed loop leaves: records, and a network that goes on running."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.checks import positive_int
from lsm.force import arguments, rate
from lsm.force.arguments import Floats, Windows
from lsm.force.rate import RateNetwork
from lsm.reservoir import Reservoir
from lsm.simulation import loop as closed
from lsm.simulation.programs import Target


@dataclass(frozen=True)
class Probes:
    """What is recorded besides outputs.

    Parameters
    ----------
    every : int
        Steps from one record of potentials, weights and filtered spikes to the next.
    potentials, weights, filtered : sequence of int
        Neurons whose potential, decoder weights and filtered spikes r are recorded; None for all.
    spikes : sequence of int, optional
        Neurons whose spikes are recorded; all by default.
    outputs_every : int
        Steps from one record of the outputs to the next.
    """

    every: int = 200
    potentials: ArrayLike | None = ()
    weights: ArrayLike | None = tuple(range(10))
    filtered: ArrayLike | None = ()
    spikes: ArrayLike | None = None
    outputs_every: int = 1

    def chosen(self, n: int) -> dict[str, NDArray[np.int32]]:
        """The neurons of each kind of record."""
        positive_int(self.every, "probes: every")
        positive_int(self.outputs_every, "probes: outputs_every")
        given = self.weights
        if given == tuple(range(10)):  # the default, of a small reservoir
            given = tuple(range(min(10, n)))
        return {
            "potentials": arguments.neurons(self.potentials, "probes: potentials", n),
            "weights": arguments.neurons(given, "probes: weights", n),
            "filtered": arguments.neurons(self.filtered, "probes: filtered", n),
            "spikes": arguments.neurons(self.spikes, "probes: spikes", n),
        }


@dataclass(frozen=True)
class Trained:
    """A run of a closed loop, and the network at its end, which can go on running.

    Attributes
    ----------
    t_ms : array (records,)
        End of each step whose outputs are recorded, from the very beginning.
    outputs : array (records, outputs)
        z, before a learning step changed the decoder.
    spike_times_ms, spike_neurons : arrays (spikes,)
        A spike at step k has the time k dt, as in :class:`lsm.Recording`.
    probe_t_ms : array (probes,)
    weights : array (probes, probed neurons, outputs)
        Over time.
    potentials : array (probes, probed neurons)
        In mV (of a theta neuron its phase; of a rate neuron where its current would hold it).
    filtered : array (probes, probed neurons)
        Filtered spikes r in Hz.
    decoder : array (neurons, outputs)
        As it is at the end.
    feedback : array (neurons, outputs)
        The encoder, in pA.
    diverged : str
        Empty, or what went wrong and when; then all records end there.
    """

    t_ms: Floats
    outputs: Floats
    spike_times_ms: Floats
    spike_neurons: NDArray[np.int32]
    probe_t_ms: Floats
    weights: Floats
    potentials: Floats
    filtered: Floats
    diverged: str
    loop: closed.Loop = field(repr=False)
    state: closed.State = field(repr=False)

    @property
    def reservoir(self) -> Reservoir | RateNetwork:
        network: Reservoir | RateNetwork = self.loop.reservoir
        return network

    @property
    def feedback(self) -> Floats:
        return self.loop.encoder

    @property
    def decoder(self) -> Floats:
        return np.array(self.state.arrays["decoder"][:, : self.reservoir.n_neurons].T)

    @property
    def P(self) -> Floats:  # noqa: N802 (the field's name)
        """The matrix P (neurons, neurons), made when asked for."""
        return closed.covariance(self.state, self.reservoir.n_neurons)

    @property
    def time_ms(self) -> float:
        """How long the network has run, from the very beginning."""
        return self.state.step * self.loop.dt_ms

    def run(
        self,
        duration_ms: float | None = None,
        *,
        target: ArrayLike | None = None,
        inputs: ArrayLike | None = None,
        learn: Windows = None,
        teach: Windows = None,
        decoder: ArrayLike | None = None,
        execution: Target = "auto",
        progress: bool = False,
    ) -> Trained:
        """Go on from where this run stopped: two halves are one run, bit for bit.

        Parameters
        ----------
        duration_ms : float, optional
            By default as long as the target.
        target : array (steps,) or (steps, outputs), optional
            Needed to learn or to teach. Begins where this run ended.
        inputs : array (steps,) or (steps, channels), optional
            Needed if the network was trained with some.
        learn, teach : (from_ms, to_ms) or several of these, optional
            As in :func:`train_force`; counted from the very beginning.
        decoder : array (neurons, outputs), optional
            To take instead of what was learned, such as another network's.
        execution, progress
            As in :func:`train_force`.
        """
        state = self.state
        if decoder is not None:
            n, outputs = self.feedback.shape
            room = np.zeros_like(state.arrays["decoder"])
            room[:, :n] = arguments.matrix(decoder, "decoder", n, outputs, "outputs").T
            state = replace(state, arrays=state.arrays | {"decoder": room})
        return go_on(
            self.loop, state, duration_ms, target, inputs, learn, teach, execution, progress
        )


def go_on(
    loop: closed.Loop,
    state: closed.State,
    duration_ms: float | None,
    target: ArrayLike | None,
    inputs: ArrayLike | None,
    learn: Windows,
    teach: Windows,
    execution: Target,
    progress: bool,
) -> Trained:
    first, outputs, channels = state.step, loop.encoder.shape[1], loop.input_weights.shape[1]
    wanted = None if target is None else arguments.signal(target, "target")
    if wanted is not None and wanted.shape[1] != outputs:
        raise ValueError(f"target must have {outputs} columns, got {wanted.shape[1]}")
    steps = arguments.length(duration_ms, loop.dt_ms, wanted)
    learning = arguments.windows(learn, "learn", first, first + steps, loop.dt_ms)
    teaching = arguments.windows(teach, "teach", first, first + steps, loop.dt_ms)
    if wanted is None and len(learning) + len(teaching):
        raise ValueError("target must be given to learn or to teach")
    if inputs is None and channels:
        raise ValueError(f"inputs must be given: the network has {channels} channels")
    heard = np.empty((steps, 0)) if inputs is None else arguments.signal(inputs, "inputs")
    if heard.shape[1] != channels or len(heard) < steps:
        raise ValueError(
            f"inputs must have the shape ({steps} steps, {channels} channels), got {heard.shape}"
        )
    engine = rate if isinstance(loop.reservoir, RateNetwork) else closed
    state, recorded = engine.run(
        loop,
        state,
        steps,
        wanted=None if wanted is None else wanted[:steps],
        inputs=heard[:steps],
        learning=learning,
        teaching=teaching,
        target=execution,
        progress=progress,
    )
    return _trained(loop, state, recorded, first)


def _trained(
    loop: closed.Loop, state: closed.State, recorded: closed.Recorded, first: int
) -> Trained:
    dt_ms: Any = loop.dt_ms

    def times(every: int, records: int) -> Floats:
        return (-(-first // every) + np.arange(records)) * every * dt_ms + dt_ms

    message = ""
    if recorded.diverged:
        what = {
            "P": "P has diverged: r'Pr is negative or not finite",
            "decoder": "the decoder has diverged: it or its outputs are not finite",
        }[recorded.diverged]
        message = f"{what} at {state.step * dt_ms:g} ms; what was learned until then is kept"
        warnings.warn(message, RuntimeWarning, stacklevel=4)
    probes = max(map(len, (recorded.weights, recorded.potentials, recorded.filtered)))
    return Trained(
        t_ms=times(loop.output_every, len(recorded.outputs)),
        outputs=recorded.outputs,
        spike_times_ms=recorded.spike_step * dt_ms,
        spike_neurons=recorded.spike_neuron,
        probe_t_ms=times(loop.probe_every, probes),
        weights=recorded.weights,
        potentials=recorded.potentials,
        filtered=recorded.filtered,
        diverged=message,
        loop=loop,
        state=state,
    )
