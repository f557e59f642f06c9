"""A liquid as a plain loop over steps and neurons: slow, and written apart from the package.

Propagators are the textbook's (Rotter & Diesmann 1999), the hash is in Python's integers, every
number of a neuron is a NumPy scalar of single precision. What it shares with the package are
the reservoir's synapses and parameters.
"""

import hashlib
from collections import defaultdict

import numpy as np

MASK = 2**64 - 1


def splitmix(*integers):
    h = 0
    for integer in integers:
        h = ((h ^ (integer & MASK)) + 0x9E3779B97F4A7C15) & MASK
        h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & MASK
        h ^= h >> 31
    return h


def noise_source(seed, events, n_steps):
    """Noise by neuron and step: four uniform numbers of 16 bits, to mean 0 and deviation 1."""
    content = np.array(events, dtype=np.int64).tobytes()
    digest = hashlib.blake2b(content, digest_size=8, key=n_steps.to_bytes(8, "little")).digest()
    sample_key = int.from_bytes(digest, "little")

    def noise(neuron, step):
        h = splitmix(sample_key, splitmix(seed, neuron), step)
        total = sum(h >> shift & 0xFFFF for shift in (0, 16, 32, 48))
        return np.float32(total - 2 * 65535) * np.float32(2.6428998e-5)

    return noise


def propagators(p, dt, alpha):
    """Single-precision constants of one neuron with parameters p."""
    tau_m, tau_s, c_m = p["tau_m_ms"], p["tau_syn_ms"], p["c_m_pF"]
    a, s = np.exp(-dt / tau_m), np.exp(-dt / tau_s)
    beta = 1 / tau_s - 1 / tau_m
    constants = {
        "a": a,
        "b": tau_m * tau_s / (c_m * (tau_m - tau_s)) * (a - s),
        "c": p["i_background_pA"] * tau_m / c_m * (1 - a),
        "d": p["noise_pA"] * tau_m / c_m * (1 - a),
        "s": s,
        "b2": a * (1 - (1 + beta * dt) * np.exp(-beta * dt)) / (beta**2 * c_m),
        "s2": dt * s,
        "theta": p["v_threshold_mV"] - p["v_rest_mV"],
        "u_reset": p["v_reset_mV"] - p["v_rest_mV"],
        "w": np.e / tau_s if alpha else 1.0,
    }
    return {name: np.float32(value) if name != "w" else value for name, value in constants.items()}


def reference(reservoir, sample, *, dt_ms=1.0):
    """Spikes (step, neuron) in order, and potentials above rest (neurons, steps)."""
    n, alpha = reservoir.n_neurons, reservoir.model.name == "lif_alpha"
    parameters = [{k: v[i] for k, v in reservoir.parameters.items()} for i in range(n)]
    neurons = [propagators(p, dt_ms, alpha) for p in parameters]
    refractory = [round(p["t_ref_ms"] / dt_ms) for p in parameters]

    def row(synapses, source):
        return [
            (j, np.float32(w * neurons[j]["w"]), round(d / dt_ms))
            for i, j, w, d in zip(
                synapses.source,
                synapses.target,
                synapses.weight_pA,
                synapses.delay_ms,
                strict=True,
            )
            if i == source
        ]

    recurrent = [row(reservoir.synapses, i) for i in range(n)]
    inputs = reservoir.input_synapses(sample.n_channels)
    inputs = [row(inputs, channel) for channel in range(sample.n_channels)]
    n_steps = int(sample.n_steps(dt_ms)[0])
    events = [(int(k), int(c)) for k, c in zip(sample.steps(dt_ms), sample.channels, strict=True)]
    noise = noise_source(reservoir.seed, events, n_steps)

    u, current, rise = (np.zeros(n, dtype=np.float32) for _ in range(3))
    release, in_flight = [0] * n, defaultdict(list)
    spikes, potentials = [], np.empty((n, n_steps), dtype=np.float32)
    for k in range(n_steps):
        for i, q in enumerate(neurons):
            if k >= release[i]:
                u[i] = q["a"] * u[i] + q["b"] * current[i]
                if alpha:
                    u[i] += q["b2"] * rise[i]
                u[i] += q["c"]
                if q["d"]:
                    u[i] += q["d"] * noise(i, k)
            current[i] = q["s"] * current[i]
            if alpha:
                current[i] += q["s2"] * rise[i]
                rise[i] = q["s"] * rise[i]
        fired = [i for i in range(n) if u[i] > neurons[i]["theta"]]
        target = rise if alpha else current
        for i in fired:
            for j, weight, delay in recurrent[i]:
                in_flight[k + delay].append((j, weight))
        for j, weight in in_flight[k]:
            target[j] += weight
        for i in fired:
            u[i] = neurons[i]["u_reset"]
            release[i] = k + 1 + refractory[i]
            spikes.append((k, i))
        for step, channel in events:
            if step == k:
                for j, weight, _ in inputs[channel]:
                    target[j] += weight
        potentials[:, k] = u
    return spikes, potentials
