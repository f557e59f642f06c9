"""What pictures of several studies share: a style and its colours."""

import re
from dataclasses import replace

from matplotlib import rcParams
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS, style
from experiments.lab.page.figures import environment
from tests.experiments import brief_study

#: Figures and lines that were drawn.
DRAWN = []


class Drawing(brief_study.Brief):
    def figures(self, summary, records):
        return {"a": self.plot}

    def plot(self):
        figure = Figure()
        axes = figure.subplots()
        DRAWN.append((figure, axes.plot([0, 1])[0]))
        return figure


def test_pictures_of_a_run_have_one_style_and_others_their_own(tmp_path):
    drawing = replace(brief_study.STUDY, experiment=f"{__name__}:Drawing")
    before = dict(rcParams)
    assert drawing.main(["--out", str(tmp_path), "--pictures", "svg"]) == 0
    assert dict(rcParams) == before
    ((figure, line),) = DRAWN
    assert not figure.axes[0].spines["top"].get_visible()
    assert figure.get_constrained_layout()
    assert to_hex(line.get_color()) == COLOURS[0]
    assert f"stroke: {COLOURS[0]}" in (tmp_path / "a.svg").read_text()


def test_charts_of_pages_have_the_colours_of_pictures():
    script = environment.get_template("charts.js").render()
    assert re.findall(r"#\w{6}", script)[: len(COLOURS)] == COLOURS
    with style():
        assert rcParams["axes.prop_cycle"].by_key()["color"] == COLOURS
