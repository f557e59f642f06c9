"""Colours that are told apart by people who are colour-blind (Okabe & Ito 2008)."""

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D

EXCITATORY, INHIBITORY, INPUT = "#D55E00", "#0072B2", "#555555"

#: Polarity, colour and name of the two populations.
POPULATIONS = ((True, EXCITATORY, "excitatory"), (False, INHIBITORY, "inhibitory"))


#: Area of a dot that stands for a population in a legend, in points^2.
_DOT = 40.0
#: Smallest size of a line's marker in a legend, in points: a raster's strokes are much smaller.
_MARKER = 8.0


def legend_beside(axes: Axes) -> None:
    """Put a legend to the right of the axes, where it hides nothing."""
    legend = axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):  # of dots that differ in size
            handle.set_sizes([_DOT])
        elif isinstance(handle, Line2D):
            handle.set_markersize(max(handle.get_markersize(), _MARKER))
