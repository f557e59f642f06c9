"""Machines in reservoirs: made from tables, driven by walks, and read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, number_of_neurons, one_for_each
from lsm.base.reprs import short_repr
from lsm.machines.forms import EXCITATORY, LEAST_GROUP, PERSISTENT, PHASIC, Form
from lsm.machines.table import TransitionTable
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains

#: Between readings of spike counts, for :meth:`StateMachine.read`.
READ_MS = 50.0
#: Between spikes of an input.
INPUT_EVERY_MS = 2.0


@short_repr
@dataclass(frozen=True, eq=False)
class StateMachine:
    """A state machine in a reservoir of spiking neurons.

    Groups of three to five excitatory neurons stand for the states, and for their edges, one for
    each input; a fifth of the neurons inhibit all others. No neuron has both signs. The idea of
    edge states, at which an input stops that is held, is Cotteret et al.'s for binary neurons
    (2024, Neural Computation 36:549), that of memory in facilitated synapses Mongillo, Barak &
    Tsodyks's (2008, Science 319:1543); wiring and numbers are our own.

    Made by :meth:`wire`; ``experiments/attractors.py`` counts how far machines walk.

    Attributes
    ----------
    table : TransitionTable
    reservoir : Reservoir
        Its channels are the inputs, one that starts in the first state, and of a phasic machine
        one that recalls the state with each input.
    groups : int array (states, neurons of a group)
    phasic : bool
    """

    table: TransitionTable
    reservoir: Reservoir
    groups: NDArray[np.intp]
    phasic: bool

    @classmethod
    def wire(
        cls,
        table: TransitionTable | Iterable[Sequence[object]],
        n: int,
        *,
        phasic: bool = False,
        weight_cv: float = 0.0,
        random_state: int | np.random.Generator | None = None,
    ) -> StateMachine:
        """Wire a table of transitions into `n` neurons.

        Groups share neurons where there are fewer than 3.75 for each state and edge, of which each
        input has one for each state; then walks go wrong.

        Parameters
        ----------
        table : TransitionTable, or its edges: (state, input, next state) each
        n : int
            Four fifths of them excitatory.
        phasic : bool
            Facilitated synapses hold a state, without spikes, for .7 to 4 s; by default neurons do,
            which go on firing for as long as is wanted.
        weight_cv : float
            Deviation of each weight, as a share of it; no sign changes.
        random_state : int, Generator or None
            Of the groups, thresholds, and deviations.

        Raises
        ------
        TypeError, ValueError
            What :class:`TransitionTable` refuses, fewer neurons than the groups of the states
            need, a negative `weight_cv`.
        """
        if not isinstance(table, TransitionTable):
            table = TransitionTable(table)
        number_of_neurons(n, "n")
        least = int(np.ceil(LEAST_GROUP * len(table.states) / EXCITATORY)) + 1
        if n < least:
            raise ValueError(
                f"n must be at least {least} neurons for {len(table.states)} states, got {n}"
            )
        weight_cv = not_negative(weight_cv, "weight_cv")
        rng = np.random.default_rng(random_state)
        form = PHASIC if phasic else PERSISTENT
        return cls(table, *form.wire(table, n, rng, weight_cv), phasic)

    @property
    def _form(self) -> Form:
        """Weights and times."""
        return PHASIC if self.phasic else PERSISTENT

    def bounds_ms(self, n_inputs: int, period_ms: ArrayLike | None = None) -> NDArray[np.float64]:
        """When each input of a walk begins, and its end, in ms, (inputs + 1,).

        Raises
        ------
        ValueError
            Periods that are too short for a step, or no multiples of :data:`READ_MS`.
        """
        given = self._form.period_ms if period_ms is None else period_ms
        periods = one_for_each(given, "period_ms", n_inputs, "input")
        if (bad := (periods <= self._form.settled_ms) | (periods % READ_MS != 0)).any():
            raise ValueError(
                f"period_ms must be more than {self._form.settled_ms:g} and a multiple of "
                f"{READ_MS:g}, got {periods[bad][0]:g}"
            )
        return self._form.start_ms + np.concatenate([[0.0], np.cumsum(periods)])

    def sample(
        self, inputs: Iterable[object], *, period_ms: ArrayLike | None = None
    ) -> SpikeTrains:
        """The sample of a walk: a start, and the inputs one after the other.

        Parameters
        ----------
        inputs : iterable of the table's inputs
        period_ms : float, or array of float (inputs,), optional
            From the beginning of each input to the next, or to the end; multiples of 50, by default
            250, of phasic machines 1000.

        Raises
        ------
        ValueError
            An input that the table doesn't have, what :meth:`bounds_ms` refuses.
        """
        places = np.array(self.table.places(inputs), dtype=np.int64)
        bounds = self.bounds_ms(len(places), period_ms)
        spikes = bounds[:-1, None] + np.arange(0.0, self._form.input_ms, INPUT_EVERY_MS)
        trains = [spikes[places == k].ravel() for k in range(len(self.table.inputs))]
        trains.append(np.array(self._form.start))
        if self.phasic:
            trains.append(bounds[:-1] + self._form.recall_ms)
        return SpikeTrains.from_lists([trains], duration_ms=bounds[-1])

    def read(
        self, counts: ArrayLike, n_inputs: int, *, period_ms: ArrayLike | None = None
    ) -> list[object]:
        """The states before the first input and after each, None where no group has fired.

        The state is the one whose group has fired most since an input's step was over.

        Parameters
        ----------
        counts : array (readings, neurons)
            Spikes so far: of ``trajectories(machine.reservoir, sample, state="counts",
            every_ms=READ_MS)``.
        n_inputs : int
        period_ms : float, or array of float (inputs,), optional
            As in :meth:`sample`.

        Raises
        ------
        ValueError
            Counts of another walk or reservoir.
        """
        bounds = self.bounds_ms(n_inputs, period_ms)
        spikes = np.asarray(counts)
        shape = int(bounds[-1] / READ_MS), self.reservoir.n_neurons
        if spikes.shape != shape:
            raise ValueError(f"counts must be {shape}, readings and neurons, got {spikes.shape}")
        since = np.concatenate([[0.0], bounds[:-1] + self._form.settled_ms])
        so_far = np.concatenate([np.zeros((1, spikes.shape[1]), spikes.dtype), spikes])
        fired = np.diff(so_far[np.array([since, bounds], dtype=int) // int(READ_MS)], axis=0)[0]
        rates = fired[:, self.groups].mean(axis=2)
        return [self.table.states[row.argmax()] if row.max() > 0.5 else None for row in rates]
