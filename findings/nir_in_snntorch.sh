#!/bin/sh
# snnTorch 1.0.0 (nir 1.0.8, nirtorch 2.6) doesn't read back what it wrote, and says nothing of it.
# - A recurrent layer that import_from_nir finds in a graph gets its input through the recurrent
#   weights: it wires the input to w_rec, not to the neurons. An RLeaky that fires 60 times
#   fires 27 times once it has been exported and imported. (With a second Linear in the loop it isn't
#   found, and runs as the graph says.)
# - export_to_nir writes v_reset = 0 whatever the layer does after a spike: a Leaky with
#   reset_mechanism "subtract" (the default), "none" and "zero" gives the same graph, though the
#   three fire 8, 18 and 6 times for the same input. Imported, all three reset to zero and fire 6 times
#   (reset_delay=False).
# - It has no dt: time constants are in steps of 0.1 ms, so beta = 0.9 is written as 1 ms.
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0
"$folder/venv/bin/pip" install --quiet torch==2.13.0 snntorch==1.0.0 nir==1.0.8 nirtorch==2.6
cat > "$folder/check.py" <<'PYTHON'
import contextlib
import io
import warnings

warnings.simplefilter("ignore")

import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir
from snntorch.import_nir import import_from_nir


def network(layer, weight):
    linear = torch.nn.Linear(1, len(layer.threshold), bias=False)
    with torch.no_grad():
        linear.weight.fill_(weight)
    return torch.nn.Sequential(linear, layer)


def written(net):
    return export_to_nir(net, torch.zeros(1, 1), ignore_dims=[0])


def counts(net, imported):
    total, state = 0, None
    with torch.no_grad():
        for row in torch.ones(20, 1, 1):
            if imported:
                out, state = net(row, state)
            else:
                out = net(row)
            total += int(out.sum())
    return total


def read(graph):
    with contextlib.redirect_stdout(io.StringIO()):
        return import_from_nir(graph)


one = torch.ones(3)
layer = snn.RLeaky(
    beta=0.9 * one,
    threshold=one,
    linear_features=3,
    init_hidden=True,
    reset_mechanism="zero",
    reset_delay=False,
)
layer.recurrent = torch.nn.Linear(3, 3, bias=False)
with torch.no_grad():
    layer.recurrent.weight.fill_(0.1)
net = network(layer, 1.4)
before, after = counts(net, False), counts(read(written(net)), True)
print(f"RLeaky: {before} spikes, {after} when exported and imported")
assert (before, after) == (60, 27)

fired, again, nodes = {}, {}, []
for reset in ("subtract", "none", "zero"):
    leaky = snn.Leaky(beta=0.9 * one[:1], threshold=one[:1], init_hidden=True, reset_mechanism=reset)
    net = network(leaky, 0.5)
    fired[reset] = counts(net, False)
    graph = written(net)
    again[reset] = counts(read(graph), True)
    nodes.append([getattr(graph.nodes["1"], name).item() for name in ("tau", "r", "v_reset")])
print("Leaky:", fired, "when exported and imported:", again)
print("tau in s, r, v_reset:", nodes)
assert fired == {"subtract": 8, "none": 18, "zero": 6}
assert set(again.values()) == {6}
assert nodes[0] == nodes[1] == nodes[2]
assert abs(nodes[0][0] - 0.001) < 1e-7 and nodes[0][2] == 0
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
