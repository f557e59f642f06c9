"""The sweep back in time gives the gradients of eligibility traces, synapse by synapse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.learning import EProp, LeakyReadout, Network, Targets
from lsm.learning.activity import Activity
from lsm.learning.eligibility import EligibilityTraces
from lsm.learning.events import Events
from lsm.neurons import ALIF, IF, LIF, LIF_ADAPTIVE, LIF_ALPHA, LIF_DOUBLE, LIF_EI
from lsm.neurons.linear import linear_step
from lsm.reservoir import Reservoir
from lsm.topology import MatrixInputs, MatrixWiring

MODELS = (ALIF, IF, LIF, LIF_ADAPTIVE, LIF_ALPHA, LIF_DOUBLE, LIF_EI)
N, CHANNELS, OUTPUTS = 5, 3, 2


def random_network(rng, model, dt_ms):
    """Neurons that differ, with synapses of both signs and delays of up to five steps."""
    wiring = rng.normal(size=(N, N)) * (rng.random((N, N)) < 0.6)
    inputs = rng.normal(size=(CHANNELS, N)) * (rng.random((CHANNELS, N)) < 0.8)
    np.fill_diagonal(wiring, 0)
    reservoir = Reservoir.random(
        N,
        random_state=rng,
        model=model,
        ranges=dict(model.ranges) | {"t_ref_ms": (0.0, 3.0)},
        excitatory=np.ones(N, dtype=bool),
        wiring=MatrixWiring(wiring, dt_ms * rng.integers(0, 6, (N, N)), dale=False),
        inputs=MatrixInputs(inputs, dt_ms * rng.integers(0, 4, (CHANNELS, N))),
    )
    return Network(reservoir, LeakyReadout.random(OUTPUTS, N, random_state=rng), CHANNELS)


def random_activity(rng, network, n_steps, dt_ms):
    """Spikes and potentials of samples of these lengths, without any simulation."""
    steps, samples = int(n_steps.max()), len(n_steps)

    def events(sources, rate):
        playing = np.arange(steps)[:, None, None] < n_steps[:, None]
        spikes = np.nonzero((rng.random((steps, samples, sources)) < rate) & playing)
        return Events(*spikes, (steps, samples, sources))

    p = dict(network.reservoir.parameters)
    step = linear_step(network.reservoir.model, p, dt_ms)
    closeness = rng.uniform(-0.5, 2.5, (steps, samples, N))
    refractory = np.rint(p["t_ref_ms"] / dt_ms).astype(int)
    ran = Activity(step, n_steps, events(CHANNELS, 0.2), events(N, 0.1), closeness, refractory)
    for values, places in zip(closeness.reshape(steps, -1), ran.held, strict=True):
        values[places] = 0
    return ran


def by_traces(rule, network, activity, targets, dt_ms):
    """The same gradients from one eligibility trace a synapse."""
    outputs = network.readout.outputs(activity.neurons, dt_ms)
    comparison = targets.compare(outputs, activity.n_steps, dt_ms)
    feedback = rule.feedback_weights(network)
    kappa = np.exp(-dt_ms / network.readout.tau_ms)
    samples = len(activity.n_steps)
    fired = np.zeros(activity.neurons.shape, dtype=bool)
    fired[activity.neurons.step, activity.neurons.sample, activity.neurons.source] = True
    psi = activity.pseudo_derivatives(0, len(fired), rule.dampening)
    model, found = network.reservoir.model, {}
    factors = np.atleast_2d(model.weight_factor(dict(network.reservoir.parameters)))
    for name, events in {"inputs": activity.inputs, "recurrent": activity.neurons}.items():
        synapses, dense = network.synapses[name], np.zeros(events.shape)
        np.add.at(dense, (events.step, events.sample, events.source), 1)
        delays, row = synapses.delay_steps(dt_ms), (synapses.weight_pA < 0) * (len(factors) - 1)
        variables = np.array([model.state.index(target) for target in model.targets])[row]
        found[name] = np.zeros(len(synapses))
        for b, n_steps in enumerate(activity.n_steps):
            traces = EligibilityTraces(activity.step, synapses.target, variables)
            filtered = np.zeros(len(synapses))
            rate = fired[:, b].sum(axis=0) / n_steps - rule.rate_target_Hz * dt_ms / 1000
            rate *= rule.rate_strength / n_steps / comparison.window_steps[b]
            for t in range(n_steps):
                since = [
                    fired[max(0, t - r) : t, b, i].any()
                    for i, r in enumerate(activity.refractory_steps)
                ]
                arrived = np.where(
                    delays <= t, dense[np.maximum(t - delays, 0), b, synapses.source], 0
                )
                trace = traces.advance(psi[t, b], fired[t, b], np.array(since), arrived)
                filtered = kappa * filtered + (1 - kappa) * trace
                signal = comparison.errors[t, b] @ feedback
                found[name] += signal[synapses.target] * filtered + rate[synapses.target] * trace
        found[name] *= factors[row, synapses.target] / samples
    return found


def random_targets(rng, kind, n_steps, dt_ms):
    """A class of a sample, one at some of the steps, or outputs at some of them."""
    if kind == "sample":
        return Targets(rng.integers(0, OUTPUTS, len(n_steps)), window_ms=6 * dt_ms)
    shape = len(n_steps), int(n_steps.max()) + 1
    asked = rng.random(shape) < 0.6
    asked[:, 0] = True
    if kind == "classes":
        return Targets(np.where(asked, rng.integers(0, OUTPUTS, shape), -1))
    values = np.where(asked[..., None], rng.normal(size=(*shape, OUTPUTS)), np.nan)
    return Targets(values, "squared_error")


KINDS = ("sample", "classes", "values")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    model=st.sampled_from(MODELS),
    dt_ms=st.sampled_from([1.0, 0.5]),
    kind=st.sampled_from(KINDS),
    feedback=st.sampled_from(["symmetric", "random"]),
    rate_strength=st.sampled_from([0.0, 100.0]),
)
def test_the_sweep_gives_the_gradients_of_the_traces(
    seed, model, dt_ms, kind, feedback, rate_strength
):
    rng = np.random.default_rng(seed)
    n_steps = rng.integers(8, 30, size=3)
    network = random_network(rng, model, dt_ms)
    activity = random_activity(rng, network, n_steps, dt_ms)
    targets = random_targets(rng, kind, n_steps, dt_ms)
    rule = EProp(feedback=feedback, rate_strength=rate_strength)
    gradients = rule.of_activity(network, activity, targets, dt_ms=dt_ms)
    for name, expected in by_traces(rule, network, activity, targets, dt_ms).items():
        scale = np.abs(expected).max(initial=1e-300)
        np.testing.assert_allclose(gradients.weights[name] / scale, expected / scale, atol=1e-10)


def smooth_loss(readout, targets, spikes, n_steps):
    outputs = readout.outputs(spikes, 1.0)
    return targets.compare(outputs, n_steps, 1.0).losses.mean()


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_of_the_readout_is_that_of_the_loss(kind):
    rng = np.random.default_rng(0)
    network, n_steps = random_network(rng, LIF, 1.0), np.array([20, 13, 20])
    activity = random_activity(rng, network, n_steps, 1.0)
    targets = random_targets(rng, kind, n_steps, 1.0)
    gradients = EProp(trains=("readout",)).of_activity(network, activity, targets, dt_ms=1.0)
    assert gradients.weights.keys() == {"readout"}
    weights = np.array(network.readout.weights)
    for place in np.ndindex(weights.shape):
        step = np.zeros_like(weights)
        step[place] = 1e-6
        up, down = (
            smooth_loss(network.readout.with_weights(w), targets, activity.neurons, n_steps)
            for w in (weights + step, weights - step)
        )
        assert gradients.weights["readout"][place] == pytest.approx((up - down) / 2e-6, rel=1e-6)
