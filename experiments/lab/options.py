"""Options of a command, declared once.

A command's options are the fields of a dataclass that is a :class:`Settings`; :func:`option` says
what stands behind a field. Parser, checks, ``config.yaml``, ``--config`` and the names of a sweep
follow from that.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

from experiments.lab.errors import InputError, unknown
from lsm.base.files import expanded

#: Of an option that must be given, and of one whose default is the same with ``--quick``.
UNSET: Any = object()
#: Neurons of a network whose weights are a full matrix: more of them take gigabytes.
MOST_COUPLED = 10_000


@dataclass(frozen=True)
class Option:
    """What :func:`option` says of a field, and what its annotation does."""

    name: str
    kind: type
    default: Any
    help: str = ""
    least: float | None = None
    above: float | None = None
    most: int | None = None
    choices: Sequence[str] = ()
    valid: Callable[[Any], object] | None = None
    quick: Any = UNSET
    number: int | None = 1
    commas: bool = False
    metavar: str | tuple[str, ...] | None = None
    group: str = ""
    excludes: tuple[str, ...] = ()
    unless: str = ""
    names_code: bool = False

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return f"--{spelt(self.name)}"

    @property
    def several(self) -> bool:
        """Whether it takes several words on the command line."""
        return self.number != 1 and not self.commas

    def parse(self, words: Sequence[str]) -> Any:
        """The value that words of a command line stand for, checked by itself.

        Raises
        ------
        InputError
            Naming the option, what was expected, what came, and the nearest of its choices.
        """
        if self.number not in (1, None) and len(words) != self.number:
            raise InputError(f"{self.flag} must be {self.number} values, got {len(words)}")
        if self.commas:
            words = words[0].split(",")
        values = [self._converted(word) for word in words]
        for value in values:
            self.check(value)
        return tuple(values) if self.number != 1 else values[0]

    def plain(self, value: Any) -> Any:
        """A value as YAML and JSON have it."""
        return ",".join(map(str, value)) if self.commas else plain(value)

    def _converted(self, word: str) -> Any:
        if self.kind is Path:
            return expanded(word)
        try:
            return self.kind(word)
        except ValueError:
            expected = "a whole number" if self.kind is int else "a number"
            raise InputError(f"{self.flag} must be {expected}, got {word!r}") from None

    def check(self, value: Any) -> None:
        """Raise InputError where a single value is out of range."""
        if self.choices and value not in self.choices:
            raise unknown(self.flag, value, self.choices)
        fits = not isinstance(value, float) or math.isfinite(value)
        fits &= self.least is None or value >= self.least
        fits &= self.above is None or value > self.above
        if not fits:
            raise InputError(f"{self.flag} must be {self._expected()}, got {value}")
        if self.most is not None and value > self.most:
            raise InputError(f"{self.flag} must be at most {self.most}, got {value}")
        if self.valid is not None:
            try:
                self.valid(value)
            except InputError:  # which names the option
                raise
            except (ValueError, TypeError) as error:
                raise InputError(f"{self.flag}: {error}") from error

    def _expected(self) -> str:
        bounds = {"at least": self.least, "above": self.above}
        words = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]
        return " and ".join([*words, *(["finite"] if self.kind is float else [])])


def option(default: Any, help: str, **declared: Any) -> Any:
    """A field of a :class:`Settings` that is an option.

    Parameters
    ----------
    default : object
        What holds where nothing is given; UNSET: it must be given.
    help : str
        One line for ``--help``; ``{default}`` stands for the default.
    least, above, most : float, optional
        The least value, or one that it must be above; the highest.
    choices : sequence of str, optional
        The values that there are.
    valid : callable, optional
        Raises ValueError or TypeError for what can't be.
    quick : object, optional
        The default with ``--quick``.
    commas : bool
        Several values stand in one word, with commas between.
    metavar : str or tuple of str, optional
    group : str, optional
        Heading under which ``--help`` lists it.
    excludes : tuple of str, optional
        Options that can't stand beside it.
    unless : str, optional
        Another option that settles this one, so that ``config.yaml`` leaves it out.
    names_code : bool
        It may be ``package.module:name``, but on a command line alone.
    """
    return field(default=default, metadata={"option": {"help": help, **declared}})


def jobs(help: str, default: int = -1) -> Any:
    """The field of a number of processes or threads."""
    return option(default, help, valid=_some_jobs)


def _some_jobs(number: int) -> None:
    if number == 0:
        raise ValueError("must not be 0: a number of them, or -1 for one a core")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Options that every study has. A study's own are fields of a subclass.

    Attributes
    ----------
    outside_identity : tuple of str
        Options that a result doesn't depend on, or that stand in its trial.
    """

    out: Path = option(Path("results"), "folder of the results ({default})")
    resume: bool = option(False, "do only what the folder has no record of")
    quick: bool = option(False, "a small run")
    pictures: str = option(
        "png", "also as vectors, svg or pdf ({default})", choices=("png", "svg", "pdf")
    )

    outside_identity: ClassVar[tuple[str, ...]] = (
        "out",
        "resume",
        "pictures",
        "seeds",
        "seed",
        "n_jobs",
    )

    @classmethod
    def from_options(cls, **given: Any) -> Self:
        """Settings from options by name; what is None or not there takes its default.

        Raises
        ------
        InputError
            Naming the option, what was expected and what came.
        """
        given = {name: value for name, value in given.items() if value is not None}
        given |= cls.derived(given)
        known = options_of(cls)
        required = [o.flag for o in known.values() if o.default is UNSET and o.name not in given]
        if required:
            raise InputError(f"{', '.join(required)} must be given")
        check_excluded(known, given)
        for name, value in given.items():
            for each in value if known[name].number != 1 else (value,):
                known[name].check(each)
        quick = {name: o.quick for name, o in known.items() if o.quick is not UNSET}
        quick = quick if given.get("quick") else {}
        settings = cls(**{**cls.usual(given), **quick, **given})
        settings.check()
        return settings

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Options that are settled by others that are given, as if they were given themselves."""
        return {}

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Defaults that depend on what is given."""
        return {}

    def check(self) -> None:
        """Raise InputError where options don't go together."""

    @property
    def all_seeds(self: Any) -> range:
        """Seeds of the repetitions, of a study that has several and says the first."""
        return range(self.seed, self.seed + self.seeds)

    def identity(self) -> dict[str, Any]:
        """What a result depends on beside its trial, ready for JSON."""
        names = [each.name for each in fields(self) if each.name not in self.outside_identity]
        return {name: plain(getattr(self, name)) for name in names}


