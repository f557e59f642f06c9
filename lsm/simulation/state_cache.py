"""States that have been simulated lately, kept for whoever asks for the same ones again.

The folds of a cross-validation share most of their samples, and with one seed they draw the same
liquid; a search among readouts asks for all states again and again. A state depends on the
reservoir and the content of the sample alone, so that what is kept is what would come out.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.neurons import MODELS
from lsm.reservoir import Reservoir
from lsm.reservoir.description import arrays
from lsm.simulation.engine import simulate
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.states import State

#: What a process keeps at most.
MOST_BYTES = 64 * 2**20

Row = NDArray[np.float32]


class StateCache:
    """States of samples, by liquid and content; liquids that were used longest ago go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._liquids: OrderedDict[Hashable, dict[bytes, Row]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def rows(self, liquid: Hashable, contents: Sequence[bytes]) -> list[Row | None]:
        """The states of a liquid for samples of these contents; None where it isn't kept."""
        with self._lock:
            kept = self._liquids.get(liquid, {})
            return [kept.get(content) for content in contents]

    def keep(self, liquid: Hashable, contents: Sequence[bytes], states: Row) -> None:
        """Keep states (samples, features), unless they alone are more than half of the space."""
        if 2 * states.nbytes > self._most_bytes:
            return
        with self._lock:
            kept = self._liquids.setdefault(liquid, {})
            self._liquids.move_to_end(liquid)
            for content, row in zip(contents, states, strict=True):
                if content not in kept:
                    kept[content] = row.copy()
                    self._bytes += row.nbytes
            while self._bytes > self._most_bytes:
                _, oldest = self._liquids.popitem(last=False)
                self._bytes -= sum(row.nbytes for row in oldest.values())

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._liquids.clear()
            self._bytes = 0


#: That of this process.
CACHE = StateCache()


def cached_states(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    state: State,
    dt_ms: float,
    target: Target,
    **options: Any,
) -> Row:
    """States (samples, features) as :func:`lsm.simulate` gives them; only new ones are simulated.

    Reservoirs and states of a kind that can change are simulated each time.

    Parameters
    ----------
    reservoir, spikes, state, dt_ms, target, options
        As in :func:`lsm.simulate`.
    """

    def simulated(samples: SpikeTrains) -> Row:
        settings: dict[str, Any] = {"state": state, "dt_ms": dt_ms, "target": target, **options}
        return simulate(reservoir, samples, **settings)[0]

    liquid = _identity(reservoir, state, (spikes.n_channels, dt_ms, target))
    if liquid is None:
        return simulated(spikes)
    contents = spikes.digests
    rows = CACHE.rows(liquid, contents)
    missing = [k for k, row in enumerate(rows) if row is None]
    if len(missing) == len(rows):
        states = simulated(spikes)
    else:
        for k, row in zip(missing, simulated(spikes[missing]) if missing else (), strict=True):
            rows[k] = row
        states = np.stack([row for row in rows if row is not None])
    CACHE.keep(liquid, contents, states)
    return states


def _identity(reservoir: Reservoir, state: State, settings: tuple[Any, ...]) -> Hashable:
    """All that decides on a liquid's states but the sample; None where it may change, or is new."""
    model = reservoir.model
    known = MODELS.get(model.name) is model
    parts = (reservoir.wiring, reservoir.inputs, reservoir.short_term, state)
    frozen = all(part is None or _is_frozen(part) for part in parts)
    if type(reservoir) is not Reservoir or not frozen or not (known or model.definition):
        return None
    digest = hashlib.blake2b()
    for name, array in arrays(reservoir).items():
        digest.update(f"{name} {array.shape}".encode())
        digest.update(array.tobytes())
    own = (reservoir.side, reservoir.seed, reservoir.given, digest.digest())
    identity = (model.name if known else model.definition, *parts, *own, *settings)
    try:
        hash(identity)
    except TypeError:  # someone's own rule holds an array
        return None
    return identity


def _is_frozen(part: Any) -> bool:
    parameters = getattr(type(part), "__dataclass_params__", None)
    inner = getattr(part, "parts", ())  # of a combined state
    return parameters is not None and parameters.frozen and all(map(_is_frozen, inner))
