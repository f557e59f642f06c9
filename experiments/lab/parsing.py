"""The parser of a command line, made from the options of a :class:`Settings`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import options_of, plain
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
        words: dict[str, Any] = {"action": "store_true"}
        if each.kind is not bool:
            choices = f"{{{','.join(each.choices)}}}" if each.choices else each.name.upper()
            words = {"nargs": (each.number or "+") if each.several else 1}
            words["metavar"] = each.metavar or choices
        text = each.help.replace("{default}", str(plain(each.default))).replace("%", "%%")
        groups[each.group].add_argument(each.flag, dest=each.name, default=None, help=text, **words)
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
    flags = ["--help", "--config", *(each.flag for each in known.values())]
    for word in unknown:
        if not word.startswith("-"):
            raise InputError(f"there is no option before {word!r}")
        flag = word.partition("=")[0]
        raise InputError(f"there is no option {flag}, did you mean {nearest(flag, flags)}?")
    return {
        name: known[name].parse(words) if isinstance(words, list) else words
        for name, words in vars(parsed).items()
        if words is not None
    }
