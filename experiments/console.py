"""The command ``liquidstate``: ``liquidstate evolve --task PR12`` and the like.

Each does what ``python experiments/NAME.py`` does, from wherever the package is installed.
"""

from __future__ import annotations

from pathlib import Path

from experiments.lab.interrupts import end_quietly

#: Modules of this package, by the words that stand for them.
COMMANDS = {
    "evolve": "evolve_lsm",
    "classify": "classify",
    "forecast": "forecast",
    "balance": "ei_balance",
    "force": "force_training",
    "what-when": "what_when",
    "convert": "rate_to_spiking",
    "sweep": "sweep",
    "report": "report",
    "benchmark": "benchmark",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command, and return its exit status."""
    end_quietly()
    import sys
    from importlib import import_module

    words = sys.argv[1:] if arguments is None else arguments
    name = words[0] if words else "--help"
    if name in ("-h", "--help"):
        print("usage: liquidstate COMMAND ...\n\ncommands (each has --help):")
        for known, module in COMMANDS.items():
            print(f"  {known:<11}{_first_line(module)}")
        return 0
    if name not in COMMANDS:
        from lsm.base.checks import nearest

        near = nearest(name, COMMANDS)
        print(
            f"liquidstate: error: COMMAND must be one of {', '.join(COMMANDS)}; got {name!r}, did "
            f"you mean {near!r}?",
            file=sys.stderr,
        )
        return 2
    return int(import_module(f"experiments.{COMMANDS[name]}").main(words[1:]))


def _first_line(module: str) -> str:
    """What a module says that it does, without running it."""
    with open(Path(__file__).with_name(f"{module}.py"), encoding="utf-8") as file:
        return file.readline().strip().strip('"')
