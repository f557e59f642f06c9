"""Training in the closed loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import clone

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit
from lsm.force import arguments, rate
from lsm.force.arguments import Floats, Windows
from lsm.force.rate import RateNetwork
from lsm.force.trained import Probes, Trained, go_on
from lsm.reservoir import Reservoir
from lsm.simulation import loop as closed
from lsm.simulation.programs import Target
from readouts.online import OnlineReadout

#: Where a spike is cut off in the published networks, whose neurons start anywhere up to there.
PEAK_MV = 30.0


def train_force(
    reservoir: Reservoir | RateNetwork,
    target: ArrayLike,
    *,
    readout: OnlineReadout,
    feedback: float | ArrayLike,
    dt_ms: float,
    learn: Windows,
    every: int = 50,
    gate: ArrayLike | None = None,
    duration_ms: float | None = None,
    teach: Windows = None,
    inputs: ArrayLike | sparse.sparray | None = None,
    input_weights: ArrayLike | None = None,
    rise_ms: float = 2.0,
    decay_ms: float = 20.0,
    start_mV: ArrayLike | None = None,
    probes: Probes | None = None,
    random_state: int | np.random.Generator | None = None,
    execution: Target = "auto",
    progress: bool = True,
) -> Trained:
    """Train a readout in the loop, by recursive least squares (FORCE learning) or otherwise.

    The readout ``z = phi' r`` reads filtered spikes r and is fed back: neurons are driven by the
    current ``E z`` besides that of their synapses and their background. Every some steps it learns,
    as the readout that is given does from a row r; with a `ForceReadout`

        c = P r,  e = z - target,
        phi <- phi - c e' / (lambda + r'c),  P <- (P - c c' / (lambda + r'c)) / lambda,

    and with a `ThreeFactorReadout` by its rule, ``phi <- phi - eta g(t) trace e'``.

    Sussillo & Abbott 2009, Neuron 63:544; in spiking networks Nicola & Clopath 2017, Nature
    Communications 8:2208. Neurons and synapses are those of :func:`lsm.simulate`; a program is
    compiled once for a neuron model and a number of neurons (up to the next multiple of 500), and
    everything else is data. Learning is in double precision.

    Parameters
    ----------
    reservoir : Reservoir or RateNetwork
        A reservoir of a model with a parameter ``i_background_pA``, and without short-term
        plasticity; :func:`lsm.force.force_reservoir` makes the published ones.
    target : array (steps,) or (steps, outputs)
        One row a step.
    readout : ForceReadout, ThreeFactorReadout or another OnlineReadout that names its rule
        How it learns. ``ForceReadout(alpha=1 / p0)`` starts from ``P = p0 I``. One that is fitted
        (to outputs of two dimensions) goes on from its weights; it isn't changed itself.
    feedback : float or array (neurons, outputs)
        The encoder E in pA; or Q, for one drawn from U(-Q, Q).
    dt_ms : float
    learn : (from_ms, to_ms) or several of these, or None
        When it learns.
    every : int
        Steps from one learning step to the next.
    gate : array (steps,), optional
        Attention, not below 0, of a readout that learns by it, such as a `ThreeFactorReadout`; 1 by
        default. Of each step, though only those count at which it learns.
    duration_ms : float, optional
        By default as long as the target.
    teach : (from_ms, to_ms) or several of these, optional
        When the target itself is fed back instead of the output (teacher forcing).
    inputs : array (steps,) or (steps, channels), or sparse matrix, optional
        Signals from outside. Those that are 0 cost nothing.
    input_weights : array (neurons, channels), optional
        What a signal of 1 is to each neuron, in pA.
    rise_ms, decay_ms : float
        Filter of the spikes that are read: a double exponential of area 1, so that r is in Hz.
    start_mV : array (neurons,), optional
        Potentials at the start; by default drawn from the reset potential to 30 mV as in the
        published networks (theta neurons: from the whole circle; neurons without a reset
        potential: at rest).
    probes : Probes, optional
    random_state : int, Generator or None
        For the encoder, then the potentials.
    execution : {"auto", "cpp", "numpy"}
        As ``target`` in :func:`lsm.simulate`; both give the same results.
    progress : bool
        Show a bar with the time left.

    Returns
    -------
    Trained
        Where P or the outputs have diverged, a RuntimeWarning says so, and this is what was learned
        and recorded until then. Another warning says about when a network has fallen silent.

    Raises
    ------
    ValueError, TypeError
        A target shorter than the run or with NaN, a window outside the run, feedback or inputs of
        the wrong width, parameters without a possible value: before anything runs.

    Examples
    --------
    >>> import numpy as np
    >>> from lsm.force import force_reservoir, train_force
    >>> from readouts import ForceReadout
    >>> t_ms = np.arange(0, 15_000, 0.05)
    >>> trained = train_force(  # doctest: +SKIP
    ...     force_reservoir("lif", 2000, gain=0.1, random_state=0),
    ...     np.sin(2 * np.pi * 5 * t_ms / 1000),
    ...     feedback=30.0, dt_ms=0.05, learn=(5000, 10_000), every=50,
    ...     readout=ForceReadout(alpha=1 / 5e-6), random_state=0,
    ... )
    """
    if not isinstance(reservoir, (Reservoir, RateNetwork)):
        raise TypeError(
            f"reservoir must be a Reservoir or a RateNetwork, got {type(reservoir).__name__}"
        )
    spiking = reservoir.reservoir if isinstance(reservoir, RateNetwork) else reservoir
    if spiking.short_term is not None:
        raise ValueError("reservoir must be without short-term plasticity to run in a closed loop")
    dt_ms = positive(dt_ms, "dt_ms")
    rise_ms, decay_ms = positive(rise_ms, "rise_ms"), positive(decay_ms, "decay_ms")
    if rise_ms == decay_ms:
        raise ValueError(f"rise_ms and decay_ms must differ, got {rise_ms:g} for both")
    wanted = arguments.signal(target, "target")
    n, outputs = reservoir.n_neurons, wanted.shape[1]
    readout = closed.start_readout(readout, n, outputs)
    rng = np.random.default_rng(random_state)
    encoder = arguments.encoder(feedback, n, outputs, rng)
    if (inputs is None) != (input_weights is None):
        raise ValueError("inputs and input_weights must be given together")
    weights = np.empty((n, 0))
    if inputs is not None:
        assert input_weights is not None
        channels = np.shape(inputs)[1] if np.ndim(inputs) == 2 else 1
        weights = arguments.matrix(
            input_weights, "input_weights", n, channels, "channels of inputs", unit="pA"
        )
    probes = Probes() if probes is None else probes
    if not isinstance(probes, Probes):
        raise TypeError(f"probes must be Probes, got {type(probes).__name__}")
    closed.currents(spiking.model, spiking.parameters, dt_ms)
    loop = closed.Loop(
        reservoir=reservoir,
        dt_ms=dt_ms,
        encoder=encoder,
        input_weights=weights,
        readout=clone(readout),
        every=positive_int(every, "every"),
        rise_ms=rise_ms,
        decay_ms=decay_ms,
        probe_every=probes.every,
        output_every=probes.outputs_every,
        probed=probes.chosen(n),
    )
    potentials = _potentials(spiking, start_mV, rng)
    start: Any = rate.start_state if isinstance(reservoir, RateNetwork) else closed.start_state
    state = start(reservoir, outputs=outputs, readout=readout, potentials_mV=potentials)
    return go_on(loop, state, duration_ms, wanted, gate, inputs, learn, teach, execution, progress)


def _potentials(
    reservoir: Reservoir, start_mV: ArrayLike | None, rng: np.random.Generator
) -> Floats | None:
    n = reservoir.n_neurons
    if start_mV is not None:
        values = in_unit(start_mV, "start_mV")
        if values.shape != (n,) or not np.all(np.isfinite(values)):
            raise ValueError(f"start_mV must be {n} finite numbers, got the shape {values.shape}")
        return values
    if reservoir.model.phase:
        return rng.uniform(-np.pi, np.pi, size=n)
    if "v_reset_mV" not in reservoir.parameters:
        return None
    reset = reservoir.parameters["v_reset_mV"]
    return np.asarray(reset + (PEAK_MV - reset) * rng.random(n))
