"""Recipes: what all liquids of a search share, and how a genome becomes a reservoir."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import sqrt
from typing import Any

from evolution.encodings import Encode
from evolution.genome import Genome
from evolution.operators import Operators
from evolution.space import GenomeSpace
from lsm.base.checks import nearest, positive
from lsm.base.quantities import is_quantity, number
from lsm.neurons import IZHIKEVICH, LIF, LIF_ADAPTIVE, LIF_ALPHA, NeuronModel
from lsm.reservoir import DRIVEN_RANGES, VARIED_RANGES, Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, InputWiring, PolarityWiring, Wiring, side_for
from lsm.topology.delays import LogUniformDelays, described_delays, scaled_delays

#: Global gains that a recipe may let evolve, with their usual ranges: factors of the weights of
#: recurrent synapses by the polarity of their source, of the input weights, and of all delays.
#: These only grow, since no step can hold a shorter one.
GAINS = {
    "recurrent_excitatory": (0.25, 4.0),
    "recurrent_inhibitory": (0.25, 4.0),
    "input": (0.25, 4.0),
    "delay": (1.0, 8.0),
}


def _plain(value: Any, name: str) -> Any:
    """Numbers for quantities, alone or as bounds, in the unit of a parameter's name."""
    if isinstance(value, tuple | list):
        return tuple(_plain(bound, name) for bound in value)
    return number(value, name, f"parameter {name!r}") if is_quantity(value) else value


