"""Tables in long form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsm.base.files import LoadError, refusing
from lsm.base.tables import Row, read_table
from lsm.spikes import SpikeTrains
from readouts.scale import refuse_scale
from tasks.own.samples import Samples, by_sample, in_order, usual_duration

#: Steps of a signal are equal up to this part of one.
_UNEVEN = 1e-3


class _Table:
    """A table in long form, and where what is wrong with it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = read_table(path, ["sample", "label"], ["group", "time_ms", "channel"])
        if not self.rows:
            raise LoadError(f"{path}: expected rows with samples, got none")
        self.columns = list(self.rows[0])
        #: Numbers of the rows of each sample, in the order in which samples first come.
        self.samples: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            self.samples.setdefault(row["sample"], []).append(number)

    def error(self, number: int, text: str) -> LoadError:
        # The first line has the names of the columns.
        return LoadError(f"{self.path}, line {number + 2}: {text}")

    def constant(self, column: str) -> list[str]:
        """What a column says of each sample, the same in all of its rows."""
        values = []
        for name, numbers in self.samples.items():
            value = self.rows[numbers[0]][column]
            for number in numbers:
                if (row_value := self.rows[number][column]) != value:
                    raise self.error(
                        number, f"{column} of sample {name} was {value!r}, now {row_value!r}"
                    )
            values.append(value)
        return values

    def number(self, number: int, column: str, hint: str = "") -> float:
        """A finite number of a row."""
        text = self.rows[number][column]
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise self.error(number, f"{column} must be a number{hint}, got {text!r}")
        return value


def read_csv(path: Path) -> Samples:
    """A table in long form: of spikes where it has a column ``channel``, else of signals."""
    table = _Table(path)
    labels = table.constant("label")
    groups = table.constant("group") if "group" in table.columns else None
    if "channel" in table.columns:
        return Samples(labels, groups, spikes=_table_spikes(table))
    signals, step_ms = _table_signals(table)
    return Samples(labels, groups, signals, step_ms=step_ms)


def _table_spikes(table: _Table) -> SpikeTrains:
    """A spike a row; in a row without time and channel there is none."""
    allowed = ("sample", "label", "group", "time_ms", "channel", "duration_ms")
    for column in table.columns:
        if column not in allowed:
            raise table.error(-1, f"columns of spikes are {', '.join(allowed)}; got {column!r}")
    if "time_ms" not in table.columns:
        raise table.error(-1, "spikes need a column time_ms, got none")

    def empty(row: Row) -> bool:
        return not row["time_ms"].strip() and not row["channel"].strip()

    places = in_order(row["channel"] for row in table.rows if not empty(row))
    if not places:
        raise table.error(0, "expected spikes, got none")
    channel = {name: place for place, name in enumerate(places)}
    times, channels, samples = [], [], []
    for sample, numbers in enumerate(table.samples.values()):
        for number in numbers:
            if not empty(table.rows[number]):
                times.append(table.number(number, "time_ms"))
                channels.append(channel[table.rows[number]["channel"]])
                samples.append(sample)
                if times[-1] < 0:
                    raise table.error(number, f"time_ms must be from 0 on, got {times[-1]:g}")
    usual = usual_duration(np.array(times))
    durations = np.full(len(table.samples), usual)
    if "duration_ms" in table.columns:
        table.constant("duration_ms")
        firsts = [numbers[0] for numbers in table.samples.values()]
        durations = np.array([table.number(first, "duration_ms") for first in firsts])
        _check_durations(table, firsts, durations, np.array(times), np.array(samples))
    with refusing(table.path, "a table of samples"):
        return by_sample(
            np.array(times),
            np.array(channels),
            np.array(samples),
            n_channels=len(places),
            durations_ms=durations,
        )


def _check_durations(
    table: _Table,
    firsts: Sequence[int],
    durations: NDArray[np.float64],
    times: NDArray[np.float64],
    samples: NDArray[np.int64],
) -> None:
    last = np.zeros(len(durations))
    np.maximum.at(last, samples, times)
    for first, duration, time in zip(firsts, durations, last, strict=True):
        if duration <= time:
            raise table.error(
                first,
                f"duration_ms must be above the sample's last time_ms, {time:g}; got {duration:g}",
            )


def _table_signals(table: _Table) -> tuple[list[NDArray[np.float64]], float | None]:
    """Signals, a step a row and a column a channel, and their step in ms."""
    reserved = ("sample", "label", "group", "time_ms")
    channels = [column for column in table.columns if column not in reserved]
    if not channels:
        raise table.error(-1, "expected a column channel, or one of values for each channel")
    hint = f", as all but {', '.join(reserved)} are channels"
    signals = [
        np.array([[table.number(k, channel, hint) for k in numbers] for channel in channels])
        for numbers in table.samples.values()
    ]
    largest = np.max([np.abs(signal).max(axis=1) for signal in signals], axis=0)
    with refusing(table.path, "a table of samples"):
        refuse_scale(largest, "its signals", "channel")
    return signals, _table_step(table) if "time_ms" in table.columns else None


def _table_step(table: _Table) -> float | None:
    """The time from row to row, the same in all samples; None where samples have one row."""
    step = None
    for numbers in table.samples.values():
        times = [table.number(number, "time_ms") for number in numbers]
        for number, before, now in zip(numbers[1:], times[:-1], times[1:], strict=True):
            step = now - before if step is None else step
            if now <= before or abs(now - before - step) > _UNEVEN * step:
                raise table.error(
                    number,
                    f"time_ms must be one step of {step:g} ms behind the last, at "
                    f"{before + step:g}; got {now:g}",
                )
    return step
