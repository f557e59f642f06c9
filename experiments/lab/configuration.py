"""Options from a YAML file (`experiments.lab.yaml_files`), and the file that a run leaves.

A value of a file is read as if its text stood on the command line behind the option of that name:
one set of names, types and checks serves both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from experiments.lab.errors import InputError
from experiments.lab.options import (
    Option,
    Settings,
    check_excluded,
    configuration,
    excluding,
    options_of,
    spelt,
)
from experiments.lab.parsing import Parser, parse
from experiments.lab.references import is_reference
from experiments.lab.results import run_folder
from experiments.lab.yaml_files import Value, read_yaml
from lsm.base.checks import nearest
from lsm.base.files import LoadError, write_text


def options_of_file(settings: type, contents: Mapping[str, Value]) -> dict[str, Any]:
    """Options by name from the values of a file.

    Raises
    ------
    InputError
        An unknown name, or a value that can't be; with the line and the nearest name.
    """
    known = {spelt(name): each for name, each in options_of(settings).items() if name != "resume"}
    given = {}
    for name, value in contents.items():
        if spelt(name) not in known:
            near = nearest(spelt(name), known)
            raise value.refused(f"unknown option {name!r}, did you mean {near!r}?")
        option = known[spelt(name)]
        if (parsed := _value(option, value)) is not None:
            given[option.name] = parsed
    try:
        check_excluded(options_of(settings), given)
    except InputError as error:
        raise at_its_line(error, contents) from error
    return given


def _value(option: Option, value: Value) -> Any:
    """What an option is by a value; None where it isn't given, or a flag that is off."""
    name = spelt(option.name)
    if value.content is None:
        return None
    if option.kind is bool:
        if not isinstance(value.content, bool):
            raise value.refused(f"{name} must be true or false, got {value.text!r}")
        return value.content or None
    for item in value.items if option.several else [value]:
        if isinstance(item.content, list | dict):
            expected = "a list of values" if option.several else "one value"
            kind = "a list" if isinstance(item.content, list) else "a mapping"
            raise item.refused(f"{name} must be {expected}, got {kind}")
        if option.names_code and is_reference(item.text):
            raise item.refused(
                f"{name} names code to run, {item.text}, which no file may: give it on the command "
                "line"
            )
    try:
        return option.parse([item.text for item in value.items])
    except InputError as error:
        raise value.refused(error) from error


def at_its_line(error: InputError, options: Mapping[str, Value]) -> InputError:
    """An error with the line of the first option that it names; if there is none, of the first."""
    by_name = {spelt(name): value for name, value in options.items()}
    names = [name for name in re.findall(r"--([A-Za-z][\w-]*)", str(error)) if name in by_name]
    first = min(by_name.values(), key=lambda value: value.line)
    return (by_name[names[0]] if names else first).refused(error)


def read_options(settings: type, parser: Parser, arguments: Sequence[str]) -> dict[str, Any]:
    """Options of a command from its command line and the file of ``--config``.

    What stands on the command line comes before what stands in the file, and before what can't
    stand beside it there.

    Raises
    ------
    InputError
        Naming the file and its line.
    """
    given = parse(settings, parser, arguments)
    path = given.pop("config", None)
    if path is None:
        return given
    known = options_of(settings)
    filed = options_of_file(settings, read_yaml(path).mapping("options"))
    dropped = {other for name in given if name in known for other in excluding(known, name)}
    return {name: value for name, value in filed.items() if name not in dropped} | given


@contextmanager
def kept(settings: Settings, given: Mapping[str, Any]) -> Iterator[Path]:
    """Make the folder of a run, and leave its ``config.yaml`` there.

    Another one that stood there becomes ``config.yaml.old``. If the run is refused, both are put
    back, and a folder goes again that has nothing else.
    """
    from evolution import CheckpointError

    refusals = (InputError, CheckpointError, LoadError)
    text = yaml.safe_dump(configuration(settings, given), sort_keys=False, allow_unicode=True)
    with run_folder(settings.out, refusals) as folder:
        new, old = folder / "config.yaml", folder / "config.yaml.old"
        before = {path: path.read_text(encoding="utf-8") for path in (new, old) if path.exists()}
        if before.get(new, text) != text:
            new.replace(old)
        write_text(new, text)
        try:
            yield folder
        except refusals:
            for path in (new, old):
                path.unlink(missing_ok=True)
            for path, content in before.items():
                write_text(path, content)
            raise
