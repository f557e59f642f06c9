"""Brian2 as a careful user writes it: one network, many samples side by side, built once.

Every lane (a liquid with a sample) has neurons and synapses of its own in one group, so that a
step's fixed cost is shared; decay factors are parameters, not exponentials in every step; neurons
count their spikes; single precision. New samples need no new network: ``restore`` brings it back to
rest and ``set_spikes`` gives it other inputs. The Cython target, as a standalone program would have
to be built again for other inputs; NumPy where nothing compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.peers.cases import Work
from lsm.base.temporary import tidy_imports

with tidy_imports():
    import brian2 as b2
    from brian2 import ms

_EQUATIONS = """u : 1
I : 1
a : 1 (constant)
b : 1 (constant)
s : 1 (constant)
theta : 1 (constant)
n_spikes : integer"""


def prepare(work: Work) -> Callable[[], Any]:
    """All liquids and samples in one network, built once; a function that runs it."""
    b2.prefs.core.default_float_dtype = np.float32
    liquids, samples, n = work.shape
    b2.defaultclock.dt = work.dt_ms * ms
    neurons = b2.NeuronGroup(
        liquids * samples * n,
        _EQUATIONS,
        threshold="u > theta",
        reset="u = 0\nn_spikes += 1",
        name="neurons",
    )
    neurons.run_regularly("u = a*u + b*I\nI = s*I", name="update")
    names = ("a", "b", "s", "theta")
    for name, values in zip(names, work.constants(*names), strict=True):
        setattr(neurons, name, np.repeat(values, samples, axis=0).ravel())
    channels = work.spikes.n_channels
    inputs = b2.SpikeGeneratorGroup(samples * channels, [], [] * ms, name="inputs")
    network = b2.Network(neurons, inputs)
    for source, edges in zip((neurons, inputs), work.side_by_side(), strict=True):
        synapses = b2.Synapses(
            source, neurons, "w : 1 (constant)", on_pre="I_post += w", name=f"from_{source.name}"
        )
        synapses.connect(i=edges[0], j=edges[1])
        synapses.w = edges[2]
        if source is neurons:
            synapses.delay = work.dt_ms * ms
        network.add(synapses)
    network.store()
    channel = work.spikes.sample_indices() * channels + work.spikes.channels
    times = work.spikes.steps(work.dt_ms) * work.dt_ms * ms

    def run() -> NDArray[np.int32]:
        network.restore()
        inputs.set_spikes(channel, times)
        network.run(work.steps * work.dt_ms * ms)
        return np.array(neurons.n_spikes, dtype=np.int32).reshape(work.shape)

    return run
