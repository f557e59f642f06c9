"""Results as a page: one HTML file with everything in it, made from the files of a finished run.

A study makes a :class:`Page` of the files of a run (:class:`RunFiles`): its question, the numbers
that answer it, and sections of parts, which `figures` makes. :func:`write_page` makes
``report.html`` of it, at the run's end or years later; :func:`write_comparison` sets several runs
side by side; `liquid` and `states` draw a liquid and its states, and `tested` keeps what a page
shows of test samples. Nothing is loaded from anywhere, and a page's own policy forbids it: pictures
are inlined, and figures are drawn by some 300 lines of script (plotly.js alone has 4.5 MB).
"""

from experiments.lab.page.contents import Page, Part, Section, Value, percent, percents, points
from experiments.lab.page.rendering import page_of, write_comparison, write_page
from experiments.lab.results import RunFiles, read_run

__all__ = [
    "Page",
    "Part",
    "RunFiles",
    "Section",
    "Value",
    "page_of",
    "percent",
    "percents",
    "points",
    "read_run",
    "write_comparison",
    "write_page",
]
