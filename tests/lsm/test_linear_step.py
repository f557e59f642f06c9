"""A neuron's step as a matrix, against the simulated neuron."""

from dataclasses import replace

import numpy as np
import pytest

from lsm.learning import EligibilityTraces
from lsm.neurons import ALIF, LIF, LIF_ADAPTIVE, MODELS, NeuronModel
from lsm.neurons.linear import linear_step
from lsm.reservoir import Reservoir
from lsm.simulation import record_batch
from lsm.topology import MatrixInputs, NoWiring
from tests.lsm.liquids import samples


@pytest.mark.parametrize("model", [LIF, LIF_ADAPTIVE, ALIF], ids=lambda model: model.name)
def test_traces_are_derivatives_of_the_potential_while_spikes_stay(model):
    # With adaptation a spike's own effect on later ones is not part of such a derivative.
    n, step_pA = 12, 0.1
    rng = np.random.default_rng(0)
    weights = rng.uniform(200, 500, (1, n))
    reservoir = Reservoir.random(
        n,
        random_state=1,
        model=model,
        ranges={"tau_m_ms": (5, 20), "t_ref_ms": (0, 4), "v_threshold_mV": (-67, -62)},
        wiring=NoWiring(),
        inputs=MatrixInputs(weights),
    )
    spikes = samples(2, [60], n_channels=1, rate_per_ms=0.3)
    low, high = (
        record_batch(reservoir.replace(inputs=MatrixInputs(w)), spikes, {"u": 1})
        for w in (weights, weights + step_pA)
    )
    assert len(low.spike_steps) > 20
    np.testing.assert_array_equal(low.spike_steps, high.spike_steps)
    np.testing.assert_array_equal(low.spike_neurons, high.spike_neurons)
    slope = (high.values[:, 0].astype(float) - low.values[:, 0]) / step_pA
    step = linear_step(model, dict(reservoir.parameters), 1.0)
    places = np.full(n, model.state.index(model.targets[0]))
    traces = EligibilityTraces(step, np.arange(n), places)
    arrivals = np.bincount(spikes.steps(1.0), minlength=60)
    fired = np.zeros((60, n), dtype=bool)
    fired[low.spike_steps, low.spike_neurons] = True
    refractory = np.rint(reservoir.parameters["t_ref_ms"]).astype(int)
    for t in range(60):
        held = np.array([fired[max(0, t - r) : t, i].any() for i, r in enumerate(refractory)])
        # A pseudo-derivative this small keeps spikes from acting on later ones.
        tiny = np.full(n, 1e-12)
        e = traces.advance(tiny, fired[t], held, np.full(n, arrivals[t])) / tiny
        free = ~held  # of the others 0 is recorded
        np.testing.assert_allclose(e[free], slope[t, free], atol=1e-3 * np.abs(slope).max())


def test_only_integrate_and_fire_models_have_a_linear_step():
    linear = {name for name, model in MODELS.items() if model.distance}
    assert linear == {
        *("if", "lif", "lif_alpha", "lif_double", "lif_ei", "lif_adaptive", "alif"),
    }
    for name, model in MODELS.items():
        if name not in linear:
            with pytest.raises(ValueError, match=f"model '{name}' has no pseudo-derivative"):
                linear_step(model, model.complete({}, 1), 1.0)


def test_equations_of_ones_own_say_what_they_lack():
    model = NeuronModel.from_equations(
        "own",
        "dv/dt = -v/tau : volt",
        parameters={"tau": (10, "ms")},
        threshold="v > 9*mV",
        reset="v = 0*mV",
        synapse="v",
    )
    with pytest.raises(
        ValueError, match=r"model 'own' .* the field `distance` .* take one of if, "
    ):
        linear_step(model, model.complete({}, 1), 1.0)


def test_a_model_that_only_claims_to_be_linear_is_refused():
    model = replace(MODELS["izhikevich"], name="claimed", distance="u - theta")
    with pytest.raises(ValueError, match="'claimed': its update is not linear"):
        linear_step(model, model.complete({}, 1), 1.0)
