"""The page of a benchmark: a section for each part that was measured."""

from __future__ import annotations

from experiments.benchmarks.parts import parts_of
from experiments.lab.page import Page, RunFiles, Section
from experiments.lab.page.figures import picture


def page(run: RunFiles) -> Page:
    """What is said of the parts, with their pictures first: of the peers there are forty tables."""
    sections = []
    for name, part in parts_of(run.summary).items():
        paths = sorted(run.folder.glob(f"{name}*.png"))
        pictures = [picture(path, part.title) for path in paths]
        report = part.report(run.summary[name])
        sections.append(Section(part.title, [*pictures, *report]))
    return Page(
        title="Benchmark",
        asked=["What a liquid costs, and whether it is what others have."],
        facts={},
        sections=sections,
        settings={name: run.summary[name] for name in ("seed", "quick")},
    )
