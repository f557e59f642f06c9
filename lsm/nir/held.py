"""What of a liquid, its state and its readout a graph can hold; the rest is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from lsm.base.steps import rounded
from lsm.estimators import LiquidTransformer, LSMClassifier, LSMRegressor
from lsm.reservoir import Reservoir
from lsm.spikes.address_events import n_places
from lsm.states import State, Trace
from lsm.topology import Synapses

Floats = NDArray[np.float64]

#: Steps before a linear readout that leave it one.
_AFFINE = (StandardScaler, PCA)

#: Why a neuron model is none of NIR's; of those that aren't here it's the currents.
_WHY_NOT = {
    "if": "its CubaLIF leaks",
    **dict.fromkeys(("alif", "lif_adaptive"), "none of its neurons adapts"),
    "lif_cond": "it has no conductances",
    **dict.fromkeys(
        ("izhikevich", "izhikevich_2007", "izhikevich_2007_double", "theta", "theta_double"),
        "its neurons are linear below threshold",
    ),
}


def install() -> Any:
    """Import the package nir; the error says how to install it."""
    try:
        import nir
    except ImportError as error:
        raise ImportError("NIR takes the package nir: pip install 'liquidstate[nir]'") from error
    return nir


def fitted_reservoir(model: Any, n_channels: int | None) -> tuple[Reservoir, int]:
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


def check_reservoir(reservoir: Reservoir) -> None:
    """Raise ValueError for what no graph holds of a reservoir."""
    name, noise = reservoir.model.name, reservoir.parameters["noise_pA"]
    if name != "lif" or reservoir.model.definition:
        why = _WHY_NOT.get(name, "its CubaLIF has one current, which jumps and decays")
        raise ValueError(f"neuron model: {name!r} is no neuron of NIR's, as {why}; 'lif' is one")
    if noise.any():
        raise ValueError(f"noise_pA: NIR holds no noise; got up to {noise.max():g} pA")
    if reservoir.short_term is not None:
        raise ValueError(f"short_term: NIR holds no plasticity; got {reservoir.short_term!r}")


def refractory_steps(reservoir: Reservoir, dt_ms: float) -> NDArray[np.int64]:
    """Steps after that of a spike in which a neuron can't fire, (neurons,)."""
    return rounded(reservoir.parameters["t_ref_ms"], dt_ms).astype(np.int64)


def matrix(synapses: Synapses, n_targets: int, n_sources: int) -> Floats:
    """Weights in pA as a matrix (targets, sources)."""
    weights = np.zeros((n_targets, n_sources))
    np.add.at(weights, (synapses.target, synapses.source), synapses.weight_pA)
    return weights


def neurons_read(model: Any) -> NDArray[np.intp]:
    """The neurons that an estimator's state reads; ValueError for a state that no graph has."""
    state: State = model.state_
    if not all(isinstance(row, Trace) for row in state.rows):
        raise ValueError(
            f"state: NIR's neurons give no potentials, and no times of spikes, got {state!r}"
        )
    if state.at != (1.0,):
        raise ValueError(f"state: NIR reads nothing within a sample, got {state!r}")
    excitatory = model.reservoir_.excitatory
    return np.flatnonzero(excitatory | (state.neurons == "all"))


def linear(model: Any, n_features: int) -> tuple[Floats, Floats]:
    """The readout as a matrix (outputs, features) and an intercept (outputs,)."""
    if isinstance(model, LiquidTransformer):
        return np.eye(n_features), np.zeros(n_features)
    readout = model.readout_
    says = getattr(readout, "decision_function", readout.predict)

    def outputs(states: Floats) -> Floats:
        return np.asarray(says(states), dtype=np.float64).reshape(len(states), -1)

    has_coef = hasattr(readout, "coef_")
    if has_coef or _is_affine(readout):
        zero = outputs(np.zeros((1, n_features)))
        if has_coef:
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
    passing = all(step in (None, "passthrough") or isinstance(step, _AFFINE) for step in first)
    return passing and hasattr(last, "coef_")
