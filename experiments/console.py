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
    "compare": "compare",
    "forecast": "forecast",
    "balance": "ei_balance",
    "force": "force_training",
    "what-when": "what_when",
    "convert": "rate_to_spiking",
    "learn": "learn",
    "attractors": "attractors",
    "continual": "continual",
    "zero-shot": "zero_shot",
    "which-metric": "which_metric",
    "ideas": "ideas",
    "factorial": "factorial",
    "devices": "devices",
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
    if name in COMMANDS:
        return int(import_module(f"experiments.{COMMANDS[name]}").main(words[1:]))
    if name not in ("-h", "--help"):
        from experiments.lab.errors import unknown

        print(f"liquidstate: error: {unknown('COMMAND', name, COMMANDS)}", file=sys.stderr)
        return 2
    print("usage: liquidstate COMMAND ...\n\ncommands (each has --help):")
    for known, module in COMMANDS.items():
        # What a module says that it does, without running it.
        text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
        first = text.splitlines()[0].strip('"')
        print(f"  {known:<11}{first}")
    return 0
