"""Crossover, mutation and selection, as functions of genomes and a NumPy Generator.

DEAP's own operators draw from Python's global random state; these take a generator, and are
registered in a DEAP toolbox by `make_toolbox`. Defaults and operators are those of the evolved
liquid (Lopez-Herrera et al., Mathematical and Computational Applications 31(2):65, 2026), with two
additions: keys, which pass the wiring on to children, and two local mutations for fine tuning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from deap import base

from evolution.genome import Genome
from evolution.individual import Individual
from evolution.repair import repair_polarity, repair_presence
from evolution.space import GenomeSpace, random_keys

Neurons = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Operators:
    """Probabilities and sizes of the genetic operators.

    Parameters
    ----------
    crossover, mutation : float
        Probability that a pair is crossed, and that a child is mutated.
    tournament : int
        Number of individuals of which a tournament takes the best.
    elites : int
        The best individuals, which pass into the next generation unchanged.
    alpha : float
        BLX-alpha's extension of the parents' interval on either side.
    redraw_configurations, redraw_positions, drift, rewire : float
        Weights of the kinds of mutation; those that ``encode`` forbids count as 0.
    rekey : float
        Probability that a redrawn neuron draws a new key, and so a new wiring, too.
    drift_step : float
        Standard deviation of a drift, as a fraction of the range (of the box, for positions).
    local_neurons : int
        Most neurons that one drift or rewire changes.

    Raises
    ------
    ValueError
        If a value is out of its range.
    """

    crossover: float = 0.8
    mutation: float = 0.5
    tournament: int = 12
    elites: int = 2
    alpha: float = 0.5
    redraw_configurations: float = 0.5
    redraw_positions: float = 0.5
    drift: float = 0.0
    rewire: float = 0.0
    rekey: float = 0.1
    drift_step: float = 0.05
    local_neurons: int = 3

    def __post_init__(self) -> None:
        for name in ("crossover", "mutation", "rekey"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be a probability, got {getattr(self, name)}")
        for name in ("tournament", "elites", "local_neurons"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("alpha", "drift_step", *_MUTATIONS):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be finite and >= 0, got {getattr(self, name)}")


def blend(
    parent1: Genome, parent2: Genome, rng: np.random.Generator, *, space: GenomeSpace, alpha: float
) -> tuple[Genome, Genome]:
    """Cross two genomes by BLX-alpha on randomly paired neurons.

    Each gene of a child is drawn from the interval between the parents' genes, extended on either
    side by `alpha` times its length (Eshelman and Schaffer, Real-coded genetic algorithms and
    interval-schemata, 1993; the children are each other's mirror image, as in DEAP's
    ``cxBlend``), then clamped. Polarity, key and presence aren't crossed: child 1 has those of
    parent 1.
    """
    partner = rng.permutation(len(parent1))  # neuron i of parent 1, partner[i] of parent 2

    def mix(genes1: np.ndarray, genes2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weight = (1 + 2 * alpha) * rng.random(genes1.shape) - alpha
        return (1 - weight) * genes1 + weight * genes2, weight * genes1 + (1 - weight) * genes2

    def cross(genes1: np.ndarray, genes2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        crossed1, paired = mix(genes1, genes2[partner])
        crossed2 = np.empty_like(genes2)
        crossed2[partner] = paired
        return crossed1, crossed2

    child1, child2 = parent1, parent2
    if space.evolves_configurations:
        unit1, unit2 = cross(space.to_unit(parent1.parameters), space.to_unit(parent2.parameters))
        child1 = child1.copy(parameters=space.from_unit(unit1))
        child2 = child2.copy(parameters=space.from_unit(unit2))
    if space.evolves_positions:
        positions1, positions2 = cross(parent1.positions, parent2.positions)
        child1 = child1.copy(positions=positions1)
        child2 = child2.copy(positions=positions2)
    if space.evolves_configurations and parent1.gains is not None and parent2.gains is not None:
        gains1, gains2 = mix(space.gains_to_unit(parent1.gains), space.gains_to_unit(parent2.gains))
        child1 = child1.copy(gains=space.gains_from_unit(gains1))
        child2 = child2.copy(gains=space.gains_from_unit(gains2))
    return space.clamp(child1), space.clamp(child2)


def redraw_configurations(
    genome: Genome, rng: np.random.Generator, *, space: GenomeSpace, operators: Operators
) -> Genome:
    """Draw new parameters, polarity, presence for up to half of the neurons; half of the gains."""
    neurons = _choose(len(genome), len(genome) // 2, rng)
    parameters, excitatory = genome.parameters.copy(), genome.excitatory.copy()
    parameters[neurons] = space.random_parameters(rng, len(neurons))
    excitatory[neurons] = space.random_polarity(rng, len(neurons))
    genome = genome.copy(
        parameters=parameters,
        # Two of each polarity before the redraw: flipping chosen neurons is always enough.
        excitatory=repair_polarity(excitatory, rng, candidates=neurons),
        keys=_rekey(genome, neurons[rng.random(len(neurons)) < operators.rekey], rng),
    )
    if genome.gains is not None:
        n = len(genome.gains)
        places = _choose(n, max(1, n // 2), rng)
        gains = genome.gains.copy()
        gains[places] = space.gains_from_unit(rng.random(n))[places]
        genome = genome.copy(gains=gains)
    return _redraw_presence(genome, neurons, rng)


def redraw_positions(
    genome: Genome, rng: np.random.Generator, *, space: GenomeSpace, operators: Operators
) -> Genome:
    """Draw new positions for up to half of the neurons."""
    neurons = _choose(len(genome), len(genome) // 2, rng)
    positions = genome.positions.copy()
    positions[neurons] = space.random_positions(rng, len(neurons))
    keys = _rekey(genome, neurons[rng.random(len(neurons)) < operators.rekey], rng)
    return genome.copy(positions=positions, keys=keys)


def drift(
    genome: Genome, rng: np.random.Generator, *, space: GenomeSpace, operators: Operators
) -> Genome:
    """Move genes of a few neurons, and the gains, by a Gaussian step; polarity and wiring stay."""
    neurons = _choose(len(genome), operators.local_neurons, rng)
    parameters, positions = genome.parameters.copy(), genome.positions.copy()
    if space.evolves_configurations:
        unit = space.to_unit(parameters[neurons])
        unit += rng.normal(0, operators.drift_step, unit.shape)
        parameters[neurons] = space.from_unit(unit)
    if space.evolves_positions:
        step = rng.normal(0, operators.drift_step, (len(neurons), len(space.box)))
        positions[neurons] += step * np.array(space.box)
    if space.evolves_configurations and genome.gains is not None:
        unit = space.gains_to_unit(genome.gains)
        unit += rng.normal(0, operators.drift_step, unit.shape)
        genome = genome.copy(gains=space.gains_from_unit(unit))
    return space.clamp(genome.copy(parameters=parameters, positions=positions))


def rewire(
    genome: Genome, rng: np.random.Generator, *, space: GenomeSpace, operators: Operators
) -> Genome:
    """Draw new keys, and presence, for a few neurons; everything else stays."""
    neurons = _choose(len(genome), operators.local_neurons, rng)
    genome = genome.copy(keys=_rekey(genome, neurons, rng))
    return _redraw_presence(genome, neurons, rng) if space.evolves_configurations else genome


_MUTATIONS = {
    "redraw_configurations": redraw_configurations,
    "redraw_positions": redraw_positions,
    "drift": drift,
    "rewire": rewire,
}


def mutation_mixture(space: GenomeSpace, operators: Operators) -> dict[str, float]:
    """Return the probability of each kind of mutation; ValueError if none is left."""
    weights = {name: float(getattr(operators, name)) for name in _MUTATIONS}
    if not space.evolves_configurations:
        weights["redraw_configurations"] = 0.0
    if not space.evolves_positions:
        weights["redraw_positions"] = 0.0
    total = sum(weights.values())
    if operators.mutation > 0 and total == 0:
        raise ValueError(
            f"operators leave no kind of mutation with encode={space.encode!r}: one of "
            f"{', '.join(_MUTATIONS)} that it allows must have a weight above 0"
        )
    return {name: weight / total for name, weight in weights.items() if weight > 0}


def mutate(
    genome: Genome, rng: np.random.Generator, *, space: GenomeSpace, operators: Operators
) -> Genome:
    """Apply one kind of mutation, drawn from the operators' mixture."""
    mixture = mutation_mixture(space, operators)
    kind = rng.choice(list(mixture), p=list(mixture.values()))
    return _MUTATIONS[kind](genome, rng, space=space, operators=operators)


