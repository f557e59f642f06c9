"""Pictures of liquids. Each function draws into given axes and returns them.

- What happened: :func:`plot_raster`, :func:`plot_rates`, both together :func:`plot_activity`;
  :func:`plot_currents`; spikes alone :func:`plot_spikes`.
- What a reservoir is: :func:`plot_liquid` (2-D or 3-D), :func:`plot_distance`,
  :func:`plot_spectrum`.
- What it is worth: :func:`plot_metric`, against a parameter or a cost; :func:`plot_decisions`,
  against time; of many, :func:`plot_rows` of dots and :func:`plot_heat_map`; :func:`panels` makes
  figures of several axes for these.

Legends stand beside the axes, to their right: make figures with ``layout="constrained"``, which
leaves room for them.
"""

from lsm.plots.activity import plot_activity, plot_currents, plot_raster, plot_rates, plot_spikes
from lsm.plots.colours import EXCITATORY, INHIBITORY, INPUT
from lsm.plots.decisions import plot_decisions
from lsm.plots.metrics import plot_metric
from lsm.plots.panels import panels, plot_heat_map, plot_rows
from lsm.plots.structure import plot_distance, plot_liquid, plot_spectrum

__all__ = [
    "EXCITATORY",
    "INHIBITORY",
    "INPUT",
    "panels",
    "plot_activity",
    "plot_currents",
    "plot_decisions",
    "plot_distance",
    "plot_heat_map",
    "plot_liquid",
    "plot_metric",
    "plot_raster",
    "plot_rates",
    "plot_rows",
    "plot_spectrum",
    "plot_spikes",
]
