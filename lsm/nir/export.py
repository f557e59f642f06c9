"""From a liquid to a graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lsm.base.checks import positive, positive_int
from lsm.estimators import LiquidTransformer, LSMClassifier, LSMRegressor
from lsm.nir import continuous, steps
from lsm.nir.held import check_reservoir, fitted_reservoir, install
from lsm.nir.readers import get_reader
from lsm.reservoir import Reservoir

if TYPE_CHECKING:
    import nir


def to_nir(
    model: Reservoir | LiquidTransformer | LSMClassifier | LSMRegressor,
    *,
    n_channels: int | None = None,
    dt_ms: float | None = None,
    reader: str | None = None,
) -> nir.NIRGraph:
    """A liquid, with its state and readout where there are any, as a NIR graph.

    Its input are the channels' spikes. Its output are a reservoir's spikes, a transformer's states,
    a classifier's scores (``decision_function``) or a regressor's predictions; the last three as
    they are at any time, to be read when a sample ends. ``nir.write(path, graph)`` makes a file.

    Parameters
    ----------
    model : Reservoir, LiquidTransformer, LSMClassifier or LSMRegressor
        Estimators are fitted, on spikes or events.
    n_channels : int, optional
        Of the input; needed for a reservoir alone.
    dt_ms : float, optional
        The step that a spike lasts; by default the estimator's, or 1 ms.
    reader : {"norse", "snntorch", "sinabs", "rockpool"}, optional
        Who is to run it: the graph is one that gives :func:`lsm.simulate`'s spikes there, at the
        same steps of `dt_ms`. Without a reader it says in continuous time what neurons do.

    Raises
    ------
    TypeError, ValueError
        Something that NIR doesn't hold, or that this reader gets wrong: which, and why.
    ImportError
        nir isn't installed.
    NotFittedError

    Examples
    --------
    >>> graph = to_nir(classifier, reader="norse")  # doctest: +SKIP
    >>> nir.write("liquid.nir", graph)  # doctest: +SKIP
    """
    nir = install()
    form = get_reader(reader)
    if isinstance(model, Reservoir):
        if n_channels is None:
            raise ValueError("n_channels must be given where model is a reservoir")
        reservoir, n = model, positive_int(n_channels, "n_channels")
    else:
        reservoir, n = fitted_reservoir(model, n_channels)
    dt = positive(getattr(model, "dt_ms", 1.0) if dt_ms is None else dt_ms, "dt_ms")
    check_reservoir(reservoir)
    estimator = None if isinstance(model, Reservoir) else model
    if form is None:
        nodes, edges = continuous.graph(reservoir, estimator, n, dt)
    else:
        nodes, edges = steps.graph(reservoir, estimator, n, dt, form)
    metadata: dict[str, Any] = {"dt_ms": dt}
    if reader is not None:
        metadata["reader"] = reader
    if isinstance(model, LSMClassifier):
        metadata["classes"] = json.dumps(model.classes_.tolist())
    return nir.NIRGraph(nodes, edges, metadata=metadata)