def select_tournament(
    individuals: list[Individual], k: int, rng: np.random.Generator, *, size: int
) -> list[Individual]:
    """Return the winners of `k` tournaments of `size` individuals drawn with replacement."""
    fitnesses = np.array([individual.fitness.values[0] for individual in individuals])
    entrants = rng.integers(len(individuals), size=(k, size))
    winners = entrants[np.arange(k), fitnesses[entrants].argmax(axis=1)]
    return [individuals[winner] for winner in winners]


def make_toolbox(space: GenomeSpace, operators: Operators) -> base.Toolbox:
    """Return a DEAP toolbox with `random`, `mate`, `mutate`, `select` and `best`.

    ``random(rng)`` returns a genome, ``mate(genome1, genome2, rng)`` two and
    ``mutate(genome, rng)`` one; ``select(individuals, k, rng)`` and ``best(individuals, k)``
    return individuals.

    Raises
    ------
    ValueError
        If `operators` leave no kind of mutation under the space's encoding.
    """
    mutation_mixture(space, operators)
    from deap import tools  # takes as long as all of this package

    toolbox = base.Toolbox()
    toolbox.register("random", space.random)
    toolbox.register("mate", blend, space=space, alpha=operators.alpha)
    toolbox.register("mutate", mutate, space=space, operators=operators)
    toolbox.register("select", select_tournament, size=operators.tournament)
    toolbox.register("best", tools.selBest)
    return toolbox