def spelt(name: str) -> str:
    """An option's name as the command line has it, from either spelling."""
    return name.replace("_", "-")


def options_of(settings: Any) -> dict[str, Option]:
    """Options by name of a :class:`Settings`: the study's own first, then those that all have."""
    return _declared(settings)


@cache
def _declared(settings: Any) -> dict[str, Option]:
    hints = get_type_hints(settings)
    base = {each.name for each in fields(Settings)}
    declared = [each for each in fields(settings) if "option" in each.metadata]
    return {
        each.name: Option(
            name=each.name,
            default=each.default,
            **(_kind(hints[each.name]) | each.metadata["option"]),
        )
        for each in sorted(declared, key=lambda each: each.name in base)
    }


def _kind(hint: Any) -> dict[str, Any]:
    """Type, choices and number of values from an annotation."""
    if isinstance(hint, types.UnionType):
        hint = next(kind for kind in get_args(hint) if kind is not type(None))
    if get_origin(hint) is Literal:
        return {"kind": str, "choices": get_args(hint)}
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        return {"kind": kinds[0], "number": None if kinds[-1] is Ellipsis else len(kinds)}
    return {"kind": hint}


def excluding(known: Mapping[str, Option], name: str) -> list[str]:
    """Options that can't stand beside another."""
    return [
        other
        for other, each in known.items()
        if name in each.excludes or other in known[name].excludes
    ]


def check_excluded(known: Mapping[str, Option], given: Mapping[str, Any]) -> None:
    """Raise InputError where two options stand beside each other that must not."""
    there = [name for name in known if given.get(name) not in (None, False)]
    for name in there:
        for other in set(there).intersection(excluding(known, name)):
            flags = f"{known[name].flag} can't stand beside {known[other].flag}"
            raise InputError(f"{flags}: give one of them")


def configuration(settings: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a run, ready for YAML: those that were given, and what others were.

    Parameters
    ----------
    settings : Settings
        What the command made of them: it has the others under the same names.
    given : mapping
    """
    known = options_of(type(settings))
    values = {}
    for name, each in known.items():
        beside = [*excluding(known, name), each.unless]
        value = given.get(name)
        # A flag that is off is no other's matter.
        if value is None and (each.kind is bool or not any(given.get(other) for other in beside)):
            value = getattr(settings, name)
        if name != "resume" and value not in (None, ()):
            values[spelt(name)] = each.plain(value)
    return values


def plain(value: Any) -> Any:
    """A value as YAML and JSON have it: None for a number that isn't finite."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
