"""A slow simulator of NIR graphs, from NIR's equations alone: exact from step to step."""

import numpy as np


def run(nodes, edges, inputs, dt_ms):
    """Spikes (steps, neurons) and what comes out at the end, of inputs (steps, channels)."""
    import nir

    dt = dt_ms / 1000
    into = {name: [a for a, b in edges if b == name] for name in nodes}
    traces = {}
    neurons = nodes["neurons"]
    n = len(neurons.r)
    v, current = np.zeros(n), np.zeros(n)
    spikes = np.zeros((len(inputs), n))

    def signal(name, k):
        """What a node says at a step: spikes, or what linear maps and delays make of them."""
        node = nodes[name]
        if isinstance(node, nir.Delay):
            steps = np.unique(np.rint(node.delay / dt).astype(int))
            assert len(steps) == 1
            return signal(into[name][0], k - steps[0])
        if isinstance(node, nir.Linear):
            return node.weight @ signal(into[name][0], k)
        given = inputs if isinstance(node, nir.Input) else spikes
        return given[k] if k >= 0 else np.zeros(given.shape[1])

    for name, node in nodes.items():
        if isinstance(node, nir.I | nir.LI):
            traces[name] = np.zeros(n)
            assert into[name] == ["neurons"]
    decay_m, decay_s = np.exp(-dt / neurons.tau_mem), np.exp(-dt / neurons.tau_syn)
    # The response of the membrane to a current that decays, over one step.
    gain = neurons.r * neurons.tau_syn / (neurons.tau_syn - neurons.tau_mem) * (decay_s - decay_m)
    for k in range(len(inputs)):
        v = neurons.v_leak + (v - neurons.v_leak) * decay_m + gain * current
        current = current * decay_s
        spikes[k] = v > neurons.v_threshold
        v = np.where(spikes[k] > 0, neurons.v_reset, v)
        arriving = sum(signal(name, k) for name in into["neurons"])
        current = current + arriving * neurons.w_in * dt / neurons.tau_syn
        for name in traces:
            node = nodes[name]
            leaky = isinstance(node, nir.LI)
            traces[name] *= np.exp(-dt / node.tau) if leaky else 1
            traces[name] += spikes[k] * node.r * dt / (node.tau if leaky else 1)
    said = [
        nodes[name].weight @ traces[into[name][0]] + nodes[name].bias
        for name in into["output"]
        if isinstance(nodes[name], nir.Affine)
    ]
    return spikes, sum(said) if said else None
