"""Liquids in NIR, the neuromorphic intermediate representation, for other simulators and hardware.

NIR (Pedersen et al. 2024, Nature Communications 15:8122) is a graph of neurons, linear maps and
delays that many simulators and chips read. :func:`to_nir` puts into one what NIR holds exactly,
and refuses the rest by name:

==================  ==============================================================================
of a liquid         in the graph
==================  ==============================================================================
input synapses      Linear, from channels to currents in pA
``lif`` neurons     CubaLIF, potentials in mV from rest, times in s
recurrent synapses  a Linear for each delay, behind a Delay where it isn't 0
spike counts        I
filtered traces     LI, for each time constant
a linear readout    Affine, for each time constant, and their sum
==================  ==============================================================================

There are no refractory periods in NIR (``t_ref_ms`` must be 0), no noise, no short-term plasticity,
no neuron of another model of ours, no states that are read or begin anew within a sample, no
potentials (NIR's neurons say nothing but spikes), no readouts that aren't linear; and no encoders:
fit an estimator on the spikes that one gives. A classifier's scores become labels where they are
read: the largest wins, or of two classes the second where the score is above 0; the graph's
metadata name the ``classes``.

NIR says in continuous time what neurons do, but not what a spike is. For the simulators that read
it a spike is a 1 that lasts for a time step; so it is here, an impulse of that area, and a graph is
made for one step: for a spike to raise a current by its weight, ``w_in`` is ``tau_syn / dt``.

Simulators differ in how they step. Norse and snnTorch take explicit Euler steps, where
:func:`lsm.simulate` is exact, so they agree only as well as the step is short. With
``for_euler=True`` time constants and resistances are those with which Euler's steps do what
:func:`lsm.simulate` does. Measured with Norse 1.1 on 100 recurrent neurons for 1 s, reset to rest
and without delays, the only ones that it reads: the same 20,591 spikes, each a step earlier, at
steps of 1 ms (as many again at 0.1 ms); without ``for_euler`` the neurons' counts are 4.1 % apart
at 1 ms and 1.8 % at 0.1 ms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from lsm.address_events import n_places
from lsm.checks import positive, positive_int
from lsm.estimators import LiquidTransformer, LSMClassifier, LSMRegressor
from lsm.reservoir import Reservoir
from lsm.states import State
from lsm.steps import rounded
from lsm.topology import Synapses

if TYPE_CHECKING:
    import nir

Floats = NDArray[np.float64]

#: Steps before a linear readout that leave it one.
_AFFINE = (StandardScaler, PCA)

#: Why a neuron model is none of NIR's; of those that aren't here it's the currents.
_WHY_NOT = {
    "if": "its CubaLIF leaks",
    "lif_adaptive": "none of its neurons adapts",
    "lif_cond": "it has no conductances",
    **dict.fromkeys(
        ("izhikevich", "izhikevich_2007", "izhikevich_2007_double", "theta", "theta_double"),
        "its neurons are linear below threshold",
    ),
}


def to_nir(
    model: Reservoir | LiquidTransformer | LSMClassifier | LSMRegressor,
    *,
    n_channels: int | None = None,
    dt_ms: float | None = None,
    for_euler: bool = False,
) -> nir.NIRGraph:
    """A liquid, with its state and readout where there are any, as a NIR graph.

    Its input are the channels' spikes. Its output are a reservoir's spikes, a transformer's states,
    a classifier's scores (``decision_function``) or a regressor's predictions; the last three as
    they are at any time, to be read when a sample ends. ``nir.write(path, graph)`` makes a file.

    Parameters
    ----------
    model : Reservoir, LiquidTransformer, LSMClassifier or LSMRegressor
        Estimators are fitted, on spikes or events.
    n_channels : int, optional
        Of the input; needed for a reservoir alone.
    dt_ms : float, optional
        The step that a spike lasts; by default the estimator's, or 1 ms.
    for_euler : bool
        Make it for simulators that take explicit Euler steps of `dt_ms` (see :mod:`lsm.nir`).

    Raises
    ------
    TypeError, ValueError
        Something that NIR doesn't hold: which, and why.
    ImportError
        nir isn't installed.
    NotFittedError

    Examples
    --------
    >>> graph = to_nir(classifier)  # doctest: +SKIP
    >>> nir.write("liquid.nir", graph)  # doctest: +SKIP
    """
    nir = _nir()
    if isinstance(model, Reservoir):
        if n_channels is None:
            raise ValueError("n_channels must be given where model is a reservoir")
        reservoir, n = model, positive_int(n_channels, "n_channels")
    else:
        reservoir, n = _heard(model, n_channels)
    dt = positive(getattr(model, "dt_ms", 1.0) if dt_ms is None else dt_ms, "dt_ms")
    _check_reservoir(reservoir, dt)
    size = np.array([reservoir.n_neurons])
    nodes = {
        "input": nir.Input({"input": np.array([n])}),
        "input_weights": nir.Linear(_matrix(reservoir.input_synapses(n), size[0], n)),
        "neurons": _neurons(reservoir, dt, for_euler=for_euler),
    }
    edges = [("input", "input_weights"), ("input_weights", "neurons")]
    for steps, synapses in _by_delay(reservoir.synapses, dt):
        after = "neurons"
        if steps:
            after = f"delay_{steps}"
            nodes[after] = nir.Delay(np.full(size, steps * dt / 1000))
            edges.append(("neurons", after))
        nodes[f"recurrent_{steps}"] = nir.Linear(_matrix(synapses, size[0], size[0]))
        edges += [(after, f"recurrent_{steps}"), (f"recurrent_{steps}", "neurons")]
    if isinstance(model, Reservoir):
        nodes["output"] = nir.Output({"output": size})
        edges.append(("neurons", "output"))
    else:
        _add_readout(nodes, edges, model, dt, for_euler=for_euler)
    metadata: dict[str, Any] = {"dt_ms": dt, "for_euler": int(for_euler)}
    if isinstance(model, LSMClassifier):
        metadata["classes"] = json.dumps(model.classes_.tolist())
    return nir.NIRGraph(nodes, edges, metadata=metadata)


def _nir() -> Any:
    try:
        import nir
    except ImportError as error:
        raise ImportError("NIR takes the package nir: pip install 'liquidstate[nir]'") from error
    return nir


def _heard(model: Any, n_channels: int | None) -> tuple[Reservoir, int]:
    """A fitted estimator's reservoir and its number of channels."""
    if not isinstance(model, LiquidTransformer | LSMClassifier | LSMRegressor):
        raise TypeError(
            "model must be a Reservoir, LiquidTransformer, LSMClassifier or LSMRegressor; "
            f"got {type(model).__name__}"
        )
    check_is_fitted(model)
    if model.input_kind_ == "signals":
        raise ValueError(
            f"encoder: NIR holds none such as {model.encoder_!r}; fit the model on the spikes that "
            "encoder.transform gives"
        )
    events = model.input_kind_ == "events"
    n = n_places(model.sensor_size_) if events else model.n_features_in_
    if n_channels not in (None, n):
        raise ValueError(f"n_channels must be {n}, as when the model was fitted; got {n_channels}")
    return model.reservoir_, n


