"""A page in Markdown: verdicts, a table of the rules, and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.lab.results import write_text
from experiments.studies.what_when.claims import TITLES, sentence
from experiments.studies.what_when.settings import SOON

_HEAD = """# What comes, and when

After Yamada & Chao (arXiv 2510.14382), of whose work only the abstract was at hand: not a
reproduction. After a cue comes A or B, {latencies} ms later; p of A is one of {probabilities}.
Seeds {first} to {last}, {neurons} neurons, blocks of {trials} trials; p or the latency is switched
after one block and back after the next. All rules learn from the same states, online.

- **three-factor**: dw = eta g(t) (y* - y) r, normalised by r'r; the gate g is a floor, more where
  an outcome comes or is expected (its bump, or the sum of both outputs), 1 at most. Plain LMS:
  g = 1. Rates and strengths of all rules were chosen on seeds 100 to 102.
- **FORCE**: recursive least squares, whose matrix P says how much there is still to learn; with
  forgetting old trials count less and less, a reset of P starts anew with the weights as they are.
- **when online x what consolidated**: one output learns when, by that rule; two others learn what,
  from a replay of the trial with the outcome as constant target, and keep a share of it; an output
  is the product of both.
- **error**: root mean square of outputs less the bumps weighted by probability, over that of those
  bumps: an outcome's own chance has no part in what is expected. *Steady*: the second half of the
  first block. *Back*: the first trial at which the last 5 had at most 1.1 times the steady error.
  A rule whose steady error is near 1 says next to nothing, and comes back to that at once; so
  see the *way*: how far outputs have come from the last block's expectation (0) to their own (1).
- **amplitude**: mean output in the second half of a block, at the time at which the sum of both
  outputs is largest, which is the *peak*.
- **what, when**: two cues, of which one announces A and the other B; planes of w_A - w_B and of
  w_A + w_B at both latencies. The rule that learns when and what apart has weights for either.

An amplitude that averages n outcomes takes about n trials to follow a switch: what adapts in 20
trials holds the chance of the last 20 outcomes, and has a larger steady error (tension.png).

"""


def table(rules: Mapping[str, Mapping[str, Any]]) -> str:
    """Means over seeds of each rule, in Markdown."""
    lines = [
        "| rule | slope of amplitude on p | worst peak's distance (ms) | steady error "
        "| back after p is switched (trials) | p switched back | latency switched "
        f"| latency switched back | way after {SOON} trials | seeds that diverged |",
        "|" + "---|" * 10,
    ]
    for rule, found in rules.items():
        cells = [f"{found[name]:.3g}" for name in ("slope", "peak_off_ms", "steady")]
        cells += [f"{trials:.3g}" for kind in found["recovery"].values() for trials in kind]
        cells += [f"{found['moved']:.2f}", str(found["diverged"])]
        lines.append(f"| {TITLES[rule]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def verdicts(claims: Sequence[Mapping[str, Any]]) -> str:
    """All claims as lines for a person."""
    lines = []
    for group in dict.fromkeys(claim["group"] for claim in claims):
        lines.append(f"{group}?")
        lines += [f"  {sentence(claim)}" for claim in claims if claim["group"] == group]
    return "\n".join(lines)


def write_report(path: Path, summary: Mapping[str, Any], pictures: Sequence[Path]) -> None:
    """Write the page; pictures lie beside it."""
    settings = summary["settings"]
    head = _HEAD.format(
        latencies=" or ".join(f"{latency:g}" for latency in settings["latencies_ms"]),
        probabilities=", ".join(f"{p:g}" for p in settings["probabilities"]),
        first=summary["seeds"][0],
        last=summary["seeds"][-1],
        neurons=settings["neurons"],
        trials=settings["trials"],
    )
    shown = "\n\n".join(f"![{picture.stem}]({picture.name})" for picture in pictures)
    text = (
        f"{head}## Rules\n\nMeans over seeds; no return within a block counts as its length.\n\n"
        f"{table(summary['rules'])}\n\n## Verdicts\n\nMeans and 95 % intervals over seeds.\n\n"
        f"```\n{verdicts(summary['claims'])}\n```\n\n## Pictures\n\n{shown}\n"
    )
    write_text(path, text)
