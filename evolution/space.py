"""The space of genomes: how many neurons, what ranges, and what of it evolves.

The ranges of the evolved liquid (Lopez-Herrera et al., Mathematical and Computational Applications
31(2):65, 2026) are t_ref_ms 0.5..4, tau_m_ms 6..14, v_threshold_mV -69..-10, in a 6 x 6 square.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evolution.encodings import ENCODINGS, Encode
from evolution.genome import FloatArray, Genome
from evolution.repair import MIN_PER_POLARITY, repair_polarity, repair_presence
from lsm.base.checks import number_of_neurons
from lsm.base.quantities import in_unit, number


def bounds(value: Any, name: str, what: str) -> tuple[float, float]:
    """A range of numbers in the unit that its name ends in."""
    low, high = (number(bound, name, f"{what}[{name!r}]") for bound in value)
    return low, high


@dataclass(frozen=True)
class GenomeSpace:
    """What a genome may be: sizes, ranges of the parameters, and what of it evolves.

    Parameters
    ----------
    n_neurons : int
        At least four: two neurons of each polarity.
    ranges : mapping of str to (low, high)
        Range of each parameter, in the unit that its name ends in. Equal bounds fix a parameter.
    box : tuple of float
        Length of the space in each dimension; positions lie in 0..length.
    scales : mapping of str to 'linear' or 'log'
        A parameter on a log scale is drawn, blended and moved in the logarithm; linear by default.
    excitatory_fraction : float
        Probability that a drawn neuron is excitatory.
    encode : {'both', 'configurations', 'positions'}
        What evolves: configurations (parameters and polarity), positions, or both; the rest is
        that of `reference` in every genome. Keys always evolve.
    reference : Genome, optional
        Needed before drawing if `encode` isn't 'both'; see `with_reference`.
    gains : mapping of str to (low, high)
        Global factors, of which a genome has one of each, on a log scale; they evolve with the
        configurations. What they multiply is the recipe's.
    presence : bool
        Whether neurons may be absent; that evolves with the configurations too. Two of each
        polarity are always present. A drawn genome has any number of neurons, each as likely.

    Raises
    ------
    ValueError
        If an argument is out of its range, or `reference` does not lie in the space.
    """

    n_neurons: int
    ranges: Mapping[str, tuple[float, float]]
    _: KW_ONLY
    box: tuple[float, ...]
    scales: Mapping[str, Literal["linear", "log"]] = field(default_factory=dict)
    excitatory_fraction: float = 0.8
    encode: Encode = "both"
    reference: Genome | None = None
    gains: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    presence: bool = False

    def __post_init__(self) -> None:
        ranges = {name: bounds(value, name, "ranges") for name, value in self.ranges.items()}
        gains = {name: bounds(value, name, "gains") for name, value in self.gains.items()}
        object.__setattr__(self, "ranges", ranges)
        object.__setattr__(self, "gains", gains)
        object.__setattr__(self, "scales", dict(self.scales))
        object.__setattr__(self, "box", tuple(in_unit(self.box, "box").tolist()))
        number_of_neurons(self.n_neurons, "n_neurons")
        if self.n_neurons < 2 * MIN_PER_POLARITY:
            raise ValueError(
                f"n_neurons must be at least {2 * MIN_PER_POLARITY} ({MIN_PER_POLARITY} of each "
                f"polarity), got {self.n_neurons}"
            )
        if not self.box or not all(0 < length < np.inf for length in self.box):
            raise ValueError(f"box must hold a positive length per dimension, got {self.box}")
        if not 0 <= self.excitatory_fraction <= 1:
            raise ValueError(f"excitatory_fraction must be 0..1, got {self.excitatory_fraction}")
        if self.encode not in ENCODINGS:
            raise ValueError(f"encode must be one of {ENCODINGS}, got {self.encode!r}")
        if unknown := sorted(set(self.scales) - set(ranges)):
            raise ValueError(f"scales names parameters without a range: {unknown}")
        for name, (low, high) in ranges.items():
            scale = self.scales.get(name, "linear")
            if scale not in ("linear", "log"):
                raise ValueError(f"scales[{name!r}] must be 'linear' or 'log', got {scale!r}")
            if not (np.isfinite(low) and np.isfinite(high) and low <= high):
                raise ValueError(f"ranges[{name!r}] must be low <= high, got {(low, high)}")
            if scale == "log" and low <= 0:
                raise ValueError(f"ranges[{name!r}] is on a log scale, low must be > 0, got {low}")
        for name, (low, high) in gains.items():
            if not 0 < low <= high < np.inf:
                raise ValueError(f"gains[{name!r}] must be 0 < low <= high, got {(low, high)}")
        if self.reference is not None:
            self.validate(self.reference)

    @property
    def evolves_configurations(self) -> bool:
        """Whether parameters, polarity, gains and presence evolve."""
        return self.encode != "positions"

    @property
    def evolves_positions(self) -> bool:
        """Whether positions evolve."""
        return self.encode != "configurations"

    @cached_property
    def _bounds(self) -> tuple[FloatArray, FloatArray]:
        low, high = np.array(list(self.ranges.values()), dtype=np.float64).reshape(-1, 2).T
        return low, high

    @cached_property
    def _is_log(self) -> npt.NDArray[np.bool_]:
        return np.array([self.scales.get(name) == "log" for name in self.ranges], dtype=np.bool_)

    def _scaled(self, values: FloatArray) -> FloatArray:
        """Return values (..., parameters) with the logarithm of those on a log scale."""
        scaled = values.copy()
        np.log(values, out=scaled, where=self._is_log)
        return scaled

    def to_unit(self, parameters: FloatArray) -> FloatArray:
        """Map parameters (neurons, parameters) to their place 0..1 in their ranges."""
        low, high = (self._scaled(bound) for bound in self._bounds)
        unit: FloatArray = (self._scaled(parameters) - low) / np.where(high > low, high - low, 1.0)
        return unit

    def from_unit(self, unit: FloatArray) -> FloatArray:
        """Map places (neurons, parameters) to parameters; those outside 0..1 are clamped."""
        low, high = (self._scaled(bound) for bound in self._bounds)
        values = low + np.clip(unit, 0.0, 1.0) * (high - low)
        np.exp(values, out=values, where=self._is_log)
        return np.clip(values, *self._bounds)  # rounding may have left the range by one ulp

    @cached_property
    def _gain_bounds(self) -> tuple[FloatArray, FloatArray]:
        low, high = np.array(list(self.gains.values()), dtype=np.float64).reshape(-1, 2).T
        return low, high

    def gains_to_unit(self, gains: FloatArray) -> FloatArray:
        """Map gains (gains,) to their place 0..1 in the logarithm of their ranges."""
        low, high = (np.log(bound) for bound in self._gain_bounds)
        unit: FloatArray = (np.log(gains) - low) / np.where(high > low, high - low, 1.0)
        return unit

    def gains_from_unit(self, unit: FloatArray) -> FloatArray:
        """Map places (gains,) to gains; those outside 0..1 are clamped."""
        low, high = (np.log(bound) for bound in self._gain_bounds)
        return np.clip(np.exp(low + np.clip(unit, 0.0, 1.0) * (high - low)), *self._gain_bounds)

    def random_parameters(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Draw parameters (n, parameters), uniform on their scales."""
        return self.from_unit(rng.random((n, len(self.ranges))))

    def random_polarity(self, rng: np.random.Generator, n: int) -> npt.NDArray[np.bool_]:
        """Draw polarities (n,), True with `excitatory_fraction`; not yet repaired."""
        return rng.random(n) < self.excitatory_fraction

    def random_positions(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Draw positions (n, dimensions), uniform in the box."""
        return rng.uniform(0.0, self.box, (n, len(self.box)))

    def random(self, rng: np.random.Generator) -> Genome:
        """Draw a genome; what `encode` freezes is the reference's (ValueError without one)."""
        if self.encode != "both" and self.reference is None:
            raise ValueError(f"encode={self.encode!r} needs a reference: use with_reference(rng)")
        n = self.n_neurons
        genome = Genome(
            parameters=self.random_parameters(rng, n),
            excitatory=repair_polarity(self.random_polarity(rng, n), rng),
            positions=self.random_positions(rng, n),
            keys=random_keys(rng, n),
        )
        # Drawn last: a space without them draws what it would if there were no such thing.
        if self.gains:
            genome = genome.copy(gains=self.gains_from_unit(rng.random(len(self.gains))))
        if self.presence:
            present = rng.random(n) < rng.random()
            genome = genome.copy(present=repair_presence(present, genome.excitatory, rng))
        return genome.copy(**self._frozen())

    def with_reference(self, rng: np.random.Generator) -> GenomeSpace:
        """Return this space with a reference drawn from `rng`, or itself if it has one."""
        if self.reference is not None:
            return self
        return replace(self, reference=replace(self, encode="both").random(rng))

    def _frozen(self) -> dict[str, np.ndarray | None]:
        """Return the arrays of the reference that no genome of this space may change."""
        if self.reference is None or self.encode == "both":
            return {}
        configuration = ("parameters", "excitatory", "gains", "present")
        names = ("positions",) if self.encode == "configurations" else configuration
        return {name: getattr(self.reference, name) for name in names}

    def clamp(self, genome: Genome) -> Genome:
        """Return the genome with all its numbers moved to the nearest allowed value."""
        if genome.gains is not None:
            genome = genome.copy(gains=np.clip(genome.gains, *self._gain_bounds))
        return genome.copy(
            parameters=np.clip(genome.parameters, *self._bounds),
            positions=np.clip(genome.positions, 0.0, self.box),
        )

    def validate(self, genome: Genome) -> None:
        """Raise ValueError, saying which neuron and value, if the genome is not of this space."""
        n_columns = {"parameters": len(self.ranges), "positions": len(self.box)}
        for name, columns in n_columns.items():
            shape = getattr(genome, name).shape
            if shape != (self.n_neurons, columns):
                raise ValueError(f"{name} must be {(self.n_neurons, columns)}, got {shape}")
        low, high = self._bounds
        labels = list(self.ranges)
        _check_inside(genome.parameters, low, high, [f"parameter {name!r}" for name in labels])
        axes = [f"position on axis {axis}" for axis in range(len(self.box))]
        _check_inside(genome.positions, np.zeros(len(self.box)), np.array(self.box), axes)
        n_excitatory = int(genome.excitatory.sum())
        if min(n_excitatory, len(genome) - n_excitatory) < MIN_PER_POLARITY:
            raise ValueError(
                f"excitatory must leave at least {MIN_PER_POLARITY} neurons of each polarity, "
                f"got {n_excitatory} of {len(genome)}"
            )
        self._validate_gains(genome)
        self._validate_presence(genome)
        for name, array in self._frozen().items():
            if not np.array_equal(getattr(genome, name), array):  # type: ignore[arg-type]
                raise ValueError(f"encode={self.encode!r}: {name} must be those of the reference")

    def _validate_gains(self, genome: Genome) -> None:
        if genome.gains is None:  # all of them 1
            return
        if genome.gains.shape != (len(self.gains),):
            raise ValueError(f"gains must be {list(self.gains)}, got {genome.gains}")
        for (name, (low, high)), gain in zip(self.gains.items(), genome.gains, strict=True):
            if not low <= gain <= high:
                raise ValueError(f"gain {name!r} must lie in {low:g}..{high:g}, got {gain:g}")

    def _validate_presence(self, genome: Genome) -> None:
        if genome.present is None:  # all of them
            return
        if not self.presence:
            raise ValueError("present must be None where neurons can't be absent")
        for polarity in (True, False):
            n_present = int((genome.present & (genome.excitatory == polarity)).sum())
            if n_present < MIN_PER_POLARITY:
                raise ValueError(
                    f"present must leave at least {MIN_PER_POLARITY} neurons of each polarity, "
                    f"got {n_present}"
                )

    def describe(self) -> dict[str, Any]:
        """Return what defines this space, ready for JSON."""
        return {
            "n_neurons": self.n_neurons,
            "parameters": list(self.ranges),
            "ranges": {name: list(bounds) for name, bounds in self.ranges.items()},
            "scales": {name: self.scales.get(name, "linear") for name in self.ranges},
            "box": list(self.box),
            "excitatory_fraction": self.excitatory_fraction,
            "encode": self.encode,
            "reference": None if self.reference is None else self.reference.digest(),
            # None where there are none, as if it weren't there: earlier checkpoints don't have it.
            "gains": {name: list(bounds) for name, bounds in self.gains.items()} or None,
            "presence": self.presence or None,
        }


def random_keys(rng: np.random.Generator, n: int) -> npt.NDArray[np.uint64]:
    """Draw keys (n,), uniform over all 64 bits."""
    return rng.integers(0, 2**64 - 1, size=n, dtype=np.uint64, endpoint=True)


def _check_inside(values: FloatArray, low: FloatArray, high: FloatArray, names: list[str]) -> None:
    outside = ~((values >= low) & (values <= high))  # NaN is outside too
    if outside.any():
        neuron, column = (int(index) for index in np.argwhere(outside)[0])
        raise ValueError(
            f"{names[column]} of neuron {neuron} must lie in {low[column]:g}..{high[column]:g}, "
            f"got {values[neuron, column]:g}"
        )