def _check_reservoir(reservoir: Reservoir, dt_ms: float) -> None:
    """ValueError for what NIR doesn't hold of a reservoir."""
    name, p = reservoir.model.name, reservoir.parameters
    if name != "lif" or reservoir.model.definition:
        why = _WHY_NOT.get(name, "its CubaLIF has one current, which jumps and decays")
        raise ValueError(f"neuron model: {name!r} is no neuron of NIR's, as {why}; 'lif' is one")
    refractory = rounded(p["t_ref_ms"], dt_ms)
    if refractory.any():
        raise ValueError(
            "t_ref_ms: NIR holds no refractory periods, so it must be 0; got up to "
            f"{p['t_ref_ms'].max():g} ms"
        )
    if p["noise_pA"].any():
        raise ValueError(f"noise_pA: NIR holds no noise; got up to {p['noise_pA'].max():g} pA")
    if reservoir.short_term is not None:
        raise ValueError(f"short_term: NIR holds no plasticity; got {reservoir.short_term!r}")


def _neurons(reservoir: Reservoir, dt_ms: float, *, for_euler: bool) -> Any:
    """The neurons as CubaLIF, potentials from rest."""
    p = reservoir.parameters
    tau_m, tau_syn, resistance = p["tau_m_ms"], p["tau_syn_ms"], p["tau_m_ms"] / p["c_m_pF"]
    v_leak = p["i_background_pA"] * resistance
    if for_euler:
        step = reservoir.model.constants(dict(p), dt_ms)
        tau_m, tau_syn = dt_ms / (1 - step["a"]), dt_ms / (1 - step["s"])
        resistance = step["b"] / (1 - step["a"])
    return _nir().CubaLIF(
        tau_syn=tau_syn / 1000,
        tau_mem=tau_m / 1000,
        r=resistance,
        v_leak=v_leak,
        v_threshold=p["v_threshold_mV"] - p["v_rest_mV"],
        v_reset=p["v_reset_mV"] - p["v_rest_mV"],
        w_in=tau_syn / dt_ms,
    )


