"""Options of ``classify.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import UNSET, Settings, jobs, option
from experiments.lab.outside import DATA, by_option, folds_option, known_task, own_task, task_option
from lsm import PRESETS
from lsm.base.checks import MOST_NEURONS
from lsm.states import STATE_FORMS, make_state
from readouts import READOUTS

#: The estimator's own, which fits one to the signals.
AUTO = "auto"
#: In place of a preset: random kernels, a liquid with receptive fields, and the default liquid.
KERNELS, FIELDS, PLAIN = "kernels", "fields", "plain"
#: Names of `lsm.encoders`, which are scikit-learn's estimators: --help doesn't wait for these.
ENCODERS = (
    *("poisson", "latency", "step-forward", "level-crossing", "integrate-and-fire"),
    *("bens-spiker", "gaussian-population", "sign-magnitude"),
)
#: Likewise of `lsm.plasticity.pretraining`, and of `tasks.rivals`, which have no liquid.
PRETRAINING = ("balance", "inhibitory", "intrinsic", "stdp", "critical_stdp", "calibrate", "eprop")
WITHOUT_LIQUID = {
    "svm": "support vector machine on simple statistics of the input",
    "minirocket": "aeon's MiniRocket; needs signals",
    "esn": "echo state network of as many units as the liquid; needs signals",
}
#: Likewise those that hear spikes as they come and are read at the end, as a liquid is.
ONLINE = {
    "leaky-counts": "counts of each channel with leaks of several time constants",
    "delay-line": "counts of each channel in the last steps: a linear model on lags",
    "delay-units": "the same through random units, as many as the liquid's readout sees features",
    "online-esn": "echo state network of as many units as the liquid, on counts of spikes",
}
#: The main liquid less one thing, with weights scaled until it fires at the same rate.
CONTROLS = {
    "uncoupled": "the main liquid without recurrence, at the same rate",
    "undelayed": "the main liquid with delays of 1 ms among neurons, at the same rate",
}
#: Rivals that are liquids: what they are, a preset's name, and what they settle by.
LIQUIDS: dict[str, tuple[str, str | None, Any]] = {
    PLAIN: ("the default liquid, beside a --reservoir or --pretraining", None, None),
    "extended": ("preset deckers2022: adaptation, heterogeneity", "deckers2022", None),
    "stdp": ("the default liquid, tuned by critical_stdp", None, "critical_stdp"),
    "stdp-matched": ("stdp at the default liquid's rate", None, ["critical_stdp", "calibrate"]),
}


@dataclass(frozen=True, kw_only=True)
class ClassifySettings(Settings):
    """Options of ``classify.py``; without `by` and `official` it is cross-validation in `folds`."""

    task: str = task_option(UNSET)
    data: Path | None = option(None, DATA)
    resample: bool = option(False, "FSDD: mix channels and bring other rates to 8 kHz (not done)")
    folds: int | None = folds_option()
    by: str | None = by_option("--folds instead; Watch: group")
    official: bool = option(
        False, "train and test as the task divides its samples (--folds instead)"
    )
    paired_by: str | None = option(
        None, "what differences are paired by: group, session, ... (each fold of each seed)"
    )
    hear: str = option(
        "spikes",
        "the task's spikes, or its signals through the estimator's encoder ({default}; aeon's "
        "sets, Bonn2, 3, 5, Watch, and with --encoder: signals)",
        choices=("spikes", "signals"),
    )
    encoder: str = option(AUTO, "of signals ({default})", choices=(AUTO, *ENCODERS))
    reservoir: str | None = option(
        None,
        f"a preset, with N neurons: {', '.join(PRESETS)}; or random kernels of signals: {KERNELS}; "
        f"or receptive fields of a sensor: {FIELDS}; or varied integrate-and-fire neurons: {PLAIN} "
        f"({PLAIN}; NMNIST: {FIELDS}; Braille: delay_lines:300; Bonn2, 3, 5, Watch: "
        f"{KERNELS}:1000)",
        metavar="NAME[:N]",
    )
    pretraining: tuple[str, ...] | None = option(
        None,
        f"what liquids settle by on training spikes: {', '.join(PRETRAINING)} (nothing)",
        choices=PRETRAINING,
        commas=True,
        metavar="RULE,...",
    )
    neurons: int = option(
        300,
        "neurons of a liquid ({default}; --quick: 100; a preset's own number)",
        least=1,
        most=MOST_NEURONS,
        quick=100,
        unless="reservoir",
    )
    state: str = option(
        "bins:3",
        f"what the readout sees: {', '.join(STATE_FORMS)} ({{default}}; --reservoir {KERNELS}: "
        "counts, of its rivals bins:3)",
        valid=make_state,
    )
    readout: str = option("ridge", "what learns ({default})", choices=tuple(READOUTS))
    rate_Hz: float = option(
        40.0, "firing rate that liquids are scaled to ({default}; Braille: 80)", above=0
    )
    liquids: int = option(1, "liquids whose probabilities are added up ({default})", least=1)
    seeds: int = option(1, "repetitions with other liquids and other folds ({default})", least=1)
    seed: int = option(0, "the first seed ({default})", least=0)
    rivals: tuple[str, ...] = option(
        ("svm",),
        "none, or some of those below (svm; Braille, NMNIST, Bonn2, 3, 5, Watch: svm,plain; "
        "aeon's sets: all without a liquid that are installed)",
        choices=("none", *WITHOUT_LIQUID, *ONLINE, *CONTROLS, *LIQUIDS),
        commas=True,
        metavar="NAME,...",
    )
    n_jobs: int = jobs("processes at a time; -1: all cores ({default})")
    quick: bool = option(False, "few samples, 100 neurons")
    out: Path = option(Path("results"), "folder of the results ({default}/classify-TASK-SPLIT)")

    outside_identity = (
        *Settings.outside_identity,
        "by",
        "folds",
        "official",
        "paired_by",
        "rivals",
    )

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """A task for own data; a list of rivals and a preset are taken apart."""
        values = own_task(given) | _reservoir(given)
        if "rivals" in given:
            values["rivals"] = tuple(dict.fromkeys(n for n in given["rivals"] if n != "none"))
        return values

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The folder of the results, and what recordings of the archive need."""
        archived = given["task"].startswith("aeon:")
        kind = known_task(given["task"])
        by = None if any(map(given.get, ("by", "folds", "official"))) else kind.by
        split = _split({"folds": cls.folds, "by": by} | dict(given))
        name = f"classify-{given['task']}-{split}"
        values: dict[str, Any] = {"out": cls.out / name.replace(":", "-").replace(" ", "-")}
        if by is not None:
            values |= {"by": by, "folds": None}
        suited = None if "reservoir" in given else kind.reservoir
        if suited is not None:
            suited = suited.partition(":")[0] if "neurons" in given else suited
            values |= _reservoir({"reservoir": suited} | dict(given))
            values["rivals"] = ("svm", PLAIN)
        if KERNELS in (values.get("reservoir"), given.get("reservoir")):
            values["state"] = AUTO
        if archived or "encoder" in given or values.get("reservoir") == KERNELS:
            values["hear"] = "signals"
        if kind.rate_Hz is not None:
            values["rate_Hz"] = kind.rate_Hz
        if archived and "rivals" not in given:
            values["rivals"] = _installed_rivals()
        return values

    def check(self) -> None:
        """Refuse options that don't go together, and rivals whose packages aren't there."""
        from tasks.rivals import RIVALS

        if self.encoder != AUTO and self.hear == "spikes":
            raise InputError(f"--encoder is for --hear signals, got --encoder {self.encoder}")
        if self.liquids > 1 and not hasattr(READOUTS[self.readout](), "predict_proba"):
            raise InputError(
                "--liquids above 1 needs a readout with probabilities, such as ridge or logistic; "
                f"got --readout {self.readout}"
            )
        for name in self.rivals:
            if name in RIVALS and RIVALS[name].missing:
                raise InputError(f"--rivals {name}: {RIVALS[name].missing}")

    @property
    def split(self) -> str:
        """What tests, in words."""
        return _split(vars(self))

    @property
    def main(self) -> str:
        """The method that stands beside the others."""
        return "ensemble" if self.liquids > 1 else "liquid"

    def identity(self) -> dict[str, Any]:
        """What a result of one seed depends on, ready for JSON; the classifier's defaults too."""
        from lsm import LSMClassifier

        values = {"task": self.task} | super().identity()  # what it is of comes first
        if not self.resample:  # younger than other results
            del values["resample"]
        defaults = LSMClassifier().get_params()
        known = {name: defaults[name] for name in ("dt_ms", "target")}
        return values | {"split": self.split} | known


def _split(options: Mapping[str, Any]) -> str:
    if options.get("official"):
        return "official split"
    return f"by {by}" if (by := options.get("by")) else f"{options['folds']} folds"


def _reservoir(given: Mapping[str, Any]) -> dict[str, Any]:
    """A preset and its number of neurons, where one is given."""
    if given.get("reservoir") == PLAIN:
        return {"reservoir": None}
    if "reservoir" not in given:
        return {}
    from lsm.estimators.random_liquid import name_and_size

    size = f":{given['neurons']}" if "neurons" in given else ""
    try:
        preset, neurons = name_and_size(f"{given['reservoir']}{size}")
    except (ValueError, TypeError) as error:
        raise InputError(f"--reservoir: {error}") from error
    return {"reservoir": preset, "neurons": neurons}


def _installed_rivals() -> tuple[str, ...]:
    """Rivals without a liquid; a line for each that isn't installed."""
    from experiments.lab.progress import note
    from tasks.rivals import RIVALS

    missing = {name: RIVALS[name].missing for name in WITHOUT_LIQUID}
    for name in filter(missing.get, missing):
        note(f"{name} is left out: {missing[name]}")
    return tuple(name for name in missing if not missing[name])
