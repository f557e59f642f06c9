"""A study as commands, sweeps and pages know it: a question, its options, and where its parts are.

Nothing heavy is imported here, so that ``--help`` is there at once: what a study does is named by
``module:name`` and loaded when it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import fill
from typing import Any

from experiments.lab.command import run_command
from experiments.lab.errors import InputError
from experiments.lab.options import Settings
from experiments.lab.parsing import Parser, make_parser
from experiments.lab.references import load_reference

Summary = dict[str, Any]


@dataclass(frozen=True)
class Study:
    """A question with its options.

    Parameters
    ----------
    name : str
        Of its command, ``experiments/<name>.py``, and of its results.
    settings : type
        A :class:`Settings`.
    experiment : str
        ``module:name`` of a callable that makes an :class:`experiments.lab.experiment.Experiment`
        of settings.
    page : str
        ``module:name`` of a callable that makes a page of the files of a run.
    description : str
        What it does, in a line.
    epilog : str
        More for ``--help``.
    resumes : str
        What ``--resume`` does, for whoever has interrupted it.
    kinds : tuple of str
        What its summaries call it, where they have several names.
    marks : str
        A key that tells its summaries from others', where they don't say what they are of.
    metric : str
        The number of its summaries, by its place with dots, that a sweep compares runs by.
    minimise : bool
        Whether the least of that number is best.
    start : str
        What starts it on a command line, where that isn't ``python experiments/<name>.py``.
    """

    name: str
    settings: type[Settings]
    experiment: str
    page: str
    description: str
    epilog: str = ""
    resumes: str = "does what is missing"
    kinds: tuple[str, ...] = ()
    marks: str = ""
    metric: str = ""
    minimise: bool = False
    start: str = ""

    @property
    def program(self) -> str:
        """Its name in errors and on pages."""
        return f"{self.name}.py"

    @property
    def command(self) -> str:
        """What its command line begins with."""
        return self.start or f"python experiments/{self.program}"

    @cached_property
    def parser(self) -> Parser:
        """The parser of its command line, made of its settings once."""
        return make_parser(
            self.settings, prog=self.program, description=self.description, epilog=self.epilog
        )

    def is_of(self, summary: Mapping[str, Any]) -> bool:
        """Whether a summary is one of this study's."""
        if "experiment" in summary:
            return summary["experiment"] in (self.name, *self.kinds)
        return bool(self.marks) and self.marks in summary

    def run(self, given: Mapping[str, Any]) -> Summary:
        """Do what options ask for, leave results and ``config.yaml`` in a folder; the summary.

        Raises
        ------
        InputError
            Naming the option, what was expected and what came.
        """
        return load_reference("experiments.lab.experiment:perform", "study")(self, given)

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Do what a command line asks for, and return the exit status."""

        def work() -> None:
            read_options = load_reference("experiments.lab.configuration:read_options", "study")
            words = sys.argv[1:] if arguments is None else arguments
            self.run(read_options(self.settings, self.parser, words))

        return run_command(self.program, work, again=f"--resume {self.resumes}")


def listed(**groups: Mapping[str, str]) -> str:
    """Words that options take, by what they are, each with its meaning: for the end of ``--help``.

    Parameters
    ----------
    **groups
        Meanings by words.
    """
    lines = []
    for title, words in groups.items():
        lines.append(f"{title}:")
        for word, meaning in words.items():
            text = fill(meaning, 96, initial_indent=f"  {word:<16}", subsequent_indent=" " * 18)
            lines.append(text)
    return "\n".join(lines)


def load_study(reference: str) -> Study:
    """The study that ``package.module:NAME`` stands for.

    Raises
    ------
    InputError
        There is no such name, or it is no study's.
    """
    study = load_reference(reference, "--study")
    if not isinstance(study, Study):
        raise InputError(f"--study {reference} must be a Study, got {type(study).__name__}")
    return study
