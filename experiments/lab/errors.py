"""What the command lines say in a line."""

from collections.abc import Iterable

from lsm.base.checks import nearest


class InputError(ValueError):
    """What was asked for can't be done: said in a line, without a traceback."""


def unknown(what: str, name: str, known: Iterable[str], *, more: str = "") -> InputError:
    """What to raise for a name that is none of those that are known."""
    names = list(known)
    return InputError(
        f"{what} must be one of {', '.join(names)}{more}; got {name!r}, did you mean "
        f"{nearest(name, names)!r}?"
    )
