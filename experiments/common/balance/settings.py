"""Options of the balance experiment, and how large it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.common.balance import liquids
from experiments.common.errors import InputError
from lsm.base.quantities import convert_fields

#: What liquids hear. The signal is of independent uniform numbers, for capacities and ranks.
INPUTS = ("FSDD", "TXOR", "signal")


@dataclass(frozen=True)
class Scale:
    """Sizes that a run has.

    Parameters
    ----------
    octaves : tuple of float
        log2 of the ratios mean I_I / mean I_E.
    neurons : int
    rounds : int
        Simulations in which a liquid is tuned.
    tuned_on : int
        Samples for that.
    train_takes, test_takes : int
        Of FSDD, 60 recordings each.
    takes_read : int or None
        Of FSDD that those are drawn from; None: all that there are.
    samples_per_class : int
        Of TXOR.
    signal_steps : int
        Of the signal that capacities are measured with.
    ranked : int
        Signals that make up a rank.
    run_ms : float
        The long run that intervals between spikes are taken from.
    """

    octaves: tuple[float, ...] = (-1.5, -1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
    neurons: int = 300
    rounds: int = 100
    tuned_on: int = 64
    train_takes: int = 5
    test_takes: int = 5
    takes_read: int | None = None
    samples_per_class: int = 300
    signal_steps: int = 4000
    ranked: int = 300
    run_ms: float = 30_000.0

    def __post_init__(self) -> None:
        convert_fields(self)


QUICK = Scale(
    octaves=(-1.0, -0.5, 0.0, 0.5, 1.0),
    neurons=100,
    rounds=60,
    train_takes=2,
    test_takes=2,
    takes_read=8,
    samples_per_class=60,
    signal_steps=1500,
    ranked=100,
    run_ms=10_000.0,
)
#: Seeds of a whole run, and of a quick one: an interval needs three.
SEEDS, QUICK_SEEDS = 20, 3


@dataclass(frozen=True)
class BalanceSettings:
    """Options of ``ei_balance.py``.

    Raises
    ------
    InputError
        Naming the option, what was expected and what came.
    """

    inputs: tuple[str, ...] = INPUTS
    seeds: int | None = None
    data: Path | None = None
    n_jobs: int = -1
    out: Path = Path("results/ei_balance")
    resume: bool = False
    quick: bool = False

    def __post_init__(self) -> None:
        if self.seeds is None:
            object.__setattr__(self, "seeds", QUICK_SEEDS if self.quick else SEEDS)
        if self.n_seeds < 1:
            raise InputError(f"--seeds must be at least 1, got {self.seeds}")
        if self.n_jobs == 0:
            raise InputError("--n-jobs must not be 0: a number of processes, or -1 for all cores")

    @property
    def n_seeds(self) -> int:
        return int(self.seeds or 0)

    @property
    def scale(self) -> Scale:
        return QUICK if self.quick else Scale()

    def identity(self) -> dict[str, Any]:
        """What a record depends on beside its key, ready for JSON."""
        return asdict(self.scale) | {
            "octaves": list(self.scale.octaves),
            "data": None if self.data is None else str(self.data),
            "rate_Hz": liquids.RATE_HZ,
            "input_share": liquids.INPUT_SHARE,
            "excitation_pA": liquids.EXCITATION_PA,
            "spoilt": [*liquids.SPOILT_INPUTS, *liquids.SPOILT_LIQUIDS],
        }
