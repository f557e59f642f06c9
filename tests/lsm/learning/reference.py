"""E-prop as it is published: one state a synapse, one step after another, in plain NumPy.

Bellec et al. 2020, Nature Communications 11:3625: neurons with adaptive thresholds (equations 6 to
11), eligibility traces (24 and 25), leaky readouts; in the form of NEST 3.10's
``eprop_iaf_adapt_bsshslm_2020``. Weights have their receivers as rows.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import RandomState


@dataclass
class Network:
    """Neurons, and the weights of a network as it is trained."""

    inputs: np.ndarray
    recurrent: np.ndarray
    readout: np.ndarray
    feedback: np.ndarray  # (neurons, outputs)
    tau_m_ms: float
    tau_out_ms: float
    v_threshold: float
    refractory: int = 0
    beta: np.ndarray = 0.0
    tau_a_ms: float = 2000.0
    whole_arrival: bool = False  # a spike adds its whole weight, or (1 - a) of it
    rate_strength: float = 300.0
    rate_target: float = 0.01  # spikes a step

    def constants(self, dtype=np.float64):
        a = np.exp(-1 / self.tau_m_ms)
        z = 1.0 if self.whole_arrival else 1 - a
        values = a, z, np.exp(-1 / self.tau_a_ms), self.v_threshold
        return *(dtype(value) for value in values), np.asarray(self.beta, dtype)


@dataclass
class Run:
    """What neurons did in a sample: (steps, neurons) each."""

    v: np.ndarray
    threshold: np.ndarray
    spikes: np.ndarray
    psi: np.ndarray
    inputs: np.ndarray = field(repr=False)


def run(network, inputs, dtype=np.float64):
    """Drive a network with inputs (steps, channels), which count in their own step.

    Spikes are added one after another, recurrent ones first, as the compiled program does.
    """
    a, z, rho, v_threshold, beta = network.constants(dtype)
    n = len(network.recurrent)
    from_inputs, recurrent = network.inputs.astype(dtype), network.recurrent.astype(dtype)
    v, b, s = (np.zeros(n, dtype) for _ in range(3))
    refractory = np.zeros(n, dtype=int)
    out = Run(*(np.zeros((len(inputs), n), dtype) for _ in range(4)), inputs)
    for t, x in enumerate(inputs):
        current = np.zeros(n, dtype)
        for i in np.flatnonzero(s):
            current += recurrent[:, i]
        for i in np.flatnonzero(x):
            current += from_inputs[:, i]
        refractory = np.maximum(refractory - 1, 0)
        v = a * v + z * current - v_threshold * s
        b = rho * b + s
        threshold = v_threshold + beta * b
        free = refractory == 0
        s = ((v >= threshold) & free).astype(dtype)
        refractory[s > 0] = network.refractory
        triangle = np.maximum(0, 1 - np.abs((v - threshold) / v_threshold))
        out.v[t], out.threshold[t], out.spikes[t] = v, threshold, s
        out.psi[t] = dtype(0.3) / v_threshold * triangle * free
    return out


def outputs(network, spikes):
    """What the readouts give (steps, outputs)."""
    kappa = np.exp(-1 / network.tau_out_ms)
    y = np.zeros((len(spikes) + 1, len(network.readout)))
    for t, s in enumerate(spikes):
        y[t + 1] = kappa * y[t] + (1 - kappa) * network.readout @ s
    return y[1:]


def gradients(network, ran, errors):
    """Gradients by eligibility traces, summed over the steps.

    Parameters
    ----------
    ran : Run
    errors : array (steps, outputs)
    """
    a, z, rho, _, beta = network.constants()
    kappa = np.exp(-1 / network.tau_out_ms)
    n = len(network.recurrent)
    beta = np.broadcast_to(beta, n)
    steps = len(errors)
    rate = network.rate_strength * (ran.spikes.mean(axis=0) - network.rate_target) / steps
    before = np.vstack([np.zeros(n), ran.spikes[:-1]])
    found = {}
    for name, sources in {"inputs": ran.inputs, "recurrent": before}.items():
        trace = np.zeros(sources.shape[1])
        epsilon, filtered, gradient, total = np.zeros((4, n, len(trace)))
        for t in range(steps):
            trace = a * trace + z * sources[t]
            e = ran.psi[t][:, None] * (trace - beta[:, None] * epsilon)
            epsilon = rho * epsilon + e
            filtered = kappa * filtered + (1 - kappa) * e
            gradient += (network.feedback @ errors[t])[:, None] * filtered
            total += e
        found[name] = gradient + rate[:, None] * total
    trace = np.zeros(n)
    found["readout"] = np.zeros_like(network.readout)
    for t in range(steps):
        trace = kappa * trace + (1 - kappa) * ran.spikes[t]
        found["readout"] += np.outer(errors[t], trace)
    np.fill_diagonal(found["recurrent"], 0)
    return found


def softmax(y):
    e = np.exp(y)
    return e / e.sum(axis=-1, keepdims=True)


def _normal(random, *shape, scale):
    """Weights as NEST's test draws them: rounded to single precision."""
    return (random.standard_normal(shape) / scale).astype(np.float32)


