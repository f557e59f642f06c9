"""What decisions before a sample's end are worth."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from lsm.estimators import EarlyReadouts
from lsm.plots.colours import legend_beside


def plot_decisions(
    axes: Axes,
    early: EarlyReadouts,
    *,
    confidences: Sequence[float] = (0.9, 0.95, 0.99),
    color: str | None = None,
) -> Axes:
    """Plot accuracy against the mean time of decisions, on training samples left out.

    A line for decisions that are made when they are sure, with a dot at some confidences, and a
    broken one for those that are all made at one time.

    Parameters
    ----------
    axes : matplotlib Axes
    early : EarlyReadouts
        ``early_`` of a fitted :class:`lsm.LSMClassifier`.
    confidences : sequence of float
        Between 0 and 1.
    color : str, optional
        As matplotlib has it.

    Raises
    ------
    ValueError
        A confidence outside (0, 1).
    """
    (line,) = axes.plot(
        early.policy_times_ms, early.policy_accuracies, label="when sure", color=color
    )
    same = line.get_color()
    axes.plot(
        [*early.mean_times_ms, early.policy_times_ms[-1]],
        [*early.accuracies, early.policy_accuracies[-1]],
        linestyle="--",
        label="all at one time",
        alpha=0.5,
        color=same,
    )
    for confidence in confidences:
        k = list(early.thresholds).index(early.threshold(confidence))
        place = early.policy_times_ms[k], early.policy_accuracies[k]
        axes.plot(*place, "o", color=same)
        axes.annotate(f"{confidence:g}", place, (4, -10), textcoords="offset points")
    axes.set(xlabel="mean time of decisions (ms)", ylabel="accuracy")
    legend_beside(axes)
    return axes
