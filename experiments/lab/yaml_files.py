"""YAML files of options, with the lines of their values, read without trusting them.

A file is small and a tree: aliases, by which a few lines stand for billions of values, are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from experiments.lab.errors import InputError
from lsm.base.checks import nearest

#: Characters of a file, and values within each other.
_LENGTH, _DEPTH = 100_000, 20


@dataclass(frozen=True)
class Value:
    """A value of a YAML file.

    Parameters
    ----------
    content : scalar, list of Value or dict of str to Value
    path : Path
        Of the file.
    line : int
        Where it begins, or where its name stands; from 1.
    text : str
        A scalar as it is written.
    """

    content: Any
    path: Path
    line: int = 1
    text: str = ""

    @property
    def items(self) -> list[Value]:
        """The values of a list; of anything else itself."""
        return self.content if isinstance(self.content, list) else [self]

    def refused(self, message: object) -> InputError:
        """What to raise for what can't be done, with the line of the file."""
        return InputError(f"{self.path}:{self.line}: {message}")

    def mapping(
        self, what: str, known: Sequence[str] = (), needed: Sequence[str] = ()
    ) -> Mapping[str, Value]:
        """The values of a mapping by their names.

        Raises
        ------
        InputError
            It is none, has another name than those that are known, or lacks one that is needed.
        """
        if not isinstance(self.content, dict):
            raise self.refused(f"{what} must be 'name: value', one a line")
        for name, value in self.content.items():
            if known and name not in known:
                near = nearest(name, known)
                raise value.refused(f"{what} has no {name!r}, did you mean {near!r}?")
        if missing := [name for name in needed if name not in self.content]:
            raise self.refused(f"{what} needs {missing[0]}")
        return self.content


def read_yaml(path: Path) -> Value:
    """Read a file.

    Raises
    ------
    InputError
        It can't be read; it isn't YAML; it has an alias, is too long or too deep; a key is there
        twice or is no text.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_LENGTH + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # no text
        raise InputError(f"{path} is not YAML: {error}") from error
    if len(text) > _LENGTH:
        raise InputError(f"{path} must have at most {_LENGTH} characters")
    try:
        _check_events(path, text)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        return Value({}, path) if node is None else _value(path, loader, node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Value(None, path, mark.line + 1 if mark else 1)
        raise place.refused(f"not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {' '.join(str(error).split())}") from error


def _check_events(path: Path, text: str) -> None:
    """Refuse aliases, and what is nested too deeply, where they stand."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        place = Value(None, path, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            alias = f"*{event.anchor} in column {event.start_mark.column + 1}"
            raise place.refused(f"not YAML: the alias {alias}: write out what it stands for")
        if depth > _DEPTH:
            raise place.refused(f"not YAML: values within more than {_DEPTH} others")


def _value(path: Path, loader: yaml.SafeLoader, node: yaml.Node) -> Value:
    place = Value(None, path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return replace(place, content=[_value(path, loader, each) for each in node.value])
    if isinstance(node, yaml.MappingNode):
        content: dict[str, Value] = {}
        for key, value in node.value:
            name = _value(path, loader, key)
            if not isinstance(key.value, str):
                raise name.refused("a key must be a name")
            if key.value in content:
                raise name.refused(f"{key.value!r} is there twice")
            content[key.value] = replace(_value(path, loader, value), line=name.line)
        return replace(place, content=content)
    try:
        return replace(place, content=loader.construct_object(node), text=node.value)
    except ValueError as error:  # a date that there isn't
        raise place.refused(error) from error
