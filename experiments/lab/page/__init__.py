"""Results as a page: one HTML file with everything in it, made from the files of a finished run.

:func:`write_page` makes ``report.html`` of a run's folder, at the run's end or years later;
:func:`write_comparison` sets several runs side by side; :func:`write_tested` keeps what a page
shows of test samples. Nothing is loaded from anywhere, and a page's own policy forbids it: pictures
are inlined, and figures are drawn by some 300 lines of script (plotly.js alone has 4.5 MB).

``runs`` reads folders, ``contents`` are what a page has, ``figures`` and ``liquid`` make its
figures, ``rendering`` fills the templates; the other modules know an experiment each.
"""

from experiments.lab.page.rendering import write_comparison, write_page
from experiments.lab.page.runs import read_run
from experiments.lab.page.tested import write_tested

__all__ = ["read_run", "write_comparison", "write_page", "write_tested"]
