"""The page: what is asked, verdicts, a table of the rules, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section
from experiments.lab.page.figures import claims_in_groups, measures_of, note, pictures, prose, table
from experiments.studies.what_when.claims import TITLES
from experiments.studies.what_when.settings import SOON

_ASKED = """\
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


_PICTURES = {
    "outputs_three_factor": "Outputs of the three-factor rule: due, mean and one trial.",
    "outputs_factored": "Outputs of the rule that learns when and what apart.",
    "amplitudes": "Amplitude by probability, and peaks by latency.",
    "switches": "Errors after a switch and back.",
    "tension": "What fast adaptation costs.",
    "angles": "Angles between what and when.",
}


def page(run: RunFiles) -> Page:
    """What is said of the rules."""
    summary = run.summary
    settings = summary["settings"]
    asked = _ASKED.format(
        latencies=" or ".join(f"{latency:g}" for latency in settings["latencies_ms"]),
        probabilities=", ".join(f"{p:g}" for p in settings["probabilities"]),
        first=summary["seeds"][0],
        last=summary["seeds"][-1],
        neurons=settings["neurons"],
        trials=settings["trials"],
    )
    caption = note("Means over seeds; no return within a block counts as its length.")
    return Page(
        title="What comes, and when",
        asked=[],
        facts={},
        sections=[
            Section("", [prose(asked)]),
            Section("Rules", [caption, _rules(summary["rules"])]),
            Section("Verdicts", claims_in_groups(summary["claims"])),
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        measures=measures_of(summary["claims"]),
        settings=settings,
    )


def _rules(rules: Mapping[str, Mapping[str, Any]]) -> Part:
    """Means over seeds of each rule."""
    heads = [
        "rule",
        "slope of amplitude on p",
        "worst peak's distance (ms)",
        "steady error",
        "back after p is switched (trials)",
        "p switched back",
        "latency switched",
        "latency switched back",
        f"way after {SOON} trials",
        "seeds that diverged",
    ]
    rows = []
    for rule, means in rules.items():
        cells = [f"{means[name]:.3g}" for name in ("slope", "peak_off_ms", "steady")]
        cells += [f"{trials:.3g}" for kind in means["recovery"].values() for trials in kind]
        rows.append([TITLES[rule], *cells, f"{means['moved']:.2f}", str(means["diverged"])])
    return table(heads, rows)
