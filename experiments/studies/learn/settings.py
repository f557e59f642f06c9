"""Options of ``learn.py``: networks that are trained, and the comparison with evolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from evolution import RECIPES
from experiments.lab.errors import InputError
from experiments.lab.options import MOST_COUPLED, Settings, option, spelt
from experiments.lab.outside import DATA, known_task, own_task, task_option

#: What trains, by its name; `experiments.studies.learn.rules` makes them.
RULES = {
    "eprop": "e-prop: eligibility traces and learning signals",
    "perturb": "node perturbation: what losses do when potentials get noise",
    "reward": "reward-modulated learning: noise, and reward beyond what was expected",
}
#: What stands beside a rule: what doesn't learn, or what of the rule is left out.
CONTROLS = {
    "frozen": "the recurrent weights stay as they are drawn",
    "readout": "the readout alone learns",
    "unadapted": "thresholds don't adapt",
    "unfiltered": "e-prop whose learning signals aren't filtered (kappa -> 0, as in OSTL)",
    "untraced": "e-prop without a memory of earlier spikes (as in SLTT)",
    "bptt": "backpropagation through time, by the readout's own weights",
}
#: Controls that are e-prop with something left out or added, so rules as well.
VARIANTS = ("unfiltered", "untraced", "bptt")
#: Controls and options of e-prop alone.
_OF_EPROP = VARIANTS, ("feedback", "rate_strength")
#: How liquids come about.
WAYS = {
    "draw": "drawn at random; the best of many by the fitness samples",
    "evolve": "evolved from drawn ones",
} | {
    name: f"trained from a drawn one by {text}"
    for name, text in (RULES | {name: CONTROLS[name] for name in VARIANTS}).items()
}

TRAIN, COMPARE = "--rule", "--compare"
#: Names of `experiments.studies.learn.networks.OPTIMIZERS`.
OPTIMIZERS = ("adam", "gradient")
#: Options of the one and of the other.
_MODES = {
    **dict.fromkeys(("rule", "controls", "iterations", "goal", "feedback", "bits", "noise"), TRAIN),
    **dict.fromkeys(("test_samples", "optimizer", "rate_strength", "density"), TRAIN),
    **dict.fromkeys(("runs", "recipe", "population", "split"), COMPARE),
}
_train = partial(option, None, group="of a training")
_compare = partial(option, None, group="of the comparison")


@dataclass(frozen=True, kw_only=True)
class LearnSettings(Settings):
    """Options of ``learn.py``."""

    task: str = task_option("Evidence")
    data: Path | None = option(None, DATA)
    resample: bool = option(False, "FSDD: mix channels and bring other rates to 8 kHz")
    samples: int | None = option(
        None, "of each class (the task's own; Evidence: 4000; --quick: few)", least=10
    )
    gap_ms: float | None = option(
        None, "TXOR, Parity: silence between the parts; Evidence: delay of the recall", least=0
    )
    neurons: int = option(
        100,
        "of a network ({default}; --compare: 64; --quick: 20)",
        least=4,
        most=MOST_COUPLED,
        quick=20,
    )
    batch: int | None = option(None, "samples of an iteration (64; regression: 1)", least=1)
    learning_rate: float | None = option(
        None, "(adam: .005, gradient: .1; --compare: .03, perturb .01)", above=0
    )
    validate_every: int = option(
        10, "iterations from one look at held-out samples to the next ({default})", least=1
    )
    seeds: int = option(1, "networks each ({default})", least=1)
    seed: int = option(0, "the first one ({default})", least=0)
    out: Path = option(Path("results"), "folder of the results (results/learn-TASK)")

    rule: str | None = _train("what learns (eprop)", choices=tuple(RULES), excludes=("compare",))
    controls: tuple[str, ...] | None = _train(
        "what stands beside it, or none (frozen,unadapted; regression: frozen)",
        choices=("none", *CONTROLS),
        commas=True,
        metavar="NAME,...",
    )
    iterations: int | None = _train("updates, at most (300; regression: 1000; --quick: 4)", least=1)
    goal: float | None = _train(
        "error on held-out samples that ends a training (.07; regression: none)", least=0
    )
    optimizer: str | None = _train(
        "how weights follow gradients (adam; regression: gradient)", choices=OPTIMIZERS
    )
    test_samples: int | None = _train("new samples that test, at most (512)", least=10)
    feedback: str | None = _train(
        "by which errors become learning signals (random, as published)",
        choices=("random", "symmetric"),
    )
    rate_strength: float | None = _train(
        "by which rates are drawn towards 10 Hz (300, as published)", least=0
    )
    density: float | None = _train("share of the recurrent synapses that there are (1)", above=0)
    bits: int | None = _train("of the devices that hold weights (exact)", least=1)
    noise: float | None = _train("of what is written, as a share of the weights' range", least=0)

    compare: tuple[str, ...] | None = option(
        None,
        "how liquids come about, at equal numbers of network runs",
        choices=tuple(WAYS),
        metavar="WAY",
    )
    runs: int | None = _compare(
        "network runs of each way (200000; --quick: 2000): a sample once forward is one, once "
        "backward another",
        least=100,
    )
    recipe: str | None = _compare(
        "what liquids share (varied, whose weights are scaled to the input)", choices=tuple(RECIPES)
    )
    population: int | None = _compare("liquids of a generation (20; --quick: 4)", least=4)
    split: str | None = _compare(
        "what tests: the task's own test samples, five folds, or each group in turn (own)",
        choices=("own", "folds", "group"),
    )

    outside_identity = (*Settings.outside_identity, "controls", "compare")

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """A task for own data; controls and ways without repetition."""
        several = {
            name: tuple(dict.fromkeys(n for n in given[name] if n != "none"))
            for name in ("controls", "compare")
            if name in given
        }
        return own_task(given) | several

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the one or the other does by default, and the folder."""
        task = given.get("task", cls.task)
        name = f"learn-{task.replace(':', '-')}"
        if "compare" not in given:
            values: dict[str, Any] = {"rule": "eprop", "test_samples": 512}
            if given.get("rule", "eprop") == "eprop":
                values["feedback"] = "random"
            if given.get("quick"):
                values["iterations"] = 4
            elif task == "Evidence":
                values["samples"] = 4000
            return values | {"out": Path("results", name)}
        quick = given.get("quick", False)
        return {
            "neurons": 64,
            "recipe": "varied",
            "runs": 2000 if quick else 200_000,
            "population": 4 if quick else 20,
            "split": "own",
            "out": Path("results", f"{name}-compare"),
        }

    @property
    def mode(self) -> str:
        """TRAIN or COMPARE."""
        return COMPARE if self.compare else TRAIN

    def check(self) -> None:
        """Refuse options that don't go together."""
        for name, mode in _MODES.items():
            if getattr(self, name) is not None and mode != self.mode:
                raise InputError(f"--{spelt(name)} goes with {mode}, not with {self.mode}")
        if self.rule not in (None, "eprop"):
            controls, options = _OF_EPROP
            given = [f"--controls {name}" for name in self.controls or () if name in controls]
            given += [f"--{spelt(name)}" for name in options if getattr(self, name) is not None]
            if given:
                raise InputError(f"{given[0]} goes with --rule eprop, not with --rule {self.rule}")
        if self.density is not None and self.density > 1:
            raise InputError(f"--density must be at most 1, got {self.density:g}")
        if self.samples is not None and known_task(self.task).recorded:
            raise InputError(f"--samples is for tasks that are generated, got --task {self.task}")
