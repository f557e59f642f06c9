"""Options of the balance experiment, and how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.options import Settings, jobs, option
from lsm.base.quantities import convert_fields

#: What liquids hear. The signal is of independent uniform numbers, for capacities and ranks.
INPUTS = ("FSDD", "TXOR", "signal")
ALL = "all"


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


@dataclass(frozen=True, kw_only=True)
class BalanceSettings(Settings):
    """Options of ``ei_balance.py``."""

    task: str = option(
        ALL, "what liquids hear; signal: capacities and ranks ({default})", choices=(*INPUTS, ALL)
    )
    data: Path | None = option(None, "folder of FSDD's recordings")
    # An interval needs three seeds.
    seeds: int = option(
        20, "repetitions with other liquids and samples ({default}; --quick: 3)", least=1, quick=3
    )
    n_jobs: int = jobs("seeds at a time; -1: as many as there are cores ({default})")
    out: Path = option(Path("results/ei_balance"), "folder of the results ({default})")

    @property
    def inputs(self) -> tuple[str, ...]:
        """What liquids hear in this run."""
        return INPUTS if self.task == ALL else (self.task,)

    @property
    def scale(self) -> Scale:
        """Sizes of this run."""
        return QUICK if self.quick else Scale()
