"""Pictures of slow against fast learning, and the report they are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from experiments.lab.results import write_figure, write_text
from experiments.studies.force.comparing_claims import report
from experiments.studies.force.comparing_pairs import ANY_RATE, KINDS
from experiments.studies.force.comparing_table import ANY_TEMPO, Grid, Pair, grid, points_of
from experiments.studies.force.measures import LEARNED
from experiments.studies.force.pictures import heat_map

_NAMES = {"lif": "LIF", "rate": "rate"}
_DECODERS = {"lif": ("LIF", "rate's"), "rate": ("rate", "LIF's")}
_LABELS = {
    "own": "{}:\nits own",
    "exchanged": "{}:\nthe {}",
    ANY_TEMPO: "{}:\nthe {},\nany tempo",
    "exchanged_taught": "{}:\nthe {},\ntaught",
}
_COLOURS = {"slow": "#0072B2", "fast": "#D55E00"}
_CAPTIONS = {
    "errors": "Errors after slow and fast learning. A line is a seed; dotted: below it a network "
    "has learned.",
    "grid": "Means over seeds at each point of the grid: errors as logarithms, those above 1 as 1.",
    "decoders": "Decoder weights of the same neurons in both networks, first seed.",
    "exchange": "Errors of each network with its own decoder, with the other's, and with that one "
    "where another tempo is forgiven or the target is fed back. A dot is a seed, a bar the mean of "
    "logarithms.",
}
_TITLES = {
    "errors": "errors by speed of learning",
    "grid": "the grid of G and Q",
    "decoders": "decoders",
    "exchange": "exchanged decoders",
}
_HEAD = """# Slow against fast learning: {task}

A spiking LIF network and the rate network matched to it, trained by FORCE with the same weights and
encoder, after Newton & Nicola 2025, PLoS Computational Biology. {neurons} neurons each learn from
{begin:g} to {end:g} s, every {learn_every_ms:g} ms, and then run alone; errors are taken over
{test_ms:g} ms, which begin {settle_ms:g} ms later. Seeds {seed} to {last}.

- **error**: NRMSE; for targets with a period after the best shift in time and change of tempo of up
  to 5 %. 0 is perfect, 1, the most that is counted, what an output that says nothing has.
- **decoder**: weights from neurons to outputs. *Exchanged*: each network runs with the other's.
  *Any tempo* forgives up to {any_tempo:g} %; *target fed back*: instead of the output.
- **slow, fast**: alpha, the inverse of the ridge penalty with which learning starts.
- **most correlated point**: chosen for each half of the seeds by the other half; the G and Q beside
  it are the choice of all seeds.

```
{verdicts}
```

