"""What Norse and snnTorch, whose networks step alike, have run in their environments."""

import contextlib
import io
import json

import nir
import torch


def outputs(network, batch):
    """(samples, steps, outputs) of input (samples, steps, channels)."""
    state, step_outputs = None, []
    with torch.no_grad():
        for step in torch.tensor(batch).unbind(1):
            out, state = network(step, state)
            step_outputs.append(out)
    return torch.stack(step_outputs, 1).numpy()


def reasons(reader, read, folder, batch):
    """Write what becomes of nodes in continuous time: the kind of error, or None."""
    errors = {}
    for name in ("Delay", "I", "LI"):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                outputs(read(nir.read(folder / f"{name}.nir")), batch)
            errors[name] = None
        except Exception as error:
            errors[name] = type(error).__name__
    (folder / f"reasons_{reader}.json").write_text(json.dumps(errors))
