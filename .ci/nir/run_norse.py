"""In Norse's environment: run the graphs of a folder, and write graphs by Norse's own export."""

import json
import sys
import warnings
from pathlib import Path

import nir
import numpy as np

warnings.simplefilter("ignore")

import norse.torch as norse  # noqa: E402
import torch  # noqa: E402
from norse.torch.module.lif_box import LIFBoxCell, LIFBoxParameters  # noqa: E402
from stepping import outputs, reasons  # noqa: E402


def write(folder, name, cell, batch):
    layer = torch.nn.Linear(batch.shape[2], 5, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(0.5, 4.0, layer.weight.numel()).view_as(layer.weight))
    network = norse.SequentialState(layer, cell)
    np.savez(folder / f"{name}.npz", outputs(network, batch))
    # Of one sample's shape: with a batch's, nir.read refuses the file.
    nir.write(folder / f"{name}.nir", norse.to_nir(network, torch.zeros(batch.shape[2])))


folder = Path(sys.argv[1])
for case in json.loads((folder / "norse.json").read_text()):
    batch = np.load(folder / f"input_{case['dt_ms']}.npy")
    graph = nir.read(folder / case["file"])
    network = norse.from_nir(graph, dt=case["dt_ms"] / 1000)
    np.savez(folder / case["file"].replace(".nir", ".npz"), outputs(network, batch))

batch = np.load(folder / "input_1.0.npy")
reasons("norse", norse.from_nir, folder, batch)

n = torch.ones(5)
write(
    folder,
    "Norse LIFBoxCell",
    LIFBoxCell(
        LIFBoxParameters(tau_mem_inv=torch.linspace(60.0, 140.0, 5), v_th=0.6 * n, v_leak=0.1 * n)
    ),
    batch,
)
write(
    folder,
    "Norse LIFCell",
    norse.LIFCell(
        norse.LIFParameters(
            tau_mem_inv=torch.linspace(60.0, 140.0, 5),
            tau_syn_inv=200 * n,
            v_th=0.8 * n,
            v_leak=0.1 * n,
            v_reset=0 * n,
        )
    ),
    batch,
)
