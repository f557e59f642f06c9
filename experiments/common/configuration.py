"""Options from a YAML file (`experiments.common.yaml_files`), and the options of a run as one.

A value of the file is read as if its text stood on the command line behind the option of that
name: one set of names, types and checks serves both.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from evolution import CheckpointError
from experiments.common.errors import InputError
from experiments.common.yaml_files import FileError, Value, read_yaml
from lsm.base.checks import nearest
from lsm.base.files import atomic_path, expanded

#: What a run's configuration leaves out: how it was started, not what it did.
_ELSEWHERE = ("help", "config", "resume")


def spelt(name: str) -> str:
    """An option's name as the command line has it, from either spelling."""
    return name.replace("_", "-")


def options_by_name(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """What a file may set, by the option's name without its dashes."""
    return {
        spelt(action.dest): action
        for action in parser._actions
        if action.option_strings and action.dest not in _ELSEWHERE
    }


def command_line(
    path: Path, parser: argparse.ArgumentParser, options: Mapping[str, Value]
) -> list[str]:
    """The command line that says the same as the values of a file.

    Raises
    ------
    InputError
        An unknown name, or a value that no command line has; with the line and the nearest name.
    """
    known, arguments = options_by_name(parser), []
    for name, value in options.items():
        action = known.get(spelt(name))
        if action is None:
            raise FileError(
                path,
                value.line,
                f"unknown option {name!r}, did you mean {nearest(spelt(name), known)!r}?",
            )
        arguments += _said(path, spelt(name), action, value)
    return arguments


def _said(path: Path, name: str, action: argparse.Action, value: Value) -> list[str]:
    content = value.content
    if content is None:
        return []
    if action.nargs == 0:
        if not isinstance(content, bool):
            raise FileError(path, value.line, f"{name} must be true or false, got {value.text!r}")
        return [f"--{name}"] if content else []
    several = action.nargs is not None
    items = content if several and isinstance(content, list) else [value]
    for item in items:
        if isinstance(item.content, list | dict):
            wanted = "a list of values" if several else "one value"
            kind = "a list" if isinstance(item.content, list) else "a mapping"
            raise FileError(path, item.line, f"{name} must be {wanted}, got {kind}")
    if several:
        return [f"--{name}", *(item.text for item in items)]
    return [f"--{name}={value.text}"]


def parsed(parser: argparse.ArgumentParser, arguments: list[str]) -> dict[str, Any]:
    """Options by name from a command line; InputError where argparse would end the program."""

    def fail(message: str) -> None:
        wrong = re.match(r"argument --([\w-]+): invalid choice: '(.*?)'", message)
        if wrong:
            choices = options_by_name(parser)[wrong[1]].choices or ()
            message += f", did you mean {nearest(wrong[2], map(str, choices))!r}?"
        raise InputError(message)

    vars(parser)["error"] = fail
    try:
        return vars(parser.parse_args(arguments))
    finally:
        del vars(parser)["error"]


def line_of(error: object, options: Mapping[str, Value]) -> int:
    """The line of the first option that a message names; if there is none, of the first."""
    by_name = {spelt(name): value.line for name, value in options.items()}
    for name in re.findall(r"--([A-Za-z][\w-]*)", str(error)):
        if name in by_name:
            return by_name[name]
    return min(by_name.values(), default=1)


def read_options(
    make_parser: Callable[[], argparse.ArgumentParser], arguments: Sequence[str]
) -> dict[str, Any]:
    """Options of an experiment from its command line and the file of ``--config``.

    What stands on the command line comes before what stands in the file.

    Raises
    ------
    InputError
        Naming the file and its line.
    """
    parser = make_parser()
    parser.add_argument(
        "--config",
        type=expanded,
        metavar="FILE.yaml",
        help="options by these names; what stands on the command line as well comes first",
    )
    first = argparse.ArgumentParser(prog=parser.prog, usage=parser.format_usage(), add_help=False)
    first.add_argument("--config", type=expanded)
    path = first.parse_known_args(arguments)[0].config
    found = [] if path is None else _of_file(path, make_parser, arguments)
    options = vars(parser.parse_args([*found, *arguments]))
    return {name: value for name, value in options.items() if name != "config"}


def _of_file(
    path: Path, make_parser: Callable[[], argparse.ArgumentParser], beside: Sequence[str]
) -> list[str]:
    """The command line of a file, which by itself makes sense, but for what is required.

    Without the options that exclude one of the command line `beside` it.
    """
    file = read_yaml(path)
    if not isinstance(file.content, dict):
        raise FileError(path, file.line, "options must be 'name: value', one a line")
    parser = make_parser()
    whole = command_line(path, parser, file.content)
    for action in parser._actions:
        action.required = False
    try:
        parsed(parser, whole)
    except InputError as error:
        raise FileError(path, line_of(error, file.content), error) from error
    given = vars(parser.parse_known_args(beside)[0])
    dropped = {
        spelt(one.dest)
        for group in parser._mutually_exclusive_groups
        if any(given[one.dest] for one in group._group_actions)
        for one in group._group_actions
    }
    kept = {name: value for name, value in file.content.items() if spelt(name) not in dropped}
    return command_line(path, parser, kept)


def configuration(
    parser: argparse.ArgumentParser,
    options: Mapping[str, Any],
    settings: Any,
    brings: Mapping[str, str],
) -> dict[str, Any]:
    """All options of a run by name, ready for YAML: those that were given, and what others were.

    Parameters
    ----------
    options : mapping
        As they came, None for what was not given.
    settings : object
        What the experiment made of them: it has the others under the same names.
    brings : mapping
        Options that another one settles, and can't be given beside it, by name.
    """
    found = {}
    for action in options_by_name(parser).values():
        name, beside = action.dest, [brings.get(action.dest)]
        for group in parser._mutually_exclusive_groups:
            if action in group._group_actions:
                beside += [one.dest for one in group._group_actions if one is not action]
        value = options[name]
        if value is None and not any(options.get(one) for one in beside if one):
            value = getattr(settings, name, None)
            if isinstance(value, tuple) and action.nargs is None:
                value = ",".join(map(str, value)) or None
        if value is not None:
            found[spelt(name)] = plain(value)
    return found


def plain(value: Any) -> Any:
    """An option's value as YAML and JSON have it."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value


@contextmanager
def kept(path: Path, content: Mapping[str, Any]) -> Iterator[None]:
    """Write a configuration; another one that stood there becomes ``<name>.old``.

    If what it is for is refused, all is put back.
    """
    old = path.with_name(f"{path.name}.old")
    before = {one: one.read_text(encoding="utf-8") for one in (path, old) if one.exists()}
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    if before.get(path, text) != text:
        path.replace(old)
    _write(path, text)
    try:
        yield
    except (InputError, CheckpointError):
        for one in (path, old):
            if one in before:
                _write(one, before[one])
            else:
                one.unlink(missing_ok=True)
        raise


def _write(path: Path, text: str) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
