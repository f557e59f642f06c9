"""The parser of a command line, made from the options of a :class:`Settings`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import UNSET, options_of, plain
from lsm.base.checks import nearest
from lsm.base.files import expanded


class Parser(argparse.ArgumentParser):
    """Says what is wrong by InputError, rather than ending the program."""

    def error(self, message: str) -> Any:
        """Raise InputError with what argparse has to say."""
        raise InputError(message)


def make_parser(settings: type, *, prog: str, description: str, epilog: str = "") -> Parser:
    """The parser of a command, which leaves words as they are."""
    parser = Parser(
        prog=prog,
        description=description,
        epilog=epilog or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    groups: dict[str, Any] = {"": parser}
    for each in options_of(settings).values():
        if each.group not in groups:
            groups[each.group] = parser.add_argument_group(each.group)
        shown = {"default": plain(each.default)} if each.default is not UNSET else {}
        text = each.help.replace("{default}", str(shown.get("default", "")))
        words: dict[str, Any] = {"action": "store_true"}
        if each.kind is not bool:
            words = {"nargs": ("+" if each.number is None else each.number) if each.several else 1}
            words["metavar"] = each.metavar or (
                f"{{{','.join(each.choices)}}}" if each.choices else each.name.upper()
            )
        groups[each.group].add_argument(
            each.flag, dest=each.name, default=None, help=text.replace("%", "%%"), **words
        )
    parser.add_argument(
        "--config",
        type=expanded,
        metavar="FILE.yaml",
        help="options by these names; what stands on the command line as well comes first",
    )
    return parser


def parse(settings: type, parser: Parser, arguments: Sequence[str]) -> dict[str, Any]:
    """Options that stand on a command line, by name, and what the parser knows beside them.

    Raises
    ------
    InputError
        An option that there isn't, with the nearest; a value that can't be.
    """
    known = options_of(settings)
    parsed, unknown = parser.parse_known_args(list(arguments))
    words = vars(parsed)
    for word in unknown:
        flag = word.partition("=")[0]
        near = nearest(flag, ["--help", "--config", *(each.flag for each in known.values())])
        raise InputError(
            f"there is no option {flag}, did you mean {near}?"
            if flag.startswith("-")
            else f"there is no option before {word!r}"
        )
    given = {
        name: known[name].parse(value) if isinstance(value, list) and name in known else value
        for name, value in words.items()
    }
    return {name: value for name, value in given.items() if value is not None}