def pattern_generation():
    """Network, inputs (1000, 100) and target (1000, 1) of NEST's test, with its seed."""
    random, n, steps = RandomState(1), 100, 1000
    to_neurons = _normal(random, n, n, scale=np.sqrt(n)).T
    recurrent = _normal(random, n, n, scale=np.sqrt(n)).T
    readout = _normal(random, n, 1, scale=np.sqrt(n)).T
    feedback = _normal(random, n, 1, scale=np.sqrt(n))
    inputs = random.random_sample((steps, n)) < 0.05
    inputs[0] = False
    amplitudes, phases = random.uniform(0.5, 2.0, 4), random.uniform(0.0, 2 * np.pi, 4)
    target = np.zeros(steps)
    for amplitude, phase, period in zip(amplitudes, phases, (1000, 500, 333, 200), strict=True):
        turn = np.linspace(phase, phase + 2 * np.pi * (steps // period), steps)
        target += amplitude * np.sin(turn)
    target -= target[0]
    target /= np.abs(target).max()
    return _trained(to_neurons, recurrent, readout, feedback, 30.0, 0.03), inputs, target[:, None]


def _trained(to_neurons, recurrent, readout, feedback, tau_ms, v_threshold, **more):
    weights = [np.array(w, dtype=np.float64) for w in (to_neurons, recurrent, readout, feedback)]
    np.fill_diagonal(weights[1], 0)
    return Network(*weights, tau_m_ms=tau_ms, tau_out_ms=tau_ms, v_threshold=v_threshold, **more)


def evidence_accumulation(batch_size=1, iterations=5):
    """Network, inputs (iterations, batch, 2250, 40), labels (iterations, batch) of NEST's test."""
    random, n, n_in = RandomState(1), 100, 40
    to_neurons = _normal(random, n_in, n, scale=np.sqrt(n_in)).T
    recurrent = _normal(random, n, n, scale=np.sqrt(n)).T
    limit = np.sqrt(3 / ((n + 2) / 2))
    readout = random.uniform(-limit, limit, (n, 2)).T.astype(np.float32)
    feedback = _normal(random, n, 2, scale=1.0)
    beta = 1.7 * (1 - np.exp(-1 / 2000)) / (1 - np.exp(-1 / 20))
    network = _trained(
        *(to_neurons, recurrent, readout, feedback, 20.0, 0.6),
        refractory=5,
        beta=np.repeat([0.0, beta], 50),
        whole_arrival=True,
    )
    drawn = [cues(random, batch_size) for _ in range(iterations)]
    return network, *(np.array(part) for part in zip(*drawn, strict=True))


def cues(random, batch_size, *, n_cues=7, n_in=40, noise_steps=1050, recall_steps=150):
    """Inputs (batch, steps, channels) and labels (batch,) of evidence accumulation."""
    each = n_in // 4
    sides = np.array([0.3, 0.7], dtype=np.float32)
    chosen = random.choice([0, 1], batch_size)
    shares = np.stack([sides[chosen], sides[1 - chosen]], axis=1)
    cue = np.array([random.choice([0, 1], n_cues, p=share) for share in shares])
    steps = n_cues * 150 + noise_steps + recall_steps
    probability = np.zeros((batch_size, steps, n_in))
    for b in range(batch_size):
        for k, side in enumerate(cue[b]):
            start = 150 * k + 50
            probability[b, start : start + 100, side * each : (side + 1) * each] = 0.04
    probability[:, -recall_steps:, 2 * each : 3 * each] = 0.04
    probability[:, :, 3 * each :] = 0.01
    inputs = probability > random.random_sample(probability.shape)
    inputs[:, 0] = False
    return inputs, (cue.sum(axis=1) > n_cues // 2).astype(int)
