"""A liquid for series that is yet to be drawn: delays of whole steps, neurons that always fire."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import (
    not_negative,
    number_of_neurons,
    positive,
    probability,
    whole_from_0,
)
from lsm.base.quantities import number
from lsm.estimators.parameters import NestedParameters
from lsm.reservoir import Reservoir
from lsm.states import FilteredTraces
from lsm.topology import MatrixInputs, RandomWiring

_THRESHOLD_MV, _C_M_PF = 10.0, 250.0


class SeriesLiquid(NestedParameters):
    """Settings of a liquid that predicts a series at every step, to be drawn for its input.

    ``LSMSeriesRegressor(SeriesLiquid(400))`` is ``LSMSeriesRegressor(400)``. Every input synapse
    has its own delay, a whole number of the series' steps, so that a neuron hears a few random
    values of the past at once; what it makes of them comes back over recurrent synapses, delayed as
    well. Each neuron has a background current, by which most fire all the time: rates go up and
    down with the input. The longer a value lasts (the encoder's ``step_ms``), the more spikes tell
    of it, and the less of an error is their grain.

    Parameters
    ----------
    n_neurons : int, default=100
    input_delay_steps : int
        Longest delay of the input synapses, which are uniform from 0 on.
    input_sd_pA : float
        Deviation of the sum of a neuron's input weights, which are normal with mean 0. Every
        channel reaches every neuron.
    background : tuple of two floats
        Range of the background currents, in units of the least that makes a neuron fire.
    tau_m_ms, tau_syn_ms : float
        Time constants of membranes and synaptic currents.
    weight_pA : tuple of two floats
        Weights of excitatory and inhibitory synapses.
    delay_steps : tuple of four floats
        Delays from excitatory to excitatory neurons, EI, IE and II, in steps of the series.
    in_degree : float
        Mean number of neurons that have a synapse on a neuron; 0 is no recurrence.
    excitatory_fraction : float
        Probability that a neuron is excitatory.
    trace_steps : tuple of float
        Time constants, in steps of the series, of the traces that a readout sees where it isn't
        told another state.
    """

    def __init__(
        self,
        n_neurons: int = 100,
        *,
        input_delay_steps: int = 20,
        input_sd_pA: float = 350.0,
        background: tuple[float, float] = (0.5, 1.75),
        tau_m_ms: float = 280.0,
        tau_syn_ms: float = 20.0,
        weight_pA: tuple[float, float] = (20.0, -30.0),
        delay_steps: tuple[float, float, float, float] = (1.5, 2.0, 5.5, 12.0),
        in_degree: float = 3.0,
        excitatory_fraction: float = 0.3,
        trace_steps: tuple[float, ...] = (0.3, 1.0, 10.0),
    ) -> None:
        self.n_neurons = n_neurons
        self.input_delay_steps = input_delay_steps
        self.input_sd_pA = input_sd_pA
        self.background = background
        self.tau_m_ms = tau_m_ms
        self.tau_syn_ms = tau_syn_ms
        self.weight_pA = weight_pA
        self.delay_steps = delay_steps
        self.in_degree = in_degree
        self.excitatory_fraction = excitatory_fraction
        self.trace_steps = trace_steps

    def draw(
        self,
        n_channels: int,
        *,
        step_ms: float,
        random_state: int | np.random.Generator | None = None,
    ) -> Reservoir:
        """A liquid for input of so many channels, each value of which lasts `step_ms`.

        Raises
        ------
        TypeError, ValueError
            Where a parameter is not as described.
        """
        n = number_of_neurons(self.n_neurons, "n_neurons")
        step_ms = positive(step_ms, "step_ms")
        longest = whole_from_0(self.input_delay_steps, "input_delay_steps")
        in_degree = not_negative(self.in_degree, "in_degree")
        tau_m_ms = positive(self.tau_m_ms, "tau_m_ms")
        input_sd_pA = number(self.input_sd_pA, "input_sd_pA")
        low, high = self.background
        excitation, inhibition = self.weight_pA
        ee, ei, ie, ii = self.delay_steps
        least_pA = _THRESHOLD_MV * _C_M_PF / tau_m_ms
        rng = np.random.default_rng(random_state)
        weights = input_sd_pA / np.sqrt(n_channels) * rng.normal(size=(n_channels, n))
        # By uniform numbers, of which each takes one, however long delays are.
        delays = np.floor(rng.random((n_channels, n)) * (longest + 1)) * step_ms
        return Reservoir.random(
            n,
            random_state=rng,
            ranges={"i_background_pA": (low * least_pA, high * least_pA)},
            parameters={
                "tau_m_ms": tau_m_ms,
                "tau_syn_ms": self.tau_syn_ms,
                "t_ref_ms": 0.0,
                "v_threshold_mV": _THRESHOLD_MV - 70.0,
                "c_m_pF": _C_M_PF,
            },
            excitatory_fraction=probability(self.excitatory_fraction, "excitatory_fraction"),
            wiring=RandomWiring(
                (min(1.0, in_degree / n),) * 4,
                weight_pA=(excitation, excitation, inhibition, inhibition),
                delay_ms=(ee * step_ms, ei * step_ms, ie * step_ms, ii * step_ms),
            ),
            inputs=MatrixInputs(weights, delay_ms=delays),
        )

    def state(self, step_ms: float) -> FilteredTraces:
        """What a readout sees where it isn't told another state, of values that last `step_ms`."""
        step_ms = positive(step_ms, "step_ms")
        return FilteredTraces(tuple(steps * step_ms for steps in self.trace_steps))
