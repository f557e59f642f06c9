"""What training in the closed loop leaves: records, and a network that goes on running."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import clone

from lsm.base.checks import positive_int
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr
from lsm.base.steps import COUNTED, refuse_uncounted
from lsm.force import arguments, rate
from lsm.force.arguments import Floats, Windows
from lsm.force.rate import RateNetwork
from lsm.reservoir import Reservoir
from lsm.reservoir.steps import longest_wait
from lsm.simulation import loop as closed
from lsm.simulation.programs import Target
from readouts.online import OnlineReadout


@short_repr
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
        weights = self.weights
        if weights is not None and np.array_equal(weights, range(10)):
            weights = range(min(10, n))  # the default, of a small reservoir
        return {
            "potentials": arguments.neurons(self.potentials, "probes: potentials", n),
            "weights": arguments.neurons(weights, "probes: weights", n),
            "filtered": arguments.neurons(self.filtered, "probes: filtered", n),
            "spikes": arguments.neurons(self.spikes, "probes: spikes", n),
        }


@short_repr
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

    def __post_init__(self) -> None:
        convert_fields(self)

    @property
    def reservoir(self) -> Reservoir | RateNetwork:
        """The network that was trained."""
        network: Reservoir | RateNetwork = self.loop.reservoir
        return network

    @property
    def feedback(self) -> Floats:
        """Weights of the feedback in pA, (outputs, neurons)."""
        return self.loop.encoder

    @property
    def decoder(self) -> Floats:
        """Weights of the readout, (neurons, outputs)."""
        return np.array(self.state.arrays["decoder"][:, : self.reservoir.n_neurons].T)

    @property
    def readout(self) -> OnlineReadout:
        """A readout fitted as far as the loop has come, with which to go on; made when asked for.

        It predicts outputs (rows, outputs) from rows of filtered spikes r.
        """
        return self.state.fitted(self.loop.readout, self.reservoir.n_neurons)

    @property
    def time_ms(self) -> float:
        """How long the network has run, from the very beginning."""
        return self.state.step * self.loop.dt_ms

    def run(
        self,
        duration_ms: float | None = None,
        *,
        target: ArrayLike | None = None,
        inputs: ArrayLike | sparse.sparray | None = None,
        learn: Windows = None,
        gate: ArrayLike | None = None,
        teach: Windows = None,
        readout: OnlineReadout | None = None,
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
        inputs : array (steps,) or (steps, channels), or sparse matrix, optional
            Needed if the network was trained with some.
        learn, teach : (from_ms, to_ms) or several of these, optional
            As in :func:`train_force`; counted from the very beginning.
        gate : array (steps,), optional
            As in :func:`train_force`. Begins where this run ended.
        readout : OnlineReadout, optional
            To go on with instead of what was learned, such as one that has been consolidated, or
            forgets faster from now on.
        decoder : array (neurons, outputs), optional
            To take instead of the weights, such as another network's.
        execution, progress
            As in :func:`train_force`.
        """
        loop, state = self.loop, self.state
        n, outputs = self.feedback.shape
        if readout is not None:
            state = state.taking(closed.start_readout(readout, n, outputs))
            loop = replace(loop, readout=clone(readout))
        if decoder is not None:
            weights = arguments.matrix(decoder, "decoder", n, outputs, "outputs").T
            state = replace(state, arrays=state.arrays | {"decoder": closed.pad(weights, n)})
        return go_on(
            loop, state, duration_ms, target, gate, inputs, learn, teach, execution, progress
        )


