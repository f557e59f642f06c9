"""Colours that are told apart by people who are colour-blind (Okabe & Ito 2008)."""

from matplotlib.axes import Axes

EXCITATORY, INHIBITORY, INPUT = "#D55E00", "#0072B2", "#555555"

#: Polarity, colour and name of the two populations.
POPULATIONS = ((True, EXCITATORY, "excitatory"), (False, INHIBITORY, "inhibitory"))


def legend_beside(axes: Axes) -> None:
    """A legend to the right of the axes, where it hides nothing."""
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
