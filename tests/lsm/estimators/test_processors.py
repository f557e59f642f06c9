"""What is the same on other kinds of processors, by OpenBLAS's kernels: docs/reproducibility.md."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tests.experiments.sweeps import ROOT

FIT = """
import sys
import numpy as np
from lsm import LSMClassifier, SpikeTrains, simulate

rng = np.random.default_rng(0)
counts = 3 + 5 * (np.arange(60) % 2)
trains = [[rng.uniform(0, 50, rng.poisson(n)) for _ in range(4)] for n in counts]
spikes, labels = SpikeTrains.from_lists(trains, duration_ms=50), np.arange(60) % 2
model = LSMClassifier(40, random_state=0).fit(spikes, labels)
np.savez(
    sys.argv[1],
    states=simulate(model.reservoir_, spikes, state="traces"),
    probabilities=model.predict_proba(spikes),
    labels=model.predict(spikes),
)
"""


@pytest.mark.skipif(
    platform.machine() != "x86_64"
    or all(one["internal_api"] != "openblas" for one in threadpool_info()),
    reason="chooses among OpenBLAS's kernels for x86-64",
)
def test_states_have_the_same_bits_and_probabilities_nearly(tmp_path):
    found = []
    for kind in ("Nehalem", "Haswell"):
        subprocess.run(
            [sys.executable, "-c", FIT, tmp_path / f"{kind}.npz"],
            env=os.environ | {"OPENBLAS_CORETYPE": kind, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        found.append(np.load(tmp_path / f"{kind}.npz"))
    old, new = found
    assert old["states"].any()
    np.testing.assert_array_equal(old["states"], new["states"])
    np.testing.assert_array_equal(old["labels"], new["labels"])
    np.testing.assert_allclose(old["probabilities"], new["probabilities"], rtol=0, atol=1e-12)
