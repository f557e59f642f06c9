"""Walks on machines in spiking neurons, counted against sizes, noise and periods."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.random import Generator, default_rng
from scipy.stats import binomtest

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.attractors import AttractorSettings
from lsm.machines import READ_MS, StateMachine, TransitionTable
from lsm.metrics.statistics import spread
from lsm.plots import panels
from lsm.simulation import record, trajectories

#: A walk is a machine's if so many of the machines of a size do it.
MOST = 0.9


class Attractors(Experiment[AttractorSettings]):
    """A trial for each size, noise and period: all machines at once."""

    def trials(self) -> list[Trial]:
        """Sizes, then noise, then periods."""
        s = self.settings
        sizes = s.states if s.table is None else (len(TransitionTable.from_csv(s.table).states),)
        periods = [s.periods] if s.mixed else [(period,) for period in s.periods]
        trials = []
        for n, states, sd, periods_ms in product(s.neurons, sizes, s.noise, periods):
            every = ", every {} ms".format(", ".join(f"{period:g}" for period in periods_ms))
            name = f"{n} neurons, {states} states, noise {sd:g}" + every * any(periods_ms)
            trials.append(Trial(s.seed, name, content=(n, states, sd, periods_ms)))
        return trials

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Walk on every machine of a size."""
        (n, states, sd, periods_ms), s = trial.content, self.settings
        rng = default_rng([s.seed, n, states])
        machines = [
            StateMachine.wire(table, n, phasic=s.phasic, weight_cv=sd, random_state=rng)
            for table in s.tables(states, rng)
        ]
        names = machines[0].table.inputs
        inputs = [names[k] for k in rng.integers(0, len(names), s.steps)]
        dense = [dense_walk(machine.table, n, inputs, rng) for machine in machines]
        period_ms = rng.choice(periods_ms, s.steps) if any(periods_ms) else None
        reservoirs = [machine.reservoir for machine in machines]
        sample = machines[0].sample(inputs, period_ms=period_ms)
        (counts,) = trajectories(reservoirs, sample, every_ms=READ_MS, state="counts")
        rates_Hz = counts[:, -1] / sample.durations_ms[0] * 1e3
        right, walks = [], []
        for machine, spikes in zip(machines, counts, strict=True):
            reached = machine.read(spikes, s.steps, period_ms=period_ms)
            right.append(machine.table.steps_right(inputs, reached))
            walks.append(reached == machine.table.walk(inputs))
        return {
            "size": {
                "name": trial.name,
                "neurons": n,
                "states": states,
                "noise": sd,
                "period_ms": float(np.diff(machines[0].bounds_ms(s.steps, period_ms)).mean()),
                "spikes_a_second": float(rates_Hz.sum(axis=1).mean()),
            },
            "walks": walks,
            "steps": right,
            "dense": dense,
            "raster": _raster(machines[0], inputs[:6]),
        }

    def summarise(self, records: Done) -> Summary:
        """Shares of walks and of steps, and the largest machine of each number of neurons."""
        sizes, largest = [], {str(n): 0 for n in self.settings.neurons}
        for walked in records.values():
            walks = binomtest(sum(walked["walks"]), len(walked["walks"]))
            size = walked["size"] | {
                "walks": {"mean": walks.statistic, "interval": list(walks.proportion_ci())},
                "steps": spread(np.array(walked["steps"])),
                "dense": spread(np.array(walked["dense"])),
            }
            sizes.append(size)
            if not size["noise"] and walks.statistic >= MOST:
                n = str(size["neurons"])
                largest[n] = max(largest[n], size["states"])
        return {"sizes": sizes, "largest": largest, "steps": self.settings.steps}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """A walk."""
        return {"walk": lambda: plot_walk(next(iter(records.values()))["raster"])}


def _raster(machine: StateMachine, inputs: list[object]) -> dict[str, Any]:
    """Spikes of the states' groups in the first steps of a walk."""
    recording = record(machine.reservoir, machine.sample(inputs))
    group, member = np.nonzero(recording.spike_neurons == machine.groups.ravel()[:, None])
    return {
        "times_ms": recording.spike_times_ms[member].tolist(),
        "rows": (group / machine.groups.shape[1]).tolist(),
        "begins_ms": machine.bounds_ms(len(inputs))[:-1].tolist(),
        "states": list(map(str, machine.table.states)),
    }


def plot_walk(raster: dict[str, Any]) -> Figure:
    """Spikes of the groups of all states while inputs come."""
    figure, (axes,) = panels(1, width=8, height=3.5)
    axes.plot(raster["times_ms"], raster["rows"], "|", markersize=3)
    for begin in raster["begins_ms"]:
        axes.axvline(begin, color="gray", linewidth=0.5)
    axes.set(xlabel="time (ms)", ylabel="state", title="lines: inputs begin")
    axes.set_yticks(np.arange(len(raster["states"])) + 0.4, raster["states"])
    return figure


def dense_walk(table: TransitionTable, n: int, inputs: list[object], rng: Generator) -> float:
    """Share of right steps of the dense reading of the idea, in n binary neurons.

    States and inputs are random vectors of +-1; weights sum x x' and, for each edge, twice
    (next - x) (x u)'; a step is sign(W (z + z u) / 2), then five without an input.
    """
    x, u = (rng.choice([-1.0, 1.0], (k, n)) for k in (len(table.states), len(table.inputs)))
    weights = x.T @ x
    for targets, vector in zip(table.next_state, u, strict=True):
        weights += 2 * (x[targets] - x).T @ (x * vector)
    z, reached = x[0], [0]
    for k in table.places(inputs):
        z = np.sign(weights @ (z + z * u[k]))
        for _ in range(5):
            z = np.sign(weights @ z)
        reached.append(int(np.argmax(x @ z)))
    return table.steps_right(inputs, [table.states[state] for state in reached])
