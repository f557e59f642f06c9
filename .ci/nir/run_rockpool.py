"""In Rockpool's environment: what a neuron does there that is lifted to 2.5 thresholds at once."""

import json
import sys
import warnings
from pathlib import Path

import nir
import numpy as np

warnings.simplefilter("ignore")

import torch  # noqa: E402
from rockpool.nn.modules.torch.nir import from_nir  # noqa: E402

ones = np.ones(1)
graph = nir.NIRGraph(
    {
        "input": nir.Input({"input": np.array([1])}),
        "weights": nir.Linear(weight=2.5 * np.ones((1, 1), dtype=np.float32)),
        # It takes its step from these: tau / (1 + r), 1 ms.
        "neurons": nir.CubaLIF(
            tau_mem=0.01 * ones,
            tau_syn=10 * ones,
            r=9 * ones,
            v_leak=0 * ones,
            v_threshold=ones,
            w_in=ones,
        ),
        "output": nir.Output({"output": np.array([1])}),
    },
    [("input", "weights"), ("weights", "neurons"), ("neurons", "output")],
)
network = from_nir(graph)
with torch.no_grad():
    outputs = network(torch.eye(10)[None, :, :1])[0]
(Path(sys.argv[1]) / "reasons_rockpool.json").write_text(
    json.dumps({"spikes in the first step": float(outputs[0, 0, 0])})
)
