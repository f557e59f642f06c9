"""Positions and wiring: which neuron reaches which, how strongly and how late.

Randomness in wiring is a hash of the neurons' keys, never a generator: whether a synapse from a
to b exists is decided by u(key_a, key_b) < p. A neuron that passes to a child with its key takes
its connections' luck along, and the same keys at the same places give the same liquid anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir

# Independent streams of the hash.
_SYNAPSE, _INPUT, _INPUT_WEIGHT = (np.uint64(k) for k in (1, 2, 3))

#: Side of the square in which the evolved paper puts 20 neurons.
PAPER_SIDE, PAPER_NEURONS = 6.0, 20


@dataclass(frozen=True)
class Synapses:
    """Synapses as parallel arrays, sorted by source, then by target.

    ``source`` and ``target`` are int32 indices, ``weight_pA`` and ``delay_ms`` float64; all of
    shape (synapses,). Sources are neurons, or channels for input synapses.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight_pA: NDArray[np.float64]
    delay_ms: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.source, self.target, self.weight_pA, self.delay_ms):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.source)


def mix_round(h: NDArray[np.uint64], integer: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Take one more integer into a hash."""
    with np.errstate(over="ignore"):
        h = (h ^ integer) + np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return h ^ (h >> np.uint64(31))


def mix(*integers: ArrayLike) -> NDArray[np.uint64]:
    """Hash integers (arrays broadcast) to uint64: SplitMix64's finaliser after each.

    Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".
    """
    h = np.zeros((), dtype=np.uint64)
    for integer in integers:
        h = mix_round(h, np.asarray(integer).astype(np.uint64))
    return np.asarray(h)


def uniform(*integers: ArrayLike) -> NDArray[np.float64]:
    """Hash integers to numbers in the open interval (0, 1)."""
    return ((mix(*integers) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def side_for(n: int) -> float:
    """Side of the square in which ``n`` neurons have the mean in-degree of 20 neurons in 6 x 6.

    For the paper's kernel, and exactly so where all pairs connect alike: a square of the same
    density has less border and so more synapses (3.2 a neuron for 300 neurons instead of 2.5).
    Fewer than 20 neurons keep the density.
    """
    if n <= PAPER_NEURONS:
        return PAPER_SIDE * sqrt(n / PAPER_NEURONS)
    in_degree = (PAPER_NEURONS - 1) * _mean_kernel(PAPER_SIDE)
    return float(brentq(lambda side: (n - 1) * _mean_kernel(side) - in_degree, 1, 10 * sqrt(n)))


def _mean_kernel(side: float) -> float:
    """Mean of exp(-d^2/2) over pairs of points in a square."""
    a = side / sqrt(2)
    along_one_axis = (sqrt(pi) * a * erf(a) + exp(-(a**2)) - 1) / a**2
    return along_one_axis**2


def uniform_positions(
    n: int, *, side: float | None = None, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw positions (n, 2) uniformly in a square (``side`` by default from :func:`side_for`)."""
    return rng.uniform(0, side_for(n) if side is None else side, size=(n, 2))


@dataclass(frozen=True)
class DistanceWiring:
    """Synapses between neurons with a probability that falls with their distance.

    From a to b, at distance D: p = probability[ab] exp(-(D/length)^2), where ab is EE, EI, IE or
    II (source first); the weight is ``weight_pA[ab]``, times the same exponential if
    ``weight_falls`` (then ``delay_ms[ab]`` as it is). No neuron reaches itself.

    The defaults are those of the evolved liquid (Lopez-Herrera et al. 2026, Math. Comput. Appl.
    31(2):65), whose kernel exp(-d^2/2) has length sqrt(2). :meth:`maass` is the other known set.

    Parameters
    ----------
    probability, weight_pA, delay_ms : tuple of four floats, for EE, EI, IE, II
    length : float
        In units of the positions.
    weight_falls : bool
        Weights fall with distance as probabilities do.
    """

    probability: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 0.0)
    weight_pA: tuple[float, float, float, float] = (50.0, 50.0, -100.0, -100.0)
    delay_ms: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    length: float = sqrt(2)
    weight_falls: bool = True

    def __post_init__(self) -> None:
        for name in ("probability", "weight_pA", "delay_ms"):
            values = tuple(float(value) for value in getattr(self, name))
            if len(values) != 4 or not np.all(np.isfinite(values)):
                raise ValueError(
                    f"{name} must be four finite numbers (EE, EI, IE, II), got {values}"
                )
            object.__setattr__(self, name, values)
        if min(self.probability) < 0:
            raise ValueError(f"probability must not be negative, got {self.probability}")
        if min(self.delay_ms) < 0:
            raise ValueError(f"delay_ms must not be negative, got {self.delay_ms}")
        if not self.length > 0:
            raise ValueError(f"length must be positive, got {self.length}")

    @classmethod
    def maass(cls, *, weight_pA: tuple[float, float, float, float]) -> DistanceWiring:
        """C exp(-D^2/lambda^2) with lambda 2 and delays as in Maass, Natschlaeger & Markram 2002.

        C is .3 (EE), .2 (EI), .4 (IE), .1 (II); delays 1.5 ms (EE) and .8 ms; weights do not fall
        with distance.
        """
        return cls(
            probability=(0.3, 0.2, 0.4, 0.1),
            weight_pA=weight_pA,
            delay_ms=(1.5, 0.8, 0.8, 0.8),
            length=2.0,
            weight_falls=False,
        )

    def connect(self, reservoir: Reservoir) -> Synapses:
        """The synapses of a reservoir. Work and memory go by blocks of sources."""
        keys, excitatory, x = reservoir.keys, reservoir.excitatory, reservoir.positions
        n = len(keys)
        probability, weight, delay = (
            np.reshape(table, (2, 2)) for table in (self.probability, self.weight_pA, self.delay_ms)
        )
        inhibitory = (~excitatory).astype(np.intp)
        parts = []
        rows = max(1, 2_000_000 // n)
        for start in range(0, n, rows):
            a = np.arange(start, min(start + rows, n))
            distance2 = ((x[a, None, :] - x[None, :, :]) ** 2).sum(axis=2)
            kernel = np.exp(-distance2 / self.length**2)
            p = probability[inhibitory[a, None], inhibitory[None, :]] * kernel
            p[np.arange(len(a)), a] = 0
            i, j = np.nonzero(uniform(_SYNAPSE, keys[a, None], keys[None, :]) < p)
            pair = inhibitory[a[i]], inhibitory[j]
            w = weight[pair] * (kernel[i, j] if self.weight_falls else 1.0)
            parts.append((a[i].astype(np.int32), j.astype(np.int32), w, delay[pair]))
        return Synapses(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


@dataclass(frozen=True)
class NoWiring:
    """No recurrent synapses: every neuron hears its inputs alone (a control)."""

    def connect(self, reservoir: Reservoir) -> Synapses:
        none = np.empty(0)
        return Synapses(none.astype(np.int32), none.astype(np.int32), none, none)


@dataclass(frozen=True)
class InputWiring:
    """Synapses from input channels to excitatory neurons.

    A channel drives each excitatory neuron with probability ``fraction``; weights are normal, with
    mean and deviation given in pA. The defaults drive a default LIF neuron well (one spike lifts it
    by about 2 mV) and differ enough for neurons to specialise. Any number of channels.
    """

    fraction: float = 0.3
    weight_pA: float = 200.0
    weight_sd_pA: float = 100.0

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1:
            raise ValueError(f"fraction must lie in [0, 1], got {self.fraction}")
        if not (np.isfinite(self.weight_pA) and np.isfinite(self.weight_sd_pA)):
            raise ValueError(
                f"weight_pA and weight_sd_pA must be finite, got {self.weight_pA} and "
                f"{self.weight_sd_pA}"
            )
        if self.weight_sd_pA < 0:
            raise ValueError(f"weight_sd_pA must not be negative, got {self.weight_sd_pA}")

    def connect(self, reservoir: Reservoir, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels (their delay is zero)."""
        channels = np.arange(n_channels)[:, None]
        keys = reservoir.keys[None, :]
        hit = (uniform(_INPUT, channels, keys) < self.fraction) & reservoir.excitatory
        channel, neuron = np.nonzero(hit)
        z = ndtri(uniform(_INPUT_WEIGHT, channel, reservoir.keys[neuron]))
        return Synapses(
            channel.astype(np.int32),
            neuron.astype(np.int32),
            self.weight_pA + self.weight_sd_pA * z,
            np.zeros(len(channel)),
        )


Wiring = DistanceWiring | NoWiring
WIRINGS: dict[str, type] = {cls.__name__: cls for cls in (DistanceWiring, NoWiring)}
