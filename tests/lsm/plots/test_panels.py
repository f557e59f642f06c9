"""Figures of several panels, texts of heat maps, rows of dots."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lsm.plots import panels, plot_heat_map, plot_rows


@pytest.mark.parametrize(("n", "size"), [(2, (6, 2)), (4, (9, 4))])
def test_panels_stand_in_rows_without_empty_ones(n, size):
    figure, axes = panels(n, width=3, height=2)
    assert len(axes) == len(figure.axes) == n
    assert tuple(figure.get_size_inches()) == size


def test_a_heat_map_has_texts_that_stand_out():
    axes = Figure().subplots()
    values = np.array([[0.0, 1.0], [np.nan, 1.0]])
    texts = np.array([["dark", "light"], ["", "light"]])
    bold = np.array([[True, False], [False, False]])
    plot_heat_map(
        axes, values, rows=["a", "b"], columns=["c", "d"], texts=texts, bold=bold, cmap="gray"
    )
    drawn = {text.get_text(): (text.get_color(), text.get_fontweight()) for text in axes.texts}
    assert drawn["dark"] == ("white", "bold")
    assert drawn["light"] == ("black", "normal")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_rows_have_their_values_and_a_bar_at_the_mean():
    axes = Figure().subplots()
    plot_rows(axes, {"first": [1, 3], "second": [5]}, label="runs")
    dots, mean, *_ = axes.lines
    assert dots.get_xdata().tolist() == [1, 3]
    assert mean.get_xdata().tolist() == [2]
    assert [line.get_label() for line in axes.lines].count("runs") == 1
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]
    assert axes.yaxis_inverted()


@pytest.mark.parametrize(("minimise", "names"), [(None, "abc"), (False, "bca"), (True, "acb")])
def test_rows_may_be_sorted_and_keep_their_colours(minimise, names):
    axes = Figure().subplots()
    rows = {"a": [1, 2], "b": [3], "c": [2]}
    plot_rows(axes, rows, colours=["red", "blue", "green"], mean=False, minimise=minimise)
    assert "".join(label.get_text() for label in axes.get_yticklabels()) == names
    colours = {"a": "red", "b": "blue", "c": "green"}
    assert [line.get_color() for line in axes.lines] == [colours[name] for name in names]
    assert [line.get_xdata()[0] for line in axes.lines] == [rows[name][0] for name in names]


def test_what_does_not_fit_is_refused(axes):
    with pytest.raises(ValueError, match="n and columns must be at least 1, got 0 and 3"):
        panels(0, width=3, height=2)
    with pytest.raises(ValueError, match=r"shape \(rows, columns\), \(1, 2\), got"):
        plot_heat_map(
            axes, np.zeros((2, 2)), rows=["a"], columns=["b", "c"], texts=np.full((2, 2), "")
        )
