"""In snnTorch's environment: run the graphs of a folder, and write graphs by its own export."""

import contextlib
import io
import json
import sys
import warnings
from pathlib import Path

import nir
import numpy as np
import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir
from snntorch.import_nir import import_from_nir
from stepping import outputs, reasons

warnings.simplefilter("ignore")


def write(folder, name, layer, batch):
    """Export a layer behind a Linear, and what it fires from a state of zeros."""
    n, channels = len(layer.threshold), batch.shape[2]
    weights = torch.nn.Linear(channels, n, bias=False)
    outputs = []
    with torch.no_grad():
        weights.weight.copy_(torch.linspace(0.2, 1.0, n * channels).view(n, channels))
        if hasattr(layer, "recurrent"):
            layer.recurrent = torch.nn.Linear(n, n, bias=False)
            layer.recurrent.weight.copy_(torch.linspace(-0.6, 0.4, n * n).view(n, n))
        for step in torch.tensor(batch).unbind(1):
            outputs.append(layer(weights(step))[0])
    np.savez(folder / f"{name}.npz", torch.stack(outputs, 1).numpy())
    layer.init_hidden = True
    network = torch.nn.Sequential(weights, layer)
    graph = export_to_nir(network, torch.zeros(1, channels), ignore_dims=[0])
    nir.write(folder / f"{name}.nir", graph)


folder = Path(sys.argv[1])
for case in json.loads((folder / "snntorch.json").read_text()):
    batch = np.load(folder / f"input_{case['dt_ms']}.npy")
    with contextlib.redirect_stdout(io.StringIO()):
        network = import_from_nir(nir.read(folder / case["file"]))
    np.savez(folder / case["file"].replace(".nir", ".npz"), outputs(network, batch))

batch = np.load(folder / "input_1.0.npy")
reasons("snntorch", import_from_nir, folder, batch)

n = torch.ones(5)
at_once = {"threshold": n, "reset_mechanism": "zero", "reset_delay": False}
layers = {
    "Leaky": snn.Leaky(beta=torch.linspace(0.8, 0.95, 5), **at_once),
    "Synaptic": snn.Synaptic(alpha=0.5 * n, beta=0.9 * n, **at_once),
    "RLeaky": snn.RLeaky(beta=0.9 * n, linear_features=5, **at_once),
    # It resets in the next step alone: with reset_delay=False its forward pass fails.
    "RSynaptic": snn.RSynaptic(
        alpha=0.5 * n, beta=0.9 * n, linear_features=5, threshold=n, reset_mechanism="zero"
    ),
}
for name, layer in layers.items():
    write(folder, f"snnTorch {name}", layer, batch)
