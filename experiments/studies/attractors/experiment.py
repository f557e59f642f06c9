"""Walks on machines in spiking neurons, counted against sizes and noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.stats import binomtest

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.attractors import AttractorSettings
from experiments.studies.attractors.machine import (
    PERIOD_MS,
    START_MS,
    Machine,
    Table,
    read_table,
    sample_table,
    walk,
    walked,
    wire,
)
from lsm.metrics.statistics import spread
from lsm.plots import panels
from lsm.simulation import trajectories

#: States are read from the spikes of the last so many ms before the next input.
READ_MS, WINDOWS = 10.0, 5
#: A walk is a machine's if so many of the machines of a size do it.
MOST = 0.9


class Attractors(Experiment[AttractorSettings]):
    """A trial for each number of neurons and states, and each noise: all machines at once."""

    def trials(self) -> list[Trial]:
        """Sizes, then noise."""
        s = self.settings
        table = None if s.table is None else read_table(s.table)
        sizes = s.states if table is None else (table.shape[1],)
        return [
            Trial(s.seed, f"{n} neurons, {states} states, noise {sd:g}", content=(n, states, sd))
            for n in s.neurons
            for states in sizes
            for sd in s.noise
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Walk on every machine of a size."""
        (n, states, sd), s = trial.content, self.settings
        rng = default_rng([s.seed, n, states])
        given = None if s.table is None else read_table(s.table)
        count = s.machines if given is None else 1
        tables = [
            sample_table(states, s.inputs, rng) if given is None else given for _ in range(count)
        ]
        machines = [wire(table, n, rng, noise=sd) for table in tables]
        inputs = rng.integers(0, len(tables[0]), s.steps)
        sample = walked(inputs, len(tables[0]))
        runs = trajectories(
            [machine.reservoir for machine in machines], sample, every_ms=READ_MS, state="counts"
        )[0]
        right, errors = [], []
        for machine, counts in zip(machines, runs, strict=True):
            reached, wanted = read_states(machine, counts, s.steps), walk(machine.table, inputs)
            right.append(float(np.mean(steps_right(machine.table, inputs, reached))))
            wrong = np.flatnonzero(np.array(reached) != wanted)
            errors.append(int(wrong[0]) if len(wrong) else None)
        seconds = float(sample.durations_ms[0]) / 1e3
        return {
            "neurons": n,
            "states": states,
            "inputs": len(tables[0]),
            "noise": sd,
            "steps_right": right,
            "first_error": errors,
            "rate_Hz": float(runs[:, -1].sum() / len(machines) / n / seconds),
            "dense": [dense_walk(table, n, inputs, rng) for table in tables],
            "raster": self._raster(machines[0], inputs[:6]),
        }

    def _raster(self, machine: Machine, inputs: NDArray[np.int64]) -> dict[str, Any]:
        """Spikes of each state's group in each bin of the first steps of a walk."""
        sample = walked(inputs, len(machine.table))
        counts = trajectories([machine.reservoir], sample, every_ms=READ_MS, state="counts")[0][0]
        rates = np.diff(counts, axis=0, prepend=0)[:, machine.groups].mean(axis=2)
        return {
            "rates": (rates / READ_MS * 1e3).round(1).tolist(),
            "states": walk(machine.table, inputs),
        }

    def summarise(self, records: Done) -> Summary:
        """Shares of walks and of steps, and the largest machine of each number of neurons."""
        sizes = []
        for record in records.values():
            errors = record["first_error"]
            walks = binomtest(sum(error is None for error in errors), len(errors))
            bounds = walks.proportion_ci()
            sizes.append(
                {name: record[name] for name in ("neurons", "states", "inputs", "noise", "rate_Hz")}
                | {
                    "walks": {"mean": walks.statistic, "interval": [bounds.low, bounds.high]},
                    "steps": spread(np.array(record["steps_right"])),
                    "dense": spread(np.array(record["dense"])),
                }
            )
        largest = {
            str(n): max(
                (
                    size["states"]
                    for size in sizes
                    if size["neurons"] == n and not size["noise"] and size["walks"]["mean"] >= MOST
                ),
                default=0,
            )
            for n in self.settings.neurons
        }
        return {"sizes": sizes, "largest": largest, "steps": self.settings.steps}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """A walk."""
        (raster, *_) = (record["raster"] for record in records.values())
        return {"walk": lambda: plot_walk(raster)}


def read_states(machine: Machine, counts: NDArray[np.float32], steps: int) -> list[int]:
    """The state before the first input and behind each: whose group has fired most; -1: none has.

    Parameters
    ----------
    machine : Machine
    counts : array (readings, neurons)
        Spikes so far, every 10 ms.
    steps : int
        Inputs.
    """
    ends = np.rint((START_MS + PERIOD_MS * np.arange(steps + 1)) / READ_MS).astype(int) - 1
    spikes = (counts[ends] - counts[ends - WINDOWS])[:, machine.groups].mean(axis=2)
    return [int(row.argmax()) if row.max() > 0.5 else -1 for row in spikes]


def steps_right(table: Table, inputs: NDArray[np.int64], reached: list[int]) -> list[bool]:
    """Whether each input has led to the state that follows the one before."""
    return [
        before >= 0 and after == table[k, before]
        for k, before, after in zip(inputs, reached, reached[1:], strict=False)
    ]


def dense_walk(table: Table, n: int, inputs: NDArray[np.int64], rng: Generator) -> float:
    """Share of right steps of the dense reading of the idea, in n binary neurons.

    States and inputs are random vectors of +-1; weights sum x x' and, for each edge, twice
    (next - x) (x u)'; a step is sign(W (z + z u) / 2), then five without an input.
    """
    n_inputs, n_states = table.shape
    x, u = (rng.choice([-1.0, 1.0], (k, n)) for k in (n_states, n_inputs))
    weights = x.T @ x
    for k in range(n_inputs):
        weights += 2 * (x[table[k]] - x).T @ (x * u[k])
    z, reached = x[0], [0]
    for k in inputs:
        z = np.sign(weights @ (z + z * u[k]))
        for _ in range(5):
            z = np.sign(weights @ z)
        reached.append(int(np.argmax(x @ z)))
    return float(np.mean(steps_right(table, inputs, reached)))


def plot_walk(raster: dict[str, Any]) -> Figure:
    """Rates of the groups of all states while inputs come."""
    rates = np.array(raster["rates"])
    figure, (axes,) = panels(1, width=8, height=3.5)
    image = axes.imshow(
        rates.T,
        aspect="auto",
        origin="lower",
        extent=(0, len(rates) * READ_MS, -0.5, rates.shape[1] - 0.5),
    )
    for k, state in enumerate(raster["states"]):
        axes.plot(START_MS + PERIOD_MS * k - 5, state, "o", mfc="none", color="C1")
        if k:
            axes.axvline(START_MS + PERIOD_MS * (k - 1), color="white", linewidth=0.5)
    axes.set(xlabel="time (ms)", ylabel="state", yticks=range(rates.shape[1]))
    axes.set_title("circles: the table's walk; lines: inputs begin")
    figure.colorbar(image, label="spikes/s")
    return figure
