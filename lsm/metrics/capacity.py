"""Memory capacity and information processing capacity of states that an input has left.

Both ask how well functions of past inputs can be read from the present state by a linear map. A
readout is trained on the first part of the time and judged on the rest; what the same procedure
finds in shuffled inputs, which the states can't know of, is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, groupby
from typing import Self

import numpy as np
from numpy.polynomial.legendre import legval
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive_int, whole_from_0
from lsm.base.reprs import short_repr
from lsm.metrics.inputs import RandomState
from readouts import RidgeRegressionReadout

Floats = NDArray[np.float64]

#: A product of Legendre polynomials of delayed inputs, as pairs (delay, degree).
Term = tuple[tuple[int, int], ...]

#: Part of the time that capacities are judged on.
TEST_SIZE = 0.5
#: Shuffled inputs that make up the floor.
SHUFFLES = 5


@short_repr
@dataclass(frozen=True, eq=False)
class ProcessingCapacity:
    """Capacity of each function of past inputs that was looked at.

    Attributes
    ----------
    terms : tuple of tuple of (delay, degree)
        ``((0, 1), (3, 2))`` is P_1(u(t)) P_2(u(t - 3)); its degree is 3.
    values : array (terms,)
        Capacities; about 0, of either sign, where there is none.
    """

    terms: tuple[Term, ...]
    values: Floats

    @property
    def total(self) -> float:
        """Sum of all capacities; at most the number of linearly independent states."""
        return float(self.values.sum())

    @property
    def by_degree(self) -> dict[int, float]:
        """Sum of the capacities of each total degree; that of degree 1 is the memory capacity."""
        degrees = np.array([sum(degree for _, degree in term) for term in self.terms])
        return {int(d): float(self.values[degrees == d].sum()) for d in np.unique(degrees)}


def memory_capacity(
    states: ArrayLike,
    inputs: ArrayLike,
    *,
    max_delay: int,
    washout: int = 0,
    test_size: float = TEST_SIZE,
    random_state: RandomState = None,
) -> Floats:
    """Capacity of states to tell the input of k steps ago, for k = 0..max_delay, (max_delay + 1,).

    The squared correlation of u(t - k) with what a ridge regression makes of the state at t, over
    the last part of the time, which it wasn't trained on (Jaeger 2001, GMD Report 152: "Short term
    memory in echo state networks"), minus the mean of the same for shuffled inputs. The sum is the
    memory capacity. For inputs that are independent of one another it is at most the number of
    features, and that of a delay line is its length. Capacities of what isn't remembered are about
    0, of either sign: the sum is unbiased.

    Parameters
    ----------
    states : array (steps, features)
        The state at the end of each step of the input.
    inputs : array (steps,)
        Independent numbers of one distribution. Inputs with a memory of their own give capacity to
        a system that has none.
    max_delay : int
        Longer than what is remembered.
    washout : int
        Steps at the start that are not used; ``max_delay`` at least are not.
    test_size : float
        Part of the steps that is judged on; the last of them.
    random_state : int, Generator or None
        Shuffles inputs.

    Raises
    ------
    ValueError
        Shapes that don't match, numbers that are not finite, too few steps.
    """
    terms = product_terms({1: max_delay})
    return capacities([states], inputs, terms, washout, test_size, random_state)[0]


def processing_capacity(
    states: ArrayLike,
    inputs: ArrayLike,
    *,
    max_delays: Mapping[int, int],
    washout: int = 0,
    test_size: float = TEST_SIZE,
    random_state: RandomState = None,
) -> ProcessingCapacity:
    """Information processing capacity: memory capacity, extended to products of past inputs.

    The capacities of all products of Legendre polynomials of delayed inputs up to a total degree
    and a delay (Dambre, Verstraeten, Schrauwen & Massar 2012, Sci. Rep. 2:514). Over all
    degrees and delays they would sum to the number of linearly independent features of a system
    with fading memory. Each is measured as :func:`memory_capacity` measures its own.

    Parameters
    ----------
    states, washout, test_size, random_state
        As in :func:`memory_capacity`.
    inputs : array (steps,)
        Independent and uniform in [-1, 1], for which the products are orthogonal.
    max_delays : mapping of int to int
        Total degree -> largest delay: ``{1: 50, 2: 20, 3: 10}``. There are
        binomial(delay + degree, degree) products of a degree: 51, 231 and 286.

    Raises
    ------
    ValueError
        As in :func:`memory_capacity`; inputs beyond [-1, 1], no degree.
    """
    terms = product_terms(max_delays)
    largest = np.max(np.abs(np.asarray(inputs, dtype=np.float64)), initial=0)
    if largest > 1:
        raise ValueError(f"inputs must lie in [-1, 1] and be uniform, got up to {largest:g}")
    values = capacities([states], inputs, terms, washout, test_size, random_state)[0]
    return ProcessingCapacity(terms, values)


def product_terms(max_delays: Mapping[int, int]) -> tuple[Term, ...]:
    """All products of these total degrees with delays up to these; ValueError if there is none."""
    if not isinstance(max_delays, Mapping):
        raise TypeError(f"max_delays must map total degrees to delays, got {max_delays!r}")
    terms: list[Term] = []
    for degree, most in max_delays.items():
        positive_int(degree, "a degree in max_delays")
        for delays in combinations_with_replacement(
            range(whole_from_0(most, "max_delay") + 1), degree
        ):
            terms.append(tuple((delay, len(list(same))) for delay, same in groupby(delays)))
    if not terms:
        raise ValueError("max_delays must name at least one degree, got none")
    return tuple(terms)


def used_steps(
    n_steps: int, terms: Sequence[Term], washout: int, test_size: float
) -> tuple[int, int]:
    """The first step that trains, and the first that tests; ValueError where there are too few."""
    if not 0 < test_size < 1:
        raise ValueError(f"test_size must lie between 0 and 1, got {test_size}")
    first = max(whole_from_0(washout, "washout"), max(delay for term in terms for delay, _ in term))
    split = n_steps - round(test_size * (n_steps - first))
    if split - first < 2 or n_steps - split < 2:
        raise ValueError(
            f"there must be steps to train and test behind the first {first}, got {n_steps} steps"
        )
    return first, split


def capacities(
    states_of_each: Iterable[ArrayLike],
    inputs: ArrayLike,
    terms: Sequence[Term],
    washout: int,
    test_size: float,
    random_state: RandomState,
) -> Floats:
    """Capacities (systems, terms) of systems that had one input, for which targets are made once.

    Parameters
    ----------
    states_of_each : iterable of arrays (steps, features)
    terms : sequence of Term
        As :func:`product_terms` gives them.
    inputs, washout, test_size, random_state
        As in :func:`memory_capacity`.
    """
    u = np.asarray(inputs, dtype=np.float64)
    if u.ndim != 1:
        raise ValueError(f"inputs must have the shape (steps,), got {u.shape}")
    first, split = used_steps(len(u), terms, washout, test_size)
    rng = np.random.default_rng(random_state)
    input_series = [u] + [rng.permutation(u) for _ in range(SHUFFLES)]
    targets = np.concatenate([_targets(series, terms, first) for series in input_series], axis=1)
    trained, judged = targets[: split - first], _Centred.of(targets[split - first :])
    rows = []
    for states in states_of_each:
        x = np.asarray(states, dtype=np.float64)
        if x.ndim != 2 or len(x) != len(u):
            raise ValueError(
                "states must have the shape (steps, features) and inputs (steps,), got "
                f"{x.shape} and {u.shape}"
            )
        if not (np.isfinite(x).all() and np.isfinite(u).all()):
            raise ValueError("states and inputs must be finite")
        outputs = RidgeRegressionReadout().fit(x[first:split], trained).predict(x[split:])
        correlations = _Centred.of(outputs).squared_correlation(judged)
        correlations = correlations.reshape(len(input_series), len(terms))
        rows.append(correlations[0] - correlations[1:].mean(axis=0))
    return np.array(rows)


def _targets(u: Floats, terms: Sequence[Term], first: int) -> Floats:
    """Each term's value at each step from the first on, (steps, terms)."""
    most = max(degree for term in terms for _, degree in term)
    powers = [legval(u, np.eye(most + 1)[degree]) for degree in range(most + 1)]
    targets = np.ones((len(u) - first, len(terms)))
    for column, term in zip(targets.T, terms, strict=True):
        for delay, degree in term:
            column *= powers[degree][first - delay : len(u) - delay]
    return targets


@dataclass(frozen=True, eq=False)
class _Centred:
    """Columns less their means (steps, columns), their sums of squares, and whether they vary."""

    deviations: Floats
    squares: Floats
    varies: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: Floats) -> Self:
        deviations = columns - columns.mean(axis=0)
        return cls(deviations, (deviations**2).sum(axis=0), np.ptp(columns, axis=0) > 0)

    def squared_correlation(self, other: Self) -> Floats:
        """Squared correlation of each column, (columns,); 0 where a side is constant."""
        product = self.squares * other.squares
        varies = self.varies & other.varies & (product > 0)
        covariance = (self.deviations * other.deviations).sum(axis=0)
        return np.where(varies, covariance**2 / np.where(varies, product, 1), 0.0)
