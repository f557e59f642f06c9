"""Options of ``classify.py``, checked before any work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from experiments.common.classify.rivals import RIVALS
from experiments.common.errors import InputError
from experiments.common.progress import note
from lsm import LSMClassifier
from lsm.encoders import make_encoder
from lsm.plasticity.pretraining import make_pretraining
from lsm.presets import preset_and_size
from lsm.states import make_state
from readouts import make_readout
from tasks import task_kind

HEAR = ("spikes", "signals")
QUICK_NEURONS = 100

_DEFAULTS = LSMClassifier().get_params()


@dataclass(frozen=True)
class ClassifySettings:
    """Options of ``classify.py``; without `by` and `official` it is cross-validation in `folds`."""

    task: str
    data: Path | None = None
    resample: bool = False
    folds: int = 5
    by: str | None = None
    official: bool = False
    paired_by: str | None = None
    hear: str = "spikes"
    encoder: str = _DEFAULTS["encoder"]
    reservoir: str | None = None
    pretraining: tuple[str, ...] | None = None
    neurons: int = 300
    state: str = _DEFAULTS["state"]
    readout: str = _DEFAULTS["readout"]
    liquids: int = 1
    seeds: int = 1
    seed: int = 0
    rivals: tuple[str, ...] = ("svm",)
    n_jobs: int = -1
    out: Path = Path("results")
    resume: bool = False
    quick: bool = False

    @classmethod
    def from_options(cls, **options: Any) -> ClassifySettings:
        """Check the options; what is ``None`` takes its default.

        Raises
        ------
        InputError
            Naming the option, what was expected and what came.
        """
        given = {name: value for name, value in options.items() if value is not None}
        archived = given["task"].startswith("aeon:")
        defaults: dict[str, Any] = {}
        if archived or "encoder" in given:
            defaults["hear"] = "signals"
        if given.get("quick"):
            defaults["neurons"] = QUICK_NEURONS
        listed = given.pop("rivals", None)
        given |= _main_liquid(given)
        settings = cls(**(defaults | given))
        settings._check()
        if "out" not in given:
            name = f"classify-{settings.task}-{settings.split}".replace(":", "-").replace(" ", "-")
            settings = replace(settings, out=cls.out / name)
        return replace(settings, rivals=_rivals(listed, archived=archived))

    def _check(self) -> None:
        _made("task", task_kind, self.task)
        _made("pretraining", make_pretraining, self.pretraining)
        _made("state", make_state, self.state)
        if self.resample and self.task != "FSDD":
            raise InputError(f"--resample is for FSDD, got --task {self.task}")
        readout = _made("readout", make_readout, self.readout)
        if self.encoder != _DEFAULTS["encoder"]:
            _made("encoder", make_encoder, self.encoder)
        if self.encoder != _DEFAULTS["encoder"] and self.hear == "spikes":
            raise InputError(f"--encoder is for --hear signals, got --encoder {self.encoder}")
        if self.liquids > 1 and not hasattr(readout, "predict_proba"):
            raise InputError(
                "--liquids above 1 needs a readout with probabilities, such as ridge or logistic; "
                f"got --readout {self.readout}"
            )
        least = {"folds": 2, "neurons": 1, "liquids": 1, "seeds": 1, "seed": 0}
        for name, value in least.items():
            if getattr(self, name) < value:
                raise InputError(f"--{name} must be at least {value}, got {getattr(self, name)}")
        if self.n_jobs == 0:
            raise InputError("--n-jobs must not be 0: a number of processes, or -1 for all cores")

    @property
    def split(self) -> str:
        """What tests, in words."""
        if self.official:
            return "official split"
        return f"by {self.by}" if self.by else f"{self.folds} folds"

    @property
    def main(self) -> str:
        """The way to classify that stands beside the others."""
        return "ensemble" if self.liquids > 1 else "liquid"

    def classifier(
        self, random_state: int, liquid: Mapping[str, Any] | None = None
    ) -> LSMClassifier:
        """An unfitted classifier with the main liquid, or with another as a rival describes it."""
        main = {"reservoir": self.reservoir, "pretraining": self.pretraining}
        kind = main if liquid is None else liquid
        preset = kind.get("reservoir")
        return LSMClassifier(
            self.neurons if preset is None else f"{preset}:{self.neurons}",
            pretraining=kind.get("pretraining"),
            encoder=self.encoder,
            state=self.state,
            readout=self.readout,
            random_state=random_state,
            n_jobs=self.n_jobs,
        )

    def identity(self) -> dict[str, Any]:
        """What a result of one seed depends on, ready for JSON; the classifier's defaults too."""
        which = {"by", "folds", "official", "paired_by", "rivals", "seed", "seeds"}
        elsewhere = which | {"n_jobs", "out", "resume"}
        elsewhere |= set() if self.resample else {"resample"}  # younger than other results
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in elsewhere}
        parameters = self.classifier(0).get_params()
        known = {name: parameters[name] for name in ("rate_Hz", "dt_ms", "target")}
        data = None if self.data is None else str(self.data)
        rules = None if self.pretraining is None else list(self.pretraining)
        return values | {"data": data, "split": self.split, "pretraining": rules} | known


def _main_liquid(given: Mapping[str, Any]) -> dict[str, Any]:
    """Preset, number of neurons and pre-training, from the options that say what they are."""
    found: dict[str, Any] = {}
    if "pretraining" in given:
        found["pretraining"] = tuple(given["pretraining"].split(","))
    if "reservoir" in given:
        text = given["reservoir"]
        if "neurons" in given:
            if ":" in text:
                raise InputError(
                    f"--neurons {given['neurons']} and --reservoir {text} are two sizes of one "
                    "liquid: give one of them"
                )
            text = f"{text}:{given['neurons']}"
        found["reservoir"], found["neurons"] = _made("reservoir", preset_and_size, text)
    return found


def _rivals(listed: str | None, *, archived: bool) -> tuple[str, ...]:
    """Names from a list with commas; by default those that the task has use for and that are there.

    Raises
    ------
    InputError
        One that was asked for is unknown, or its package is missing.
    """
    if listed is None:
        without_liquid = tuple(name for name, rival in RIVALS.items() if rival.liquid is None)
        usual = without_liquid if archived else ("svm",)
        missing = {name: _missing(name) for name in usual}
        for name, reason in missing.items():
            if reason:
                note(f"{name} is left out: {reason}")
        return tuple(name for name in usual if not missing[name])
    names = tuple(dict.fromkeys(listed.split(","))) if listed != "none" else ()
    for name in names:
        if name not in RIVALS:
            raise InputError(
                f"--rivals must be none or some of {','.join(RIVALS)}, with commas between; "
                f"got {listed!r}"
            )
        if reason := _missing(name):
            raise InputError(f"--rivals {name}: {reason}")
    return names


def _missing(name: str) -> str | None:
    try:
        RIVALS[name].load()
    except ImportError as error:
        return str(error)
    return None


def _made(option: str, make: Callable[[Any], Any], name: Any) -> Any:
    """What a name stands for; if nothing, the error names the option."""
    try:
        return make(name)
    except (ValueError, TypeError) as error:
        raise InputError(f"--{option}: {error}") from error