@dataclass(frozen=True)
class Recipe:
    """What a genome doesn't hold: model, fixed parameters, wiring rules, and the genes' ranges.

    Parameters
    ----------
    ranges : mapping of str to (low, high), optional
        Parameters that are genes, in the unit that their name ends in; by default those that the
        model lets evolve.
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
    gains : mapping of str to (low, high)
        Global gains that are genes too, of those in :data:`GAINS`, or by the name of a parameter of
        `ranges`, which then is that many times as large in all neurons; none by default.

    Raises
    ------
    ValueError
        A parameter that the model doesn't have, a model without ranges of its own where none are
        given, an unknown gain, gains of a wiring that has no weights by polarity.
    """

    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    model: NeuronModel = LIF
    wiring: Wiring = field(default_factory=DistanceWiring)
    inputs: InputWiring = field(default_factory=InputWiring)
    scales: Mapping[str, Any] = field(default_factory=dict)
    operators: Operators = field(default_factory=Operators)
    rate_Hz: float | None = None
    gains: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ranges = self.ranges or self.model.ranges
        if self.rate_Hz is not None:
            object.__setattr__(self, "rate_Hz", positive(self.rate_Hz, "rate_Hz"))
        if not ranges:
            raise ValueError(
                f"ranges must be given: neuron model {self.model.name!r} has none of its own"
            )
        for name, bounds in ranges.items():
            if not isinstance(bounds, tuple | list) or len(bounds) != 2:
                raise ValueError(f"the range of {name!r} must be (low, high), got {bounds!r}")
        ranges = {name: _plain(bounds, name) for name, bounds in ranges.items()}
        object.__setattr__(self, "ranges", ranges)
        parameters = {name: _plain(value, name) for name, value in self.parameters.items()}
        object.__setattr__(self, "parameters", parameters)
        model_parameters = self.model.parameters
        if unknown := sorted((set(ranges) | set(self.parameters)) - set(model_parameters)):
            raise ValueError(
                f"neuron model {self.model.name!r} has no parameter {unknown[0]!r}; "
                f"it has {', '.join(model_parameters)}; "
                f"did you mean {nearest(unknown[0], model_parameters)!r}?"
            )
        if unknown := sorted(set(self.gains) - set(GAINS) - set(ranges)):
            names = ", ".join([*GAINS, *ranges])
            raise ValueError(f"gains must be of {names}; got {unknown[0]!r}")
        if set(self.gains) & set(GAINS) - {"input"} and not isinstance(self.wiring, PolarityWiring):
            raise ValueError(
                "gains of recurrent weights and delays need a wiring by polarity, got "
                f"{type(self.wiring).__name__}"
            )

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
        from lsm.plasticity.calibration import calibrate, input_fraction  # imports the simulation

        inputs = replace(self.inputs, fraction=input_fraction(spikes.n_channels))
        reservoir = self.reservoir(genome.copy(gains=None)).replace(inputs=inputs)
        scaled = calibrate(reservoir, spikes, rate_Hz=self.rate_Hz, dt_ms=dt_ms)
        assert isinstance(scaled.inputs, InputWiring)  # as they were drawn
        return replace(self, wiring=scaled.wiring, inputs=scaled.inputs)

    def space(self, n_neurons: int, *, encode: Encode = "both", dimensions: int = 2) -> GenomeSpace:
        """The genomes of ``n_neurons`` neurons, in a square (cube) that keeps the in-degree of 20.

        Parameters
        ----------
        n_neurons : int
        encode : {'both', 'configurations', 'positions'}
        dimensions : int
            Of the positions.
        """
        return GenomeSpace(
            n_neurons,
            self.ranges,
            box=(side_for(n_neurons, dimensions=dimensions),) * dimensions,
            scales=self.scales,
            encode=encode,
            gains=self.gains,
        )

    def reservoir(self, genome: Genome) -> Reservoir:
        """The reservoir that a genome describes: of its neurons those that are present."""
        present = slice(None) if genome.present is None else genome.present
        gains = self._gains_of(genome)
        genes = {
            name: values * gains.get(name, 1.0)
            for name, values in zip(self.ranges, genome.parameters[present].T, strict=True)
        }
        wiring, inputs = self._with_gains(gains)
        return Reservoir(
            model=self.model,
            parameters={**self.parameters, **genes},
            excitatory=genome.excitatory[present],
            positions=genome.positions[present],
            keys=genome.keys[present],
            wiring=wiring,
            inputs=inputs,
            side=side_for(len(genome), dimensions=genome.positions.shape[1]),
            given={*self.parameters, *(() if "delay" in self.gains else ("delay_ms",))},
        )

    def _gains_of(self, genome: Genome) -> dict[str, float]:
        """The gains of a genome by name; none where it has none."""
        if genome.gains is None:
            return {}
        return dict(zip(self.gains, genome.gains.tolist(), strict=True))

    def _with_gains(self, gains: dict[str, float]) -> tuple[Wiring, InputWiring]:
        """The recurrent and the input wiring, times gains."""
        wiring, inputs = self.wiring, self.inputs
        if not gains:
            return wiring, inputs
        gains = dict.fromkeys(GAINS, 1.0) | gains
        inputs = replace(
            inputs,
            weight_pA=inputs.weight_pA * gains["input"],
            weight_sd_pA=inputs.weight_sd_pA * gains["input"],
        )
        if isinstance(wiring, PolarityWiring):
            e, i = gains["recurrent_excitatory"], gains["recurrent_inhibitory"]
            delay, velocity = gains["delay"], wiring.velocity
            ee, ei, ie, ii = wiring.weight_pA
            wiring = replace(
                wiring,
                weight_pA=(ee * e, ei * e, ie * i, ii * i),
                delay_ms=scaled_delays(wiring.delay_ms, delay),
                velocity=None if velocity is None else velocity / delay,
            )
        return wiring, inputs

    def describe(self) -> dict[str, Any]:
        """What defines this recipe, ready for JSON."""
        return {
            "model": self.model.definition or self.model.name,
            "ranges": {name: list(bounds) for name, bounds in self.ranges.items()},
            "scales": dict(self.scales),
            "parameters": dict(self.parameters),
            "wiring": self.wiring.describe(),
            "inputs": asdict(self.inputs) | {"delay_ms": described_delays(self.inputs.delay_ms)},
            "rate_Hz": self.rate_Hz,
            # None where there are none, as if it weren't there: earlier checkpoints don't have it.
            "gains": {name: list(bounds) for name, bounds in self.gains.items()} or None,
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

#: For memory: a neuron's spikes take long to reach the others, and its key says how long. Genes of
#: single neurons have narrow ranges; how long delays, membranes and currents last in all of them,
#: and what recurrent synapses and inputs weigh, is left to gains with wide ones. What a family of
#: tasks asks for is a liquid's kind, not each neuron's place in it. Mutations move the gains, for
#: the most part.
DELAYS = Recipe(
    ranges={
        "t_ref_ms": (1.0, 8.0),
        "tau_m_ms": (10.0, 20.0),
        "tau_syn_ms": (5.0, 10.0),
        "v_threshold_mV": (-68.0, -60.0),
    },
    wiring=DistanceWiring(
        weight_pA=(400.0, 400.0, -800.0, -800.0),
        length=2.0,
        delay_ms=LogUniformDelays(14.0, 28.0, per="source"),
    ),
    inputs=InputWiring(fraction=0.5, weight_pA=100.0, weight_sd_pA=100.0),
    scales={"t_ref_ms": "log", "tau_m_ms": "log", "tau_syn_ms": "log"},
    operators=Operators(
        tournament=4,
        crossover=0.8,
        mutation=0.7,
        redraw_configurations=0.1,
        redraw_positions=0.1,
        drift=1.0,
        rewire=0.3,
        rekey=0.5,
        drift_step=0.1,
    ),
    gains={
        "recurrent_excitatory": (0.05, 20.0),
        "recurrent_inhibitory": (0.05, 20.0),
        "input": (0.05, 20.0),
        "delay": (0.1, 10.0),
        "tau_m_ms": (0.2, 5.0),
        "tau_syn_ms": (0.2, 5.0),
    },
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

#: Neurons that tire: a current that each spike adds to. All their time constants are genes, on a
#: log scale; the jumps are those of the extended liquid (:func:`lsm.presets.deckers2022`).
ADAPTIVE = replace(
    VARIED,
    model=LIF_ADAPTIVE,
    ranges=VARIED_RANGES
    | {"tau_syn_ms": (2.0, 20.0), "tau_w_ms": (30.0, 300.0), "w_jump_pA": (0.0, 40.0)},
    parameters={},
    scales={name: "log" for name in ("tau_m_ms", "tau_syn_ms", "tau_w_ms")},
)

#: Cortical neurons: the model's own ranges, which hold every neuron of Izhikevich's draw
#: (:func:`lsm.neurons.cortical_draw`), and the time constant of their currents.
CORTICAL = replace(
    VARIED,
    model=IZHIKEVICH,
    ranges=IZHIKEVICH.ranges | {"tau_syn_ms": (2.0, 20.0)},
    parameters={},
    scales={"a_per_ms": "log", "tau_syn_ms": "log"},
)
