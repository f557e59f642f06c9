"""YAML files of options, with the lines of their values, read without trusting them.

A file is small and a tree: aliases, by which a few lines stand for billions of values, are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from experiments.lab.errors import InputError

#: Characters of a file, and values within each other.
_LENGTH, _DEPTH = 100_000, 20


@dataclass(frozen=True)
class Value:
    """A value of a YAML file.

    Parameters
    ----------
    content : scalar, list of Value or dict of str to Value
    line : int
        Where it begins, or where its name stands; from 1.
    text : str
        A scalar as it is written.
    """

    content: Any
    line: int
    text: str = ""


class FileError(InputError):
    """What a file asks for can't be done; says which line does."""

    def __init__(self, path: Path, line: int, message: object) -> None:
        super().__init__(f"{path}:{line}: {message}")


class _Loader(yaml.SafeLoader):
    """Refuses aliases, and what is nested too deeply, where they stand."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            column = event.start_mark.column + 1
            problem = f"the alias *{event.anchor} in column {column}: write out what it stands for"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        if self.depth == _DEPTH:
            problem = f"values within more than {_DEPTH} others"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


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
        if len(text) > _LENGTH:
            raise InputError(f"{path} must have at most {_LENGTH} characters")
        loader = _Loader(text)
        node = loader.get_single_node()
        return Value({}, 1) if node is None else _value(path, loader, node)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = error.problem or error.context
        raise FileError(path, mark.line + 1 if mark else 1, f"not YAML: {message}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is not YAML: {' '.join(str(error).split())}") from error


def _value(path: Path, loader: yaml.SafeLoader, node: yaml.Node) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Value([_value(path, loader, one) for one in node.value], line)
    if isinstance(node, yaml.MappingNode):
        content: dict[str, Value] = {}
        for key, value in node.value:
            name, at = key.value, key.start_mark.line + 1
            if not isinstance(name, str):
                raise FileError(path, at, "a key must be a name")
            if name in content:
                raise FileError(path, at, f"{name!r} is there twice")
            content[name] = replace(_value(path, loader, value), line=at)
        return Value(content, line)
    try:
        return Value(loader.construct_object(node), line, node.value)
    except ValueError as error:  # a date that there isn't
        raise FileError(path, line, error) from error