G: strength of the recurrent weights; Q: of the feedback. Means over seeds, of errors as logarithms.
"""
#: Columns of the report's table.
_COLUMNS = {
    "lif_own": "LIF: error",
    "rate_own": "rate: error",
    "lif_exchanged": "LIF: with the rate's decoder",
    "rate_exchanged": "rate: with the LIF's decoder",
    "lif_exchanged_any_tempo": "LIF: exchanged, any tempo",
    "rate_exchanged_any_tempo": "rate: exchanged, any tempo",
    "lif_exchanged_taught": "LIF: exchanged, target fed back",
    "rate_exchanged_taught": "rate: exchanged, target fed back",
    "lif_tempo": "LIF: tempo when exchanged",
    "rate_tempo": "rate: tempo when exchanged",
    "correlation": "correlation of decoders",
    "lif_rate_Hz": "LIF: firing rate (Hz)",
    "rate_rate_Hz": "rate: firing rate (Hz)",
    "both_learned": "seeds in which both learned",
}


def draw(folder: Path, pairs: Sequence[Pair], summary: Mapping[str, Any]) -> list[Path]:
    """Write all pictures, and return their paths."""
    grids = {
        speed: grid(pairs, speed) for speed in dict.fromkeys(pair.place.speed for pair in pairs)
    }
    points = points_of(pairs)
    places: dict[tuple[float, float], dict[str, None]] = {}  # what each is, in order, once
    for claim in summary["claims"]:
        if "G" in claim:
            places.setdefault((claim["G"], claim["Q"]), {})[claim["place"]] = None
    columns = [points.index(point) for point in places] or [0]
    titles = [f"G {points[k][0]:g}, Q {points[k][1]:g}" for k in columns]
    for k, names in enumerate(places.values()):
        titles[k] += f" ({', '.join(names)})"
    figures = {
        "errors": _errors(grids, columns, titles),
        "grid": _grid(grids, points),
        "decoders": _decoders(pairs, points[columns[0]]),
        "exchange": _exchange(grids, columns, titles),
    }
    paths = []
    for name, figure in figures.items():
        figure.suptitle(f"{summary['task']}: {_TITLES[name]}")
        paths.append(folder / f"{name}.png")
        write_figure(paths[-1], figure)
    return paths


def _errors(grids: Mapping[str, Grid], columns: Sequence[int], titles: Sequence[str]) -> Figure:
    """A panel for each place, in it both networks, slow and fast."""
    figure, panels = _panels(len(columns))
    for axes, column, title in zip(panels, columns, titles, strict=True):
        for k, kind in enumerate(KINDS):
            values = np.stack(
                [one.errors["own"][kind][:, column] for one in grids.values()], axis=1
            )
            places = k * (len(grids) + 1) + np.arange(len(grids))
            axes.plot(places, values.T, color="#999999", linewidth=0.8)
            for place, speed, column_values in zip(places, grids, values.T, strict=True):
                label = speed if k == 0 else None
                axes.plot(
                    [place] * len(values),
                    column_values,
                    "o",
                    ms=5,
                    label=label,
                    color=_COLOURS[speed],
                )
        _error_axis(axes, title)
        width = len(grids) + 1
        axes.set_xticks(
            [k * width + (len(grids) - 1) / 2 for k in range(len(KINDS))],
            [f"{_NAMES[kind]} network" for kind in KINDS],
        )
    panels[0].legend(frameon=False)
    return figure


def _exchange(grids: Mapping[str, Grid], columns: Sequence[int], titles: Sequence[str]) -> Figure:
    """A panel for each place: each network in each test."""
    figure, panels = _panels(len(columns), width=6.5)
    tests = [(kind, test) for kind in KINDS for test in _LABELS]
    for axes, column, title in zip(panels, columns, titles, strict=True):
        for j, (speed, one) in enumerate(grids.items()):
            look: dict[str, Any] = {"color": _COLOURS[speed]}
            shift = 0.3 * (j - (len(grids) - 1) / 2)
            for place, (kind, test) in enumerate(tests):
                values = one.errors[test][kind][:, column]
                values = values[np.isfinite(values)]
                axes.plot([place + shift] * len(values), values, "o", ms=4, alpha=0.5, **look)
                if len(values):
                    ends = place + shift + np.array([-0.12, 0.12])
                    axes.plot(ends, [np.exp(np.log(values).mean())] * 2, lw=3, **look)
            axes.plot([], [], "o", label=speed, **look)
        _error_axis(axes, title)
        axes.set_xticks(
            range(len(tests)), [_LABELS[test].format(*_DECODERS[k]) for k, test in tests]
        )
        axes.tick_params("x", labelsize="small")
    panels[0].legend(frameon=False)
    return figure


def _error_axis(axes: Axes, title: str) -> None:
    axes.axhline(LEARNED, color="black", linewidth=0.8, linestyle=":")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("error (NRMSE; at most 1)")
    axes.set_title(title, fontsize="medium")


def _grid(grids: Mapping[str, Grid], points: Sequence[tuple[float, float]]) -> Figure:
    """Heat maps, a row for each speed: errors, correlation and the worse exchanged error."""
    gains = sorted({gain for gain, _ in points})
    feedbacks = sorted({feedback for _, feedback in points})
    figure = Figure(figsize=(12, 0.8 + len(grids) * (1.4 + 0.5 * len(gains))), layout="constrained")
    rows = figure.subplots(len(grids), 4, squeeze=False)
    for row, (speed, one) in zip(rows, grids.items(), strict=True):
        maps = {
            "LIF error": np.log10(one.errors["own"]["lif"]),
            "rate error": np.log10(one.errors["own"]["rate"]),
            "worse exchanged error": np.log10(np.maximum(*one.errors["exchanged"].values())),
            "correlation": one.correlation,
        }
        for axes, (title, values) in zip(row, maps.items(), strict=True):
            image = np.full((len(gains), len(feedbacks)), np.nan)
            for column, (gain, feedback) in enumerate(points):
                some = values[np.isfinite(values[:, column]), column]
                if len(some):
                    image[gains.index(gain), feedbacks.index(feedback)] = some.mean()
            error = title != "correlation"
            shown = heat_map(
                axes,
                image,
                gains,
                feedbacks,
                texts=[
                    "" if np.isnan(v) else f"{10**v:.2g}" if error else f"{v:.2f}"
                    for v in image.flat
                ],
                dark=image > -1 if error else np.abs(image) > 0.6,
                vmin=-3 if error else -1,
                vmax=0 if error else 1,
                cmap="viridis_r" if error else "RdBu_r",
            )
            axes.set_title(f"{speed}: {title}", fontsize="medium")
            bar = figure.colorbar(shown, ax=axes)
            if error:
                bar.set_ticks([-3, -2, -1, 0], labels=["0.001", "0.01", "0.1", "1"])
    return figure


def _decoders(pairs: Sequence[Pair], point: tuple[float, float]) -> Figure:
    """A panel for each speed: a dot is a neuron, its weights onto the first output."""
    first = min(pair.place.seed for pair in pairs)
    shown = [pair for pair in pairs if pair.point == point and pair.place.seed == first]
    figure, panels = _panels(len(shown), width=4.2, sharey=False)
    for axes, pair in zip(panels, shown, strict=True):
        axes.plot(
            pair.records["lif"]["decoder"],
            pair.records["rate"]["decoder"],
            ".",
            color=_COLOURS[pair.place.speed],
        )
        r = pair.records["lif"]["correlation"]
        said = "" if r is None else f", r = {r:.2f} (all neurons)"
        axes.set_title(
            f"{pair.place.speed}, G {point[0]:g}, Q {point[1]:g}{said}", fontsize="medium"
        )
        axes.set(xlabel="weight, LIF network", ylabel="weight, rate network")
        axes.axhline(0, color="black", linewidth=0.5)
        axes.axvline(0, color="black", linewidth=0.5)
        axes.ticklabel_format(style="sci", scilimits=(-2, 2))
    return figure


def _panels(n: int, width: float = 4.5, *, sharey: bool = True) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(width * n, 4), layout="constrained")
    return figure, list(figure.subplots(1, n, squeeze=False, sharey=sharey)[0])


def write_report(path: Path, summary: Mapping[str, Any], pictures: Sequence[Path]) -> None:
    """Write verdicts, a table of the grid, and the pictures, in Markdown."""
    settings = summary["settings"]
    begin, end = (settings["learning"] * time / 1e3 for time in settings["learn_ms"])
    head = _HEAD.format(
        **settings,
        begin=begin,
        end=end,
        last=settings["seed"] + summary["seeds"] - 1,
        any_tempo=100 * ANY_RATE,
        verdicts=report(summary),
    )
    lines = [
        head,
        f"| G | Q | learning | {' | '.join(_COLUMNS.values())} |",
        f"|{'---|' * (3 + len(_COLUMNS))}",
    ]
    for point in summary["points"]:
        for speed, means in ((name, point[name]) for name in ("slow", "fast")):
            if means["correlation"] is None and means["lif_own"] is None:
                continue
            cells = " | ".join(_cell(means[name]) for name in _COLUMNS)
            lines.append(f"| {point['G']:g} | {point['Q']:g} | {speed} | {cells} |")
    for picture in pictures:
        lines += ["", f"![{picture.stem}]({picture.name})", "", _CAPTIONS[picture.stem]]
    write_text(path, "\n".join(lines) + "\n")


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
