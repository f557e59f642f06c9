"""Recipes: what all liquids of a search share, and how a genome becomes a reservoir."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import sqrt
from typing import Any

from evolution.genome import Genome
from evolution.operators import Operators
from evolution.space import Encode, GenomeSpace
from lsm.calibration import calibrate, input_fraction
from lsm.neurons import LIF, LIF_ALPHA, NeuronModel
from lsm.reservoir import DRIVEN_RANGES, VARIED_RANGES, Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, InputWiring, Wiring, side_for


@dataclass(frozen=True)
class Recipe:
    """What a genome doesn't hold: model, fixed parameters, wiring rules, and the genes' ranges.

    Parameters
    ----------
    ranges : mapping of str to (low, high)
        Parameters that are genes, in the unit that their name ends in.
    parameters : mapping of str to float
        Parameters that all neurons share.
    model, wiring, inputs
        As :class:`lsm.Reservoir` has them.
    scales : mapping of str to 'linear' or 'log'
        How a gene is drawn and blended.
    operators : Operators
        How genomes are crossed, changed and chosen.
    rate_Hz : float, optional
        Rate to which :meth:`calibrated` scales the weights; without one it leaves them as they are.
    """

    ranges: Mapping[str, tuple[float, float]]
    parameters: Mapping[str, float] = field(default_factory=dict)
    model: NeuronModel = LIF
    wiring: Wiring = field(default_factory=DistanceWiring)
    inputs: InputWiring = field(default_factory=InputWiring)
    scales: Mapping[str, Any] = field(default_factory=dict)
    operators: Operators = field(default_factory=Operators)
    rate_Hz: float | None = None

    def calibrated(self, spikes: SpikeTrains, *, genome: Genome, dt_ms: float = 1.0) -> Recipe:
        """The recipe for some input: weights that let the liquid of a genome fire at `rate_Hz`.

        Parameters
        ----------
        spikes : SpikeTrains
            Training data.
        genome : Genome
            One of the space that is to be searched.
        dt_ms : float
        """
        if self.rate_Hz is None:
            return self
        inputs = replace(self.inputs, fraction=input_fraction(spikes.n_channels))
        drawn = self.reservoir(genome).replace(inputs=inputs)
        found = calibrate(drawn, spikes, rate_Hz=self.rate_Hz, dt_ms=dt_ms)
        return replace(self, wiring=found.wiring, inputs=found.inputs)

    def space(self, n_neurons: int, *, encode: Encode = "both") -> GenomeSpace:
        """The genomes of ``n_neurons`` neurons, in a square that keeps the in-degree of 20."""
        side = side_for(n_neurons)
        return GenomeSpace(
            n_neurons, self.ranges, box=(side, side), scales=self.scales, encode=encode
        )

    def reservoir(self, genome: Genome) -> Reservoir:
        """The reservoir that a genome describes."""
        genes = dict(zip(self.ranges, genome.parameters.T, strict=True))
        return Reservoir(
            model=self.model,
            parameters={**self.parameters, **genes},
            excitatory=genome.excitatory,
            positions=genome.positions,
            keys=genome.keys,
            wiring=self.wiring,
            inputs=self.inputs,
        )

    def describe(self) -> dict[str, Any]:
        """What defines this recipe, ready for JSON."""
        return {
            "model": self.model.name,
            "ranges": {name: list(bounds) for name, bounds in self.ranges.items()},
            "scales": dict(self.scales),
            "parameters": dict(self.parameters),
            "wiring": self.wiring.describe(),
            "inputs": asdict(self.inputs),
            "rate_Hz": self.rate_Hz,
        }


#: The evolved liquid as its authors built it (Lopez-Herrera et al., Math. Comput. Appl. 31(2):65,
#: 2026): alpha synapses of 2 ms, weak inputs, noisy background. Many random ones are nearly silent.
PAPER = Recipe(
    ranges={"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -10.0)},
    parameters={"tau_syn_ms": 2.0, "i_background_pA": 100.0, "noise_pA": 10.0},
    model=LIF_ALPHA,
    wiring=DistanceWiring(length=sqrt(2)),
    inputs=InputWiring(fraction=0.5, weight_pA=50.0, weight_sd_pA=2.0),
)

#: The same genes with inputs that drive the liquid and recurrent synapses that matter: currents of
#: 5 ms, thresholds within a few input spikes, recurrent weights four times an input's. Gentler
#: operators than the paper's: small changes and new keys beside redrawn neurons.
DRIVEN = Recipe(
    ranges=DRIVEN_RANGES,
    parameters={"tau_syn_ms": 5.0},
    wiring=DistanceWiring(weight_pA=(800.0, 800.0, -1600.0, -1600.0)),
    inputs=InputWiring(fraction=0.5, weight_pA=200.0, weight_sd_pA=100.0),
    operators=Operators(
        tournament=6, crossover=0.6, mutation=0.7, rekey=0.5, drift=0.5, rewire=0.5
    ),
)

#: For rates: inputs that fire a neuron by themselves, and recurrent synapses that hardly matter,
#: because all that is to be known is how many spikes each channel has.
RATES = Recipe(
    ranges=DRIVEN_RANGES,
    parameters={"tau_syn_ms": 5.0},
    inputs=InputWiring(fraction=0.3, weight_pA=1000.0, weight_sd_pA=500.0),
    operators=DRIVEN.operators,
)

#: For many busy input channels, such as encoded speech: inputs of both signs, a wide range of
#: membrane time constants, thresholds that few spikes reach.
SPEECH = Recipe(
    ranges=VARIED_RANGES,
    parameters={"tau_syn_ms": 5.0},
    inputs=InputWiring(fraction=0.3, weight_pA=0.0, weight_sd_pA=50.0),
    operators=DRIVEN.operators,
)

#: The same neurons for input of any kind: all weights are scaled to it.
VARIED = replace(SPEECH, rate_Hz=40.0)

RECIPES = {"driven": DRIVEN, "rates": RATES, "speech": SPEECH, "varied": VARIED, "paper": PAPER}
