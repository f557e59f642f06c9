"""Liquids that have each of four things or not, and are alike in all else, at one rate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from lsm.neurons import LIF_ADAPTIVE
from lsm.plasticity.balance import mean_currents
from lsm.plasticity.calibration import calibrate, input_fraction, random_liquid, subset_indices
from lsm.presets.sampling import polarities
from lsm.reservoir import VARIED_RANGES, Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import FixedInDegree, LogUniformDelays

#: What a liquid has or not, in this order: a cell of the design.
FACTORS = ("heterogeneity", "delays", "balance", "adaptation")
Cell = tuple[bool, ...]
CELLS: list[Cell] = list(product((False, True), repeat=len(FACTORS)))

#: Of excitatory neurons, as estimators have it.
RATE_HZ = 40.0
#: Parameters that differ from neuron to neuron; without heterogeneity all have the middle.
RANGES = VARIED_RANGES | {"tau_w_ms": (50.0, 300.0)}
#: Of axons, without long delays and with them.
DELAYS = (LogUniformDelays(1.0, 1.0), LogUniformDelays(10.0, 1000.0, per="source"))
#: Mean inhibition over mean excitation of the network, inputs included, without balance and with
#: it. Inputs have both signs alike: recurrent inhibition alone makes the difference.
DEGREES = (0.6, 1.0)
#: What a spike of an excitatory neuron adds to its adaptation.
JUMP_PA = 5.0
#: Neurons that each hears; recurrent over input excitation of an excitatory neuron.
IN_DEGREE, RECURRENT = (8, 8, 2, 2), 0.5
#: Deviation of input weights before they are scaled, as :func:`random_liquid` has it.
_INPUT_PA = 50.0
#: Turns of the rate and the ratio, and samples that they listen to.
_ROUNDS, _SAMPLES = 2, 32


def sample_liquid(cell: Cell, n: int, spikes: SpikeTrains, *, seed: int) -> Reservoir:
    """The liquid of a cell, for spikes of this kind; its rate and ratio are yet to be set.

    All cells of a seed share keys, polarities, positions: wiring and inputs, that is.

    Parameters
    ----------
    cell : tuple of bool
        Whether it has each of :data:`FACTORS`.
    n : int
        Neurons; at least 15, so that there are three inhibitory ones.
    spikes : SpikeTrains
    seed : int
    """
    heterogeneity, delays, _, adaptation = cell
    rng = np.random.default_rng(seed)
    excitatory = polarities(n, rng)
    input_Hz = 1000 * len(spikes.times_ms) / spikes.durations_ms.sum()
    # The positive half of a normal weight has this mean, counting the other half as 0.
    input_pA = input_fraction(spikes.n_channels) * input_Hz * _INPUT_PA / np.sqrt(2 * np.pi)
    e = RECURRENT * input_pA / (RATE_HZ * IN_DEGREE[0])
    i = -e * IN_DEGREE[0] / IN_DEGREE[2]
    return random_liquid(
        spikes.n_channels,
        n_neurons=n,
        random_state=rng,
        model=LIF_ADAPTIVE,
        ranges=RANGES if heterogeneity else {name: _middle(b) for name, b in RANGES.items()},
        parameters={"w_jump_pA": np.where(excitatory & adaptation, JUMP_PA, 0.0)},
        excitatory=excitatory,
        wiring=FixedInDegree(IN_DEGREE, weight_pA=(e, e, i, i), delay_ms=DELAYS[delays]),
    )


def _middle(bounds: tuple[float, float]) -> tuple[float, float]:
    middle = sum(bounds) / 2
    return middle, middle


def tuned(liquid: Reservoir, cell: Cell, spikes: SpikeTrains) -> Reservoir:
    """The liquid with the ratio of its cell and the rate of all, on unlabelled training spikes."""
    some = spikes[subset_indices(spikes)[:_SAMPLES]]
    degree = DEGREES[cell[FACTORS.index("balance")]]
    for _ in range(_ROUNDS):
        liquid = calibrate(liquid, some, rate_Hz=RATE_HZ)
        mean = mean_currents(liquid, some)
        aim = degree * mean.excitatory.sum() + mean.inhibitory_input.sum()
        factor = float(np.clip(aim / max(-mean.inhibitory.sum(), 1e-9), 0.25, 4))
        wiring = liquid.wiring
        assert isinstance(wiring, FixedInDegree)
        ee, ei, ie, ii = wiring.weight_pA
        weights = (ee, ei, factor * ie, factor * ii)
        liquid = liquid.replace(wiring=replace(wiring, weight_pA=weights))
    return calibrate(liquid, some, rate_Hz=RATE_HZ)
