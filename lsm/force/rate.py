"""The rate network whose parameters match those of a network of leaky neurons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tqdm.auto import tqdm

from lsm.base.quantities import in_unit
from lsm.force.reservoirs import peak_of_double_exponential
from lsm.neurons import LIF_DOUBLE
from lsm.reservoir import Reservoir
from lsm.simulation import loop as closed
from lsm.simulation.programs import Target
from readouts.online import DivergenceError, OnlineReadout

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RateNetwork:
    """A reservoir of leaky neurons (``lif_double``) whose spikes are replaced by their rates.

    A neuron under a current that would hold it at V has the rate

        f(V) = 1 / (t_ref + tau_m ln((V - V_reset) / (V - V_threshold)))  where V > V_threshold,

    and its synapses and the readout filter rates as they filter spikes. Synaptic weights, input and
    feedback are those of the reservoir. Newton & Nicola 2025, PLoS Computational Biology.
    :func:`lsm.force.train_force` trains it like a reservoir, in NumPy; as rates are smooth, a
    time step ten times that of the spiking network does.

    Parameters
    ----------
    reservoir : Reservoir
        Of ``lif_double`` neurons with one pair of synaptic time constants, without delays,
        short-term plasticity or noise.

    Raises
    ------
    TypeError, ValueError
        Another reservoir.
    """

    reservoir: Reservoir

    def __post_init__(self) -> None:
        reservoir = self.reservoir
        if not isinstance(reservoir, Reservoir):
            raise TypeError(f"reservoir must be a Reservoir, got {type(reservoir).__name__}")
        if reservoir.model != LIF_DOUBLE:
            raise ValueError(
                f"reservoir must have neurons of the model 'lif_double', got "
                f"{reservoir.model.name!r}"
            )
        for name in ("tau_rise_ms", "tau_syn_ms"):
            if np.ptp(reservoir.parameters[name]):
                raise ValueError(f"reservoir must have one {name} for all neurons")
        if self.tau_rise_ms == self.tau_syn_ms:
            raise ValueError(
                f"reservoir must have a tau_rise_ms other than its tau_syn_ms, got "
                f"{self.tau_rise_ms:g} for both"
            )
        if np.any(reservoir.parameters["noise_pA"]) or reservoir.short_term is not None:
            raise ValueError("reservoir must be without noise and short-term plasticity")
        if np.any(reservoir.synapses.delay_ms):
            raise ValueError("reservoir must be without delays")

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return self.reservoir.n_neurons

    @property
    def tau_rise_ms(self) -> float:
        """Time constant in ms by which the synaptic currents rise."""
        return float(self.reservoir.parameters["tau_rise_ms"][0])

    @property
    def tau_syn_ms(self) -> float:
        """Time constant in ms by which the synaptic currents decay."""
        return float(self.reservoir.parameters["tau_syn_ms"][0])

    @cached_property
    def omega(self) -> sparse.csr_array:
        """Recurrent weights (targets, sources) in pA for a filtered rate of 1 Hz."""
        s, n = self.reservoir.synapses, self.n_neurons
        peak = peak_of_double_exponential(self.tau_rise_ms, self.tau_syn_ms)
        return sparse.csr_array((s.weight_pA / peak, (s.target, s.source)), shape=(n, n))

    def held(self, current_pA: Floats) -> Floats:
        """The potential in mV at which a current beside the background would hold each neuron."""
        p, current_pA = self.reservoir.parameters, in_unit(current_pA, "current_pA")
        resistance = p["tau_m_ms"] / p["c_m_pF"]
        return np.asarray(p["v_rest_mV"] + resistance * (p["i_background_pA"] + current_pA))

    def rate(self, held_mV: Floats) -> Floats:
        """f(V) of each neuron in Hz."""
        p, held_mV = self.reservoir.parameters, in_unit(held_mV, "held_mV")
        above = held_mV > p["v_threshold_mV"]
        over = np.where(above, held_mV - p["v_threshold_mV"], 1.0)
        ratio = np.log1p((p["v_threshold_mV"] - p["v_reset_mV"]) / over)
        with np.errstate(divide="ignore"):  # neither refractory nor with anything to climb
            return np.where(above, 1e3 / (p["t_ref_ms"] + p["tau_m_ms"] * ratio), 0.0)


def start_state(
    network: RateNetwork, *, outputs: int, readout: OnlineReadout, potentials_mV: Floats | None
) -> closed.State:
    """As that of the spiking network: neurons that start above their threshold fire once."""
    state = closed.start_state(
        network.reservoir, outputs=outputs, readout=readout, potentials_mV=potentials_mV
    )
    n = network.n_neurons
    if potentials_mV is not None:
        above = potentials_mV > network.reservoir.parameters["v_threshold_mV"]
        state.arrays["rising"][:n] = above
    state.arrays["synaptic"] = np.stack([np.zeros(n), state.arrays["rising"][:n]])
    return state


@np.errstate(over="ignore", invalid="ignore")  # what diverges shows where it ends
def run(
    loop: closed.Loop,
    state: closed.State,
    steps: int,
    *,
    wanted: Floats | None,
    gate: Floats | None,
    inputs: sparse.csr_array,
    learning: NDArray[np.int64],
    teaching: NDArray[np.int64],
    target: Target,
    progress: bool,
) -> tuple[closed.State, closed.Recorded]:
    """What :func:`lsm.simulation.loop.run` does, for a rate network. There is one target, NumPy."""
    network = loop.reservoir
    assert isinstance(network, RateNetwork)
    n, omega, dt = network.n_neurons, network.omega, loop.dt_ms
    synapse = _Filter(network.tau_rise_ms, network.tau_syn_ms, dt)
    reading = _Filter(loop.rise_ms, loop.decay_ms, dt)
    synaptic, synaptic_h = state.arrays["synaptic"]
    r, h = state.arrays["filtered"][:n], state.arrays["rising"][:n]
    z = state.arrays["fed"]
    readout: Any = state.fitted(loop.readout, n)
    decoder = readout.weights_  # that changes in place
    weights = np.ascontiguousarray(loop.input_weights.T)
    probed, diverged = loop.probed, ""
    records: dict[str, list[Floats]] = {
        name: [] for name in ("outputs", "potentials", "weights", "filtered")
    }
    for row in tqdm(range(steps), disable=not progress, desc="closed loop", unit="step"):
        k = state.step + row
        nonzero = slice(*inputs.indptr[row : row + 2])
        current = omega @ synaptic + loop.encoder @ z
        current += inputs.data[nonzero] @ weights[inputs.indices[nonzero]]
        potentials_mV = network.held(current)
        arrivals = network.rate(potentials_mV) * (dt / 1e3)
        synaptic, synaptic_h = synapse(synaptic, synaptic_h, arrivals)
        r, h = reading(r, h, arrivals)
        output = r @ decoder
        if not np.all(np.isfinite(output)):
            diverged = "weights"
            break
        z = output
        if k % loop.output_every == 0:
            records["outputs"].append(z)
        if wanted is not None and closed.within(teaching, k):
            z = wanted[row].copy()
        if wanted is not None and k % loop.every == 0 and closed.within(learning, k):
            try:
                attention = () if gate is None else (gate[row : row + 1],)
                readout.partial_fit(r[None], wanted[row][None], *attention)
            except DivergenceError as error:
                diverged = error.what
                break
        if k % loop.probe_every == 0:
            records["potentials"].append(potentials_mV[probed["potentials"]])
            records["weights"].append(decoder[probed["weights"]])
            records["filtered"].append(r[probed["filtered"]])
    arrays = state.arrays | {
        "synaptic": np.stack([synaptic, synaptic_h]),
        "filtered": closed.pad(r, n),
        "rising": closed.pad(h, n),
        "fed": z,
    }
    none = np.empty(0, dtype=np.int32)
    tables = {
        name: np.array(rows).reshape(len(rows), *shape)
        for (name, rows), shape in zip(
            records.items(),
            (
                (loop.encoder.shape[1],),
                (len(probed["potentials"]),),
                (len(probed["weights"]), loop.encoder.shape[1]),
                (len(probed["filtered"]),),
            ),
            strict=True,
        )
    }
    after = replace(state, step=state.step + row + 1, arrays=arrays).taking(readout)
    return after, closed.Recorded(**tables, spike_step=none, spike_neuron=none, diverged=diverged)


class _Filter:
    """A double exponential of area 1, exact over a step; what arrives counts from the next."""

    def __init__(self, rise_ms: float, decay_ms: float, dt_ms: float) -> None:
        self.left, self.decay, self.risen = closed.filter_constants(rise_ms, decay_ms, dt_ms)

    def __call__(self, r: Floats, h: Floats, arrivals: Floats) -> tuple[Floats, Floats]:
        return self.left * r + self.risen * h, self.decay * h + arrivals