def go_on(
    loop: closed.Loop,
    state: closed.State,
    duration_ms: float | None,
    target: ArrayLike | None,
    gate: ArrayLike | None,
    inputs: ArrayLike | sparse.sparray | None,
    learn: Windows,
    teach: Windows,
    execution: Target,
    progress: bool,
) -> Trained:
    """Run a closed loop on from a state, as :meth:`Trained.run` has the arguments."""
    first, outputs, channels = state.step, loop.encoder.shape[1], loop.input_weights.shape[1]
    wanted = None if target is None else arguments.signal(target, "target")
    if wanted is not None and wanted.shape[1] != outputs:
        raise ValueError(f"target must have {outputs} columns, got {wanted.shape[1]}")
    steps = arguments.length(duration_ms, loop.dt_ms, wanted)
    wait = 0  # rates have neither refractory times nor delays in steps
    if isinstance(loop.reservoir, Reservoir):
        wait = longest_wait(loop.reservoir, loop.dt_ms)
    end, most = first + steps, COUNTED - wait
    refuse_uncounted(end, f"the run ends at {end * loop.dt_ms:g} ms", loop.dt_ms, most=most)
    learning = arguments.windows(learn, "learn", first, first + steps, loop.dt_ms)
    teaching = arguments.windows(teach, "teach", first, first + steps, loop.dt_ms)
    if wanted is None and len(learning) + len(teaching):
        raise ValueError("target must be given to learn or to teach")
    if inputs is None and channels:
        raise ValueError(f"inputs must be given: the network has {channels} channels")
    nothing = sparse.csr_array((steps, 0))
    signals = nothing if inputs is None else arguments.inputs(inputs, steps, channels)
    if gate is not None and not loop.readout.GATED:
        raise ValueError(
            "gate must be given with a readout that learns by attention (its GATED is True, as of "
            f"a ThreeFactorReadout), got it with a {type(loop.readout).__name__}"
        )
    engine = rate if isinstance(loop.reservoir, RateNetwork) else closed
    state, recorded = engine.run(
        loop,
        state,
        steps,
        wanted=None if wanted is None else wanted[:steps],
        gate=None if gate is None else arguments.gate(gate, steps),
        inputs=signals,
        learning=learning,
        teaching=teaching,
        target=execution,
        progress=progress,
    )
    window = round(_SILENT * loop.decay_ms / loop.dt_ms)
    alone = channels > 0 and not signals[-window:].nnz  # between two inputs it may wait in silence
    return _trained(loop, state, recorded, first, alone)


#: How many times the filter's decay no neuron has fired in a network that has fallen silent.
_SILENT = 10


def _silent_since(loop: closed.Loop, state: closed.State) -> float | None:
    """About when the last spike was, in ms; None of a network that is not silent.

    Nothing is fed back any more then, for r has decayed as it does, from what a spike leaves.
    """
    now, largest = state.step * loop.dt_ms, float(state.arrays["filtered"].max())
    remainder = largest * (loop.decay_ms - loop.rise_ms) / 1e3
    age = now if remainder <= 0 else -np.log(remainder) * loop.decay_ms
    return max(now - age, 0.0) if age >= _SILENT * loop.decay_ms else None


def _divergence(rule: type[closed.Rule], what: str) -> str:
    """Say what has diverged."""
    if what == "weights":
        return "the decoder has diverged: it or its outputs are not finite"
    return rule.DIVERGED.get(what, f"{what} has diverged")


def _trained(
    loop: closed.Loop, state: closed.State, recorded: closed.Recorded, first: int, alone: bool
) -> Trained:
    dt_ms: Any = loop.dt_ms

    def times(every: int, records: int) -> Floats:
        return (-(-first // every) + np.arange(records)) * every * dt_ms + dt_ms

    message = ""
    if recorded.diverged:
        message = _divergence(closed.rule_of(loop.readout), recorded.diverged)
        message += f" at {state.step * dt_ms:g} ms; what was learned until then is kept"
        warnings.warn(message, RuntimeWarning, stacklevel=4)
    elif isinstance(loop.reservoir, Reservoir) and loop.encoder.any() and not alone:
        since = _silent_since(loop, state)
        if since is not None:
            warnings.warn(
                f"the network has fallen silent: its last spike was at about {since:.0f} ms, and "
                f"it ran until {state.step * dt_ms:g} ms. More recurrence (gain), feedback or "
                "background current may keep it going",
                RuntimeWarning,
                stacklevel=4,
            )
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
