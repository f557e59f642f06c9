"""In sinabs' environment: what a neuron does there that is lifted to 2.5 thresholds at once."""

import json
import sys
import warnings
from pathlib import Path

import nir
import numpy as np

warnings.simplefilter("ignore")

import torch  # noqa: E402
from sinabs import from_nir  # noqa: E402

ones = np.ones(1, dtype=np.float32)
graph = nir.NIRGraph(
    {
        "input": nir.Input({"input": np.array([1])}),
        "weights": nir.Affine(weight=2.5 * np.ones((1, 1)), bias=np.zeros(1)),
        "neurons": nir.LIF(
            tau=torch.tensor([10.0]), r=ones, v_leak=0 * ones, v_threshold=torch.tensor([1.0])
        ),
        "output": nir.Output({"output": np.array([1])}),
    },
    [("input", "weights"), ("weights", "neurons"), ("neurons", "output")],
)
network = from_nir(graph, num_timesteps=10, batch_size=1)
with torch.no_grad():
    outputs = network(torch.eye(10)[:, :1])
outputs = outputs[0] if isinstance(outputs, tuple) else outputs
report = {"spikes in the first step": float(outputs[0, 0])}
try:
    nir.read(Path(sys.argv[1]) / "today.nir")
except TypeError as error:
    report["nir " + nir.version + " reads today's files"] = str(error).split(".")[-1]
(Path(sys.argv[1]) / "reasons_sinabs.json").write_text(json.dumps(report))
