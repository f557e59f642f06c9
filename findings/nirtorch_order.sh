#!/bin/sh
# nirtorch 2.6's load, with which Norse 1.1.0 reads NIR graphs, runs a graph's nodes in the order of
# first visits, depth first along the edges as they are listed, and returns what the last of them
# said. So where two branches meet, the branch that is listed second arrives a step late, and what is
# returned is that branch, not the graph's Output. The graph here adds the input and ten times the
# input; of the inputs 1, 0, 0 it makes
#     nir_to_torch (with which snnTorch 1.0.0 reads): 11, 0, 0, as the graph says
#     load:                                           10, 0, 0, and 1, 10, 0 at the Output
# load says of itself that it is deprecated, nothing of this.
# (List the edges so that each node comes after all that it hears in the same step, the Output last.)
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0
"$folder/venv/bin/pip" install --quiet torch==2.13.0 nir==1.0.8 nirtorch==2.6
cat > "$folder/check.py" <<'PYTHON'
import warnings

warnings.simplefilter("ignore")

import nir
import nirtorch
import numpy as np
import torch


def linear(weight):
    return nir.Linear(np.array([[weight]], dtype=np.float32))


def module(node):
    if not isinstance(node, nir.Linear):
        return None
    made = torch.nn.Linear(1, 1, bias=False)
    made.weight.data = torch.tensor(node.weight)
    return made


graph = nir.NIRGraph(
    {
        "input": nir.Input({"input": np.array([1])}),
        "once": linear(1.0),
        "tenfold": linear(10.0),
        "sum": linear(1.0),
        "output": nir.Output({"output": np.array([1])}),
    },
    [
        ("input", "once"),
        ("input", "tenfold"),
        ("once", "sum"),
        ("tenfold", "sum"),
        ("sum", "output"),
    ],
)
said = {"nir_to_torch": [], "load": [], "load, at the Output": []}
loaded, state, other = nirtorch.load(graph, module), None, None
mapped = nirtorch.nir_to_torch(graph, {nir.Linear: module})
with torch.no_grad():
    for value in (1.0, 0.0, 0.0):
        x = torch.tensor([[value]])
        out, other = mapped(x, other)
        said["nir_to_torch"].append(float(out))
        out, state = loaded(x, state)
        said["load"].append(float(out))
        said["load, at the Output"].append(float(state.cache["output"]))
for name, values in said.items():
    print(f"{name}: {values}")
assert said["nir_to_torch"] == [11, 0, 0]
assert said["load"] == [10, 0, 0]
assert said["load, at the Output"] == [1, 10, 0]
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
