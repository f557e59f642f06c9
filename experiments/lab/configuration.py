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
from experiments.lab.options import Option, check_excluded, excluding, options_of, spelt
from experiments.lab.parsing import Parser, parse
from experiments.lab.references import is_reference
from experiments.lab.yaml_files import FileError, Value, read_yaml
from lsm.base.checks import nearest
from lsm.base.files import LoadError, atomic_path


def options_of_file(path: Path, settings: type, contents: Mapping[str, Value]) -> dict[str, Any]:
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
            raise FileError(
                path,
                value.line,
                f"unknown option {name!r}, did you mean {nearest(spelt(name), known)!r}?",
            )
        each = known[spelt(name)]
        if value.content is not None:
            given[each.name] = _value(path, each, value)
    try:
        check_excluded(options_of(settings), given)
    except InputError as error:
        raise FileError(path, line_of(error, contents), error) from error
    return given


def _value(path: Path, option: Option, value: Value) -> Any:
    content, name = value.content, spelt(option.name)
    if option.kind is bool:
        if not isinstance(content, bool):
            raise FileError(path, value.line, f"{name} must be true or false, got {value.text!r}")
        return content or None
    items = content if option.several and isinstance(content, list) else [value]
    for item in items:
        if isinstance(item.content, list | dict):
            expected = "a list of values" if option.several else "one value"
            kind = "a list" if isinstance(item.content, list) else "a mapping"
            raise FileError(path, item.line, f"{name} must be {expected}, got {kind}")
    for item in items:
        if option.names_code and is_reference(item.text):
            raise FileError(
                path,
                item.line,
                f"{name} names code to run, {item.text}, which no file may: give it on the command "
                "line",
            )
    try:
        return option.parse([item.text for item in items])
    except InputError as error:
        raise FileError(path, value.line, error) from error


def line_of(error: object, options: Mapping[str, Value]) -> int:
    """The line of the first option that a message names; if there is none, of the first."""
    by_name = {spelt(name): value.line for name, value in options.items()}
    for name in re.findall(r"--([A-Za-z][\w-]*)", str(error)):
        if name in by_name:
            return by_name[name]
    return min(by_name.values(), default=1)


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
    file = read_yaml(path)
    if not isinstance(file.content, dict):
        raise FileError(path, file.line, "options must be 'name: value', one a line")
    known = options_of(settings)
    filed = options_of_file(path, settings, file.content)
    dropped = {other for name in given if name in known for other in excluding(known, name)}
    return {name: value for name, value in filed.items() if name not in dropped} | given


@contextmanager
def kept(path: Path, content: Mapping[str, Any]) -> Iterator[None]:
    """Write a configuration; another one that stood there becomes ``<name>.old``.

    If what it is for is refused, all is put back.
    """
    from evolution import CheckpointError

    old = path.with_name(f"{path.name}.old")
    before = {each: each.read_text(encoding="utf-8") for each in (path, old) if each.exists()}
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    if before.get(path, text) != text:
        path.replace(old)
    _write(path, text)
    try:
        yield
    except (InputError, CheckpointError, LoadError):
        for each in (path, old):
            if each in before:
                _write(each, before[each])
            else:
                each.unlink(missing_ok=True)
        raise


def _write(path: Path, text: str) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
