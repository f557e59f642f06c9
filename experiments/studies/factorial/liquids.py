"""Liquids that have each of four things or not, and are alike in all else."""

from __future__ import annotations

from itertools import product

import numpy as np

from lsm import Reservoir, SpikeTrains
from lsm.neurons import LIF_ADAPTIVE
from lsm.plasticity.calibration import input_fraction, random_liquid
from lsm.presets.sampling import polarities
from lsm.reservoir import VARIED_RANGES
from lsm.topology import FixedInDegree, LogUniformDelays

#: What a liquid has or not, in this order: a cell of the design.
FACTORS = ("heterogeneity", "delays", "balance", "adaptation")
CELLS = list(product((False, True), repeat=len(FACTORS)))

#: Of excitatory neurons, as estimators have it.
RATE_HZ = 40.0
#: Mean inhibition over mean excitation of the network, inputs included, without balance and with
#: it. Inputs have both signs alike: recurrent inhibition alone makes the difference.
DEGREES = (0.6, 1.0)
#: Parameters that differ from neuron to neuron; without heterogeneity all have the middle.
RANGES = VARIED_RANGES | {"tau_w_ms": (50.0, 300.0)}
#: Of axons, without long delays and with them.
DELAYS = (LogUniformDelays(1.0, 1.0), LogUniformDelays(10.0, 1000.0, per="source"))
#: What a spike of an excitatory neuron adds to its adaptation.
JUMP_PA = 5.0
#: Neurons that each hears; recurrent over input excitation of an excitatory neuron.
IN_DEGREE, RECURRENT = (8, 8, 2, 2), 0.5
#: Deviation of input weights before they are scaled, as :func:`random_liquid` has it.
_INPUT_PA = 50.0


def sample_liquid(cell: tuple[bool, ...], n: int, spikes: SpikeTrains, *, seed: int) -> Reservoir:
    """The liquid of a cell, for spikes of this kind; its rate and ratio are yet to be set.

    All cells of a seed share keys, polarities, positions: wiring and inputs, that is. Of its `n`
    neurons, 15 at least, three or more are inhibitory.
    """
    heterogeneity, delays, _, adaptation = cell
    rng = np.random.default_rng(seed)
    excitatory = polarities(n, rng)
    input_Hz = 1000 * len(spikes.times_ms) / spikes.durations_ms.sum()
    # The positive half of a normal weight has this mean, counting the other half as 0.
    input_pA = input_fraction(spikes.n_channels) * input_Hz * _INPUT_PA / np.sqrt(2 * np.pi)
    e = RECURRENT * input_pA / (RATE_HZ * IN_DEGREE[0])
    i = -e * IN_DEGREE[0] / IN_DEGREE[2]
    middles = {name: (sum(ends) / 2, sum(ends) / 2) for name, ends in RANGES.items()}
    return random_liquid(
        spikes.n_channels,
        n_neurons=n,
        random_state=rng,
        model=LIF_ADAPTIVE,
        ranges=RANGES if heterogeneity else middles,
        parameters={"w_jump_pA": np.where(excitatory & adaptation, JUMP_PA, 0.0)},
        excitatory=excitatory,
        wiring=FixedInDegree(IN_DEGREE, weight_pA=(e, e, i, i), delay_ms=DELAYS[delays]),
    )
