"""Protocols of training: published settings of a target, a shorter form, a user's changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from tasks.targets.base import ForceSettings
from tasks.targets.registry import TARGETS, check_name
from tasks.targets.settings import lif

RATE = "rate"
MODELS = ("lif", "izhikevich", "theta", RATE)

#: A rate network's step is so many steps of its spiking one: rates are smooth.
_RATE_STEPS = 10
#: A target of a shorter period than this is tested for that long after learning; others for as
#: long as published.
_SHORT_PERIOD_MS, _TEST_MS = 1000.0, 2000.0


@dataclass(frozen=True)
class Protocol:
    """A target, a neuron model, and all that training needs.

    Attributes
    ----------
    task, model : str
        The model "rate" is the network of rates that is matched to "lif".
    settings : ForceSettings
        As they are used.
    note : str
        What is other than published; empty where nothing is.
    """

    task: str
    model: str
    settings: ForceSettings
    note: str = ""

    @property
    def name(self) -> str:
        """Its task and model."""
        return f"{self.task}, {self.model}"

    @property
    def spiking(self) -> str:
        """Model of the neurons, or of those that the rate network is matched to."""
        return "lif" if self.model == RATE else self.model

    @property
    def period_ms(self) -> float | None:
        """The period of its target, if it has one."""
        return TARGETS[self.task].period_ms

    @property
    def cost(self) -> float:
        """Roughly, in seconds: to run the neurons, and to learn."""
        s = self.settings
        learning = (s.learn_ms[1] - s.learn_ms[0]) / s.dt_ms / s.every
        return 5e-9 * s.duration_ms / s.dt_ms * s.n_neurons + 1e-9 * learning * s.n_neurons**2

    def changed(self, **changes: Any) -> Protocol:
        """The same with other fields of `settings`, and the same note."""
        return replace(self, settings=replace(self.settings, **changes))

    def described(self) -> dict[str, Any]:
        """All settings, ready for JSON."""
        named = {"task": self.task, "model": self.model, "note": self.note}
        return named | asdict(self.settings) | {"learn_ms": list(self.settings.learn_ms)}


#: What is taken in place of fields of a published program, and how a page calls that: either the
#: program takes more than a quarter of an hour, or it learns less well here than with this.
_CHANGED: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("van-der-pol-relaxation", "izhikevich"): (
        "learns for 15 s, not 5 s",
        {"learn_ms": (5000.0, 20_000.0)},
    ),
    ("product", "lif"): ("learns for 50 s, not 25 s", {"learn_ms": (5000.0, 55_000.0)}),
    ("product-noisy", "lif"): ("learns for 50 s, not 25 s", {"learn_ms": (5000.0, 55_000.0)}),
    ("lorenz", "theta"): ("2000 neurons, not 5000", {"n_neurons": 2000}),
    ("ode-to-joy", "izhikevich"): (
        "2000 neurons, not 5000, learning for 180 s, not 899 s",
        {"n_neurons": 2000, "learn_ms": (1000.0, 181_000.0), "duration_ms": 197_000.0},
    ),
    ("classification", "izhikevich"): (
        # With p0 as published r'Pr is far above 2, and the other gain's decoder runs away.
        "textbook gain; learns for 50 s, not 399 s, every 50 steps, not 20",
        {
            "gain": "textbook",
            "learn_ms": (1000.0, 51_000.0),
            "duration_ms": 101_000.0,
            "every": 50,
        },
    ),
    ("ode-to-joy-timed", "lif"): (
        "p0 a hundred times as large, learns for 40 s, not 80 s",
        {"p0": 5e-6, "learn_ms": (100.0, 40_100.0), "duration_ms": 48_100.0},
    ),
}
#: For tasks and models without a published program.
_OWN: dict[tuple[str, str], ForceSettings] = {
    ("lorenz", "lif"): lif(0.1, 60, learn_ms=(5000.0, 50_000.0), duration_ms=100_000.0),
}
_OWN_NOTE = "settings of our own"


def published_settings(task: str) -> dict[str, ForceSettings]:
    """Settings of a task by model: published ones, or ours where there are none.

    Raises
    ------
    ValueError
        A task that there isn't.
    """
    check_name(task, "task")
    settings = dict(TARGETS[task].settings)
    settings |= {model: own for (of, model), own in _OWN.items() if of == task}
    if "lif" in settings:
        settings[RATE] = settings["lif"]
    return {model: settings[model] for model in MODELS if model in settings}


def make_protocol(
    task: str, model: str, *, published: bool = False, alpha: float | None = None, **changes: Any
) -> Protocol:
    """Settings for a task and a model.

    Parameters
    ----------
    task, model : str
    published : bool
        The published program to the letter, even where it takes hours.
    alpha : float, optional
        As `readouts.ForceReadout` has it, for filtered spikes in Hz, in place of p0.
    **changes
        Fields of ForceSettings to take instead; None leaves one as it is.

    Raises
    ------
    ValueError
        A task that there isn't, a model without settings, times that don't fit.
    """
    by_model = published_settings(task)
    if model not in by_model:
        raise ValueError(
            f"model must be one of {', '.join(by_model)} for the task {task}, for which settings "
            f"are known; got {model!r}"
        )
    settings, notes = by_model[model], []
    of = task, "lif" if model == RATE else model
    if of in _OWN:
        notes.append(_OWN_NOTE)
    if of in _CHANGED and not published:
        note, changed = _CHANGED[of]
        settings = replace(settings, **changed)
        notes.append(note)
    if model == RATE:
        settings = replace(
            settings,
            dt_ms=settings.dt_ms * _RATE_STEPS,
            every=max(1, settings.every // _RATE_STEPS),
        )
    if alpha is not None:
        changes["p0"] = (1e6 if settings.time_unit == "ms" else 1.0) / alpha
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes:
        settings = replace(settings, **changes)
        notes.append("changed: " + ", ".join(changes))
    period = TARGETS[task].period_ms
    short = period is not None and period < _SHORT_PERIOD_MS
    if short and not published and "duration_ms" not in changes:
        settings = replace(settings, duration_ms=settings.learn_ms[1] + _TEST_MS)
    return Protocol(task, model, _checked(settings), "; ".join(notes))


def _checked(settings: ForceSettings) -> ForceSettings:
    """The settings, with times that are whole steps."""
    dt = settings.dt_ms
    begin, end, duration = (
        float(round(time / dt) * dt) for time in (*settings.learn_ms, settings.duration_ms)
    )
    if not 0 <= begin < end < duration:
        raise ValueError(
            "learn_ms and duration_ms must be such that learning begins, ends and is followed by "
            f"a test, got learning from {begin / 1e3:g} to {end / 1e3:g} s of {duration / 1e3:g} s"
        )
    return replace(settings, learn_ms=(begin, end), duration_ms=duration)
