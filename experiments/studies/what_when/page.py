"""The page: what is asked, verdicts, a table of the rules, and pictures."""

from __future__ import annotations

from experiments.lab.page import Page, RunFiles, Section, figures
from experiments.lab.page.contents import in_words
from experiments.studies.what_when.claims import TITLES
from experiments.studies.what_when.settings import SOON

#: Heads of the table of rules, and what stands below each.
_COLUMNS = {
    "rule": "{title}",
    "slope of amplitude on p": "{slope:.3g}",
    "worst peak's distance (ms)": "{peak_off_ms:.3g}",
    "steady error": "{steady:.3g}",
    "back after p is switched (trials)": "{recovery[probability][0]:.3g}",
    "p switched back": "{recovery[probability][1]:.3g}",
    "latency switched": "{recovery[latency][0]:.3g}",
    "latency switched back": "{recovery[latency][1]:.3g}",
    f"way after {SOON} trials": "{moved:.2f}",
    "seeds that diverged": "{diverged}",
}
_PICTURES = {
    "outputs_three_factor": "Outputs of the three-factor rule: due, mean and one trial.",
    "outputs_factored": "Outputs of the rule that learns when and what apart.",
    "amplitudes": "Amplitude by probability.",
    "switches": "Errors after a switch and back.",
    "tension": "What fast adaptation costs.",
    "angles": "Angles between what and when.",
}


def page(run: RunFiles) -> Page:
    """What is said of the rules."""
    summary = run.summary
    settings = summary["settings"]
    first, last = summary["seeds"][0], summary["seeds"][-1]
    p = in_words(settings["probabilities"])
    asked = figures.prose_of(__file__, "asked", **settings, p=p, first=first, last=last)
    caption = figures.note("Means over seeds; no return within a block counts as its length.")
    rules = [{"title": TITLES[rule], **means} for rule, means in summary["rules"].items()]
    return Page(
        title="What comes, and when",
        asked=[],
        facts={},
        sections=[
            Section("", [asked]),
            Section("Rules", [caption, figures.table_of(_COLUMNS, rules)]),
            Section("Verdicts", figures.claims_in_groups(summary["claims"])),
            Section("Pictures", figures.pictures(run.folder, _PICTURES)),
        ],
        measures=figures.measures_of(summary["claims"]),
        settings=settings,
    )