def breed(
    toolbox: base.Toolbox,
    individuals: list[Individual],
    k: int,
    rng: np.random.Generator,
    *,
    operators: Operators,
) -> list[Individual]:
    """Return `k` offspring; one that was neither crossed nor mutated is its parent itself."""
    parents = toolbox.select(individuals, k, rng)
    genomes = [parent.genome for parent in parents]
    for i in range(1, k, 2):
        if rng.random() < operators.crossover:
            genomes[i - 1], genomes[i] = toolbox.mate(genomes[i - 1], genomes[i], rng)
    for i in range(k):
        if rng.random() < operators.mutation:
            genomes[i] = toolbox.mutate(genomes[i], rng)
    return [
        parent if genome is parent.genome else Individual(genome)
        for parent, genome in zip(parents, genomes, strict=True)
    ]


def _choose(n: int, most: int, rng: np.random.Generator) -> Neurons:
    """Draw 1..most (uniformly) different neurons of n."""
    size = rng.integers(1, min(most, n), endpoint=True)
    return rng.choice(n, size, replace=False)


def _redraw_presence(genome: Genome, neurons: Neurons, rng: np.random.Generator) -> Genome:
    """Let each chosen neuron be there or not, where the genome says so of any."""
    if genome.present is None:
        return genome
    present = genome.present.copy()
    present[neurons] = rng.random(len(neurons)) < 0.5
    return genome.copy(present=repair_presence(present, genome.excitatory, rng))


def _rekey(genome: Genome, neurons: Neurons, rng: np.random.Generator) -> npt.NDArray[np.uint64]:
    keys = genome.keys.copy()
    keys[neurons] = random_keys(rng, len(neurons))
    return keys
