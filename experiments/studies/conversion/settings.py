"""Options of the conversion's experiment, checked before any work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from lsm.conversion import SigmoidNetwork, to_spiking
from lsm.conversion.training import TrainingSettings
from tasks.cognitive import COGNITIVE

ALL = "all"
#: What is less with --quick.
_QUICK: dict[str, Any] = {"units": 60, "seeds": 1, "search_trials": 8, "trials": 8}
_QUICK_TRAINING: dict[str, Any] = {"more": 50, "most": 400, "learning_rate": 0.02, "noise": 0.1}
#: The published range in half its steps: what works is often narrower than one of those.
FACTORS = tuple(20.0 + 2.5 * k for k in range(23))
_QUICK_FACTORS = (20.0, 35.0, 50.0)


@dataclass(frozen=True)
class ConversionSettings:
    """Options of ``rate_to_spiking.py``.

    Raises
    ------
    InputError
        Naming the option, what was expected and what came.
    """

    task: str = ALL
    network: Path | None = None
    units: int = 250
    seed: int = 0
    seeds: int = 5
    search_trials: int = 50
    trials: int = 100
    out: Path = Path("results/rate_to_spiking")
    resume: bool = False
    quick: bool = False

    @classmethod
    def from_options(cls, **options: Any) -> ConversionSettings:
        """Check the options; what is None takes the default."""
        given = {name: value for name, value in options.items() if value is not None}
        settings = cls(**((_QUICK if given.get("quick") else {}) | given))
        for name, least in (
            *(("units", 10), ("seed", 0), ("seeds", 1)),
            *(("search_trials", 1), ("trials", 1)),
        ):
            value = getattr(settings, name)
            if value < least:
                raise InputError(
                    f"--{name.replace('_', '-')} must be at least {least}, got {value}"
                )
        if settings.network is not None:
            if settings.task == ALL:
                raise InputError("--network is for one --task, got --task all")
            if "units" in given:
                raise InputError("--network brings its own number of units, got --units as well")
            settings.given_network()
        return settings

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(COGNITIVE) if self.task == ALL else (self.task,)

    @property
    def all_seeds(self) -> range:
        return range(self.seed, self.seed + self.seeds)

    @property
    def scaling_factors(self) -> tuple[float, ...]:
        return _QUICK_FACTORS if self.quick else FACTORS

    @property
    def training(self) -> TrainingSettings:
        return TrainingSettings(units=self.units, **(_QUICK_TRAINING if self.quick else {}))

    def given_network(self) -> SigmoidNetwork:
        """The network of --network, for this task."""
        assert self.network is not None
        try:
            network = SigmoidNetwork.load(self.network)
            to_spiking(network, FACTORS[0])  # if it can't be, it says why
        except ValueError as error:
            raise InputError(f"--network: {error}") from error
        wanted, had = COGNITIVE[self.task].channels, network.input.shape[1]
        if had != wanted or len(network.output) != 1:
            raise InputError(
                f"--network must have {wanted} channels and 1 output for --task {self.task}, got "
                f"{had} channels and {len(network.output)} outputs"
            )
        return network

    def identity(self) -> dict[str, Any]:
        """What a record depends on beside its key, ready for JSON."""
        training = asdict(self.training) | {"tau_ms": list(self.training.tau_ms)}
        return {
            "network": None if self.network is None else str(self.network),
            "training": None if self.network else training,
            "search_trials": self.search_trials,
            "trials": self.trials,
            "scaling_factors": list(self.scaling_factors),
        }
