#!/bin/sh
# Norse 1.1.0 (nir 1.0.8, nirtorch 2.6) writes and reads NIR otherwise than NIR's equations say, and
# says nothing of it.
# - norse.torch.to_nir writes dt times a time constant in place of the time constant: 1e-5 s for the
#   10 ms of an LIFBoxCell, at its dt of 1 ms. Its own from_nir takes that at its word: the layer
#   here fires 10 times in 40 steps, and 40 times once it has been written and read.
# - from_nir gives the v_leak of a CubaLIF to the synapse as well as to the membrane, and both start
#   there. By NIR's equations a neuron with v_leak 6, r 1 and threshold 10 settles at 6 without
#   input; in Norse it settles at 12, and fires first in step 10.
# - from_nir leaves v_reset out: with -50 a neuron fires as often as with 0.
# (An LIF has no such synapse: v_leak is then the resting potential. Divide tau by dt, in seconds,
# when you read a file by Norse.)
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 norse==1.1.0 nir==1.0.8 \
    nirtorch==2.6
cat > "$folder/check.py" <<'PYTHON'
import warnings

warnings.simplefilter("ignore")

import nir
import norse.torch as norse
import numpy as np
import torch
from norse.torch.module.lif_box import LIFBoxCell, LIFBoxParameters

ONE = np.ones(1, dtype=np.float32)


def fired(network, inputs):
    """Steps in which the one neuron fires."""
    state, steps = None, []
    with torch.no_grad():
        for k, row in enumerate(inputs):
            out, state = network(row[None], state)
            if out.sum() > 0:
                steps.append(k)
    return steps


one = torch.ones(1)
cell = LIFBoxCell(LIFBoxParameters(tau_mem_inv=100 * one, v_th=one, v_leak=0 * one))
layer = torch.nn.Linear(1, 1, bias=False)
with torch.no_grad():
    layer.weight.fill_(3.0)
network = norse.SequentialState(layer, cell)
graph = norse.to_nir(network, torch.zeros(1))
tau = float(graph.nodes["1"].tau)
inputs = torch.ones(40, 1)
before, after = len(fired(network, inputs)), len(fired(norse.from_nir(graph), inputs))
print(f"tau of 0.01 s is written as {tau:.2g} s; spikes before {before}, after {after}")
assert abs(tau - 1e-5) < 1e-9
assert (before, after) == (10, 40)


def neuron(**changed):
    values = {"tau_mem": 0.01, "tau_syn": 0.005, "r": 1, "v_leak": 0, "v_threshold": 10}
    values |= {"v_reset": 0, "w_in": 1} | changed
    nodes = {
        "input": nir.Input({"input": np.array([1])}),
        "weights": nir.Affine(np.ones((1, 1), dtype=np.float32), 0 * ONE),
        "neuron": nir.CubaLIF(**{name: value * ONE for name, value in values.items()}),
        "output": nir.Output({"output": np.array([1])}),
    }
    edges = [("input", "weights"), ("weights", "neuron"), ("neuron", "output")]
    return norse.from_nir(nir.NIRGraph(nodes, edges))


silent = torch.zeros(60, 1)
first = fired(neuron(v_leak=6), silent)[:1]
print("v_leak 6, threshold 10, no input: first spike in step", first)
assert first == [10]
counts = [len(fired(neuron(v_reset=v), silent + 20)) for v in (0, -50)]
print("spikes with v_reset 0 and -50:", counts)
assert counts == [8, 8]
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
