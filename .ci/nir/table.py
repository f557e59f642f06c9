"""Export what readers are to run, and compare what they said with what `simulate` says.

``table.py export FOLDER`` writes graphs for ``run_norse.py`` and ``run_snntorch.py``, and
``table.py compare FOLDER`` prints the table and fails where a cell isn't as it was kept in
``tests/lsm/nir/readers.json`` (``--keep`` writes that).
"""

import json
import sys
from pathlib import Path

import nir
import numpy as np

from lsm import LSMClassifier
from lsm.nir import from_nir, to_nir
from lsm.nir.readers import READERS
from tests.lsm.nir.cases import CASES, DT_MS, N_CHANNELS, SPIKES, dense, fitted, rasters

KEPT = Path(__file__).parents[2] / "tests" / "lsm" / "nir" / "readers.json"
RAN = ("norse", "snntorch")
#: Written by whom; of the last layer the reset comes a step late, as if it were refractory in it.
WRITTEN = {
    "Norse LIFBoxCell": ("norse", 0.0),
    "Norse LIFCell": ("norse", 0.0),
    "snnTorch Leaky": ("snntorch", 0.0),
    "snnTorch Synaptic": ("snntorch", 0.0),
    "snnTorch RLeaky": ("snntorch", 0.0),
    "snnTorch RSynaptic": ("snntorch", 1.0),
}


def options(row, model):
    if isinstance(model, LSMClassifier):
        return {}
    return {"n_channels": N_CHANNELS, "dt_ms": DT_MS.get(row, 1.0)}


def export(folder):
    for dt_ms in {1.0, *DT_MS.values()}:
        np.save(folder / f"input_{dt_ms}.npy", dense(SPIKES, dt_ms))
    listed = {reader: [] for reader in RAN}
    for k, (row, make) in enumerate(CASES.items()):
        model = make()
        for reader in RAN:
            file = f"{reader}_{k}.nir"
            try:
                graph = to_nir(model, reader=reader, **options(row, model))
            except ValueError:
                continue
            nir.write(folder / file, graph)
            listed[reader].append({"file": file, "dt_ms": graph.metadata["dt_ms"]})
    for reader, cases in listed.items():
        (folder / f"{reader}.json").write_text(json.dumps(cases))
    # In continuous time: what no reader here takes as it is.
    nir.write(folder / "today.nir", to_nir(CASES["CubaLIF"](), n_channels=N_CHANNELS))
    nir.write(folder / "Delay.nir", to_nir(CASES["delays"](), n_channels=N_CHANNELS))
    for node, state in (("I", "counts"), ("LI", "traces:20")):
        nir.write(folder / f"{node}.nir", to_nir(fitted(state, CASES["delays"]())))


def cell(row, model, reader, outputs):
    """The text of a cell: the number of spikes, or of classes, or why there are none."""
    try:
        to_nir(model, reader=reader, **options(row, model))
    except ValueError as error:
        return f"refused: {str(error).split(':')[0]}"
    if isinstance(model, LSMClassifier):
        scores = model.decision_function(SPIKES)
        np.testing.assert_allclose(outputs[:, -1], scores, rtol=1e-4, atol=1e-4)
        return f"equal scores, {scores.shape[1]} classes"
    ours = rasters(model, SPIKES, DT_MS.get(row, 1.0))
    wrong = int(np.sum(outputs != ours))
    return f"equal, {int(ours.sum())} spikes" if not wrong else f"{wrong} of {ours.size} differ"


def imported(folder, name):
    """A graph by another's export, as a reservoir: its spikes come a step later here."""
    writer, t_ref_ms = WRITTEN[name]
    reservoir = from_nir(nir.read(folder / f"{name}.nir"), writer=writer, dt_ms=1.0)
    parameters = dict(reservoir.parameters) | {"t_ref_ms": t_ref_ms}
    ours = rasters(reservoir.replace(parameters=parameters))
    theirs = np.load(folder / f"{name}.npz")["arr_0"]
    wrong = int(np.sum(theirs[:, :-1] != ours[:, 1:]))
    return f"equal, {int(ours.sum())} spikes" if not wrong else f"{wrong} differ"


def compare(folder, keep):
    results = {reader: {} for reader in READERS}
    for k, (row, make) in enumerate(CASES.items()):
        model = make()
        for reader in READERS:
            file = folder / f"{reader}_{k}.npz"
            outputs = np.load(file)["arr_0"] if file.exists() else None
            results[reader][row] = cell(row, model, reader, outputs)
    results["reasons"] = {
        reader: json.loads((folder / f"reasons_{reader}.json").read_text()) for reader in READERS
    }
    results["imported"] = {name: imported(folder, name) for name in WRITTEN}
    for part, cells in results.items():
        print(part)
        for row, content in cells.items():
            print(f"    {row:28} {content}")
    if keep:
        KEPT.write_text(json.dumps(results, indent=2) + "\n")
    elif results != json.loads(KEPT.read_text()):
        raise SystemExit(f"this is not what {KEPT.name} keeps")


folder = Path(sys.argv[2])
if sys.argv[1] == "export":
    export(folder)
else:
    compare(folder, keep="--keep" in sys.argv)