def _matrix(synapses: Synapses, n_targets: int, n_sources: int) -> Floats:
    """Weights in pA as a matrix (targets, sources)."""
    weights = np.zeros((n_targets, n_sources))
    np.add.at(weights, (synapses.target, synapses.source), synapses.weight_pA)
    return weights


def _by_delay(synapses: Synapses, dt_ms: float) -> list[tuple[int, Synapses]]:
    """Synapses by their delays in steps."""
    steps = synapses.delay_steps(dt_ms)
    parts = (synapses.source, synapses.target, synapses.weight_pA, synapses.delay_ms)
    return [
        (int(delay), Synapses(*(part[steps == delay] for part in parts)))
        for delay in np.unique(steps)
    ]


def _add_readout(
    nodes: dict[str, Any],
    edges: list[tuple[str, str]],
    model: Any,
    dt_ms: float,
    *,
    for_euler: bool,
) -> None:
    """A node for each trace of all neurons, and what the readout makes of them."""
    nir, state, reservoir = _nir(), model.state_, model.reservoir_
    _check_state(state)
    read = (
        reservoir.excitatory
        if state.neurons == "excitatory"
        else np.full_like(reservoir.excitatory, True)
    )
    n_read = int(read.sum())
    left = state.decays(dt_ms)
    coef, intercept = _linear(model, n_read * len(left))
    for k, decay in enumerate(left):
        weight = np.zeros((len(coef), reservoir.n_neurons))
        weight[:, read] = coef[:, k * n_read : (k + 1) * n_read]
        nodes[f"trace_{k}"] = _trace(decay, reservoir.n_neurons, dt_ms, for_euler=for_euler)
        # The intercept counts once.
        bias = intercept if k == 0 else np.zeros_like(intercept)
        nodes[f"readout_{k}"] = nir.Affine(weight, bias)
        edges += [
            ("neurons", f"trace_{k}"),
            (f"trace_{k}", f"readout_{k}"),
            (f"readout_{k}", "output"),
        ]
    nodes["output"] = nir.Output({"output": np.array([len(coef)])})


def _check_state(state: State) -> None:
    """ValueError for states that no node of NIR has."""
    if state.potentials:
        raise ValueError(f"state: NIR's neurons give no potentials, got {state!r}")
    if state.at != (1.0,):
        raise ValueError(f"state: NIR reads nothing within a sample, got {state!r}")


def _trace(decay: float, n: int, dt_ms: float, *, for_euler: bool) -> Any:
    """What a spike raises by 1, and of which `decay` is left after a step."""
    if decay == 1:
        return _nir().I(np.full(n, 1000 / dt_ms))
    tau_ms = dt_ms / (1 - decay) if for_euler else -dt_ms / np.log(decay)
    return _nir().LI(
        tau=np.full(n, tau_ms / 1000), r=np.full(n, tau_ms / dt_ms), v_leak=np.zeros(n)
    )


def _linear(model: Any, n_features: int) -> tuple[Floats, Floats]:
    """The readout as a matrix (outputs, features) and an intercept (outputs,)."""
    if isinstance(model, LiquidTransformer):
        return np.eye(n_features), np.zeros(n_features)
    readout = model.readout_
    says = getattr(readout, "decision_function", readout.predict)

    def outputs(states: Floats) -> Floats:
        return np.asarray(says(states), dtype=np.float64).reshape(len(states), -1)

    known = hasattr(readout, "coef_")
    if known or _is_affine(readout):
        zero = outputs(np.zeros((1, n_features)))
        if known:
            coef = np.array(readout.coef_, dtype=np.float64).reshape(-1, n_features)
            shift = np.broadcast_to(getattr(readout, "intercept_", 0.0), len(coef)).copy()
        else:
            coef, shift = (outputs(np.eye(n_features)) - zero).T, zero[0]
        probe = np.random.default_rng(0).normal(size=(5, n_features))
        if coef.shape[0] == zero.shape[1] and np.allclose(outputs(probe), probe @ coef.T + shift):
            return coef, shift
    raise ValueError(f"readout: NIR holds linear ones alone, got {readout!r}")


def _is_affine(readout: Any) -> bool:
    """Whether it is a pipeline of nothing but linear maps and shifts."""
    if not isinstance(readout, Pipeline):
        return False
    *first, last = (step for _, step in readout.steps)
    passing = all(one in (None, "passthrough") or isinstance(one, _AFFINE) for one in first)
    return passing and hasattr(last, "coef_")
