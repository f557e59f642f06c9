"""How readers step through a graph: each node once a step, in the order of their names.

What a node hears that comes later in the order is what that said in the step before.
"""

import numpy as np


def depth_first(graph):
    """Nodes in the order of first visits, along the edges as listed."""
    after = {name: [b for a, b in graph.edges if a == name] for name in graph.nodes}
    order = []

    def visit(name):
        if name not in order:
            order.append(name)
            for other in after[name]:
                visit(other)

    visit("input")
    return order


def run(graph, inputs, reader, dt_ms=1.0):
    """What comes out, (steps, outputs), of inputs (steps, channels)."""
    import nir

    names = sorted(set(graph.nodes) - {"input", "output"})
    sources = {name: [a for a, b in graph.edges if b == name] for name in graph.nodes}
    (neurons,) = (name for name in names if isinstance(graph.nodes[name], nir.LIF))
    node = graph.nodes[neurons]
    dt = dt_ms / 1000 if reader == "norse" else 1e-4
    leak = (dt / node.tau).astype(np.float32)
    # Norse starts where v_leak is, leaves r out and resets to 0.
    rest = node.v_leak.astype(np.float32)
    gain = leak if reader == "norse" else (node.r * leak).astype(np.float32)
    threshold = node.v_threshold.astype(np.float32)
    weights = {
        name: graph.nodes[name].weight.astype(np.float32) for name in names if name != neurons
    }
    v, value, said = rest.copy(), {}, []
    for row in np.asarray(inputs, dtype=np.float32):
        value["input"] = row
        for name in names:
            heard = sum(value[source] for source in sources[name] if source in value)
            if name == neurons:
                v = v + leak * (rest - v) + gain * heard
                value[name] = (v > threshold).astype(np.float32)
                v = v * (1 - value[name])
            else:
                value[name] = weights[name] @ heard
                bias = getattr(graph.nodes[name], "bias", None)
                if bias is not None:
                    value[name] = value[name] + bias.astype(np.float32)
        (last,) = sources["output"]
        said.append(value[last])
    return np.array(said)
