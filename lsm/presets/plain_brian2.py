"""Presets as plain Brian2 programs, to compare with, or to begin a program of one's own with.

Written as Brian2's examples are (CUBA, COBA and Maass, Natschlaeger & Markram 2002): equations with
units, their ways of integration, random connections, steps of .1 ms. Nothing of them comes from
this package but, where one is asked for, the wiring of a reservoir and where its neurons begin. No
neuron reaches itself, and a plastic synapse recovers by the two equations of Markram et al. 1998
(in the example of 2002 a third one holds what is still active, 3 or 6 ms).

Brian2's seed, target and clock are global, and :func:`plain_spikes` sets them: call it in a process
of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.temporary import tidy_imports
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains

with tidy_imports():
    import brian2 as b2
    from brian2 import Mohm, ms, mV, nA, pA  # noqa: F401 (equations name some)

DT_MS = 0.1
#: The presets that there are.
NAMES = ("cuba", "coba", "maass2002")

VOGELS = {
    "tau_m": 20 * ms,
    "tau_e": 5 * ms,
    "tau_i": 10 * ms,
    "V_t": -50 * mV,
    "V_r": -60 * mV,
}
#: Source, target, C, mean weight, mean U, D and F (ms), delay (ms).
MAASS = (
    (True, True, 0.3, 30 * nA, 0.5, 1100, 50, 1.5),
    (True, False, 0.2, 60 * nA, 0.05, 125, 1200, 0.8),
    (False, True, 0.4, -19 * nA, 0.25, 700, 20, 0.8),
    (False, False, 0.1, -19 * nA, 0.32, 144, 60, 0.8),
)


def plain_spikes(
    name: str, stimulus: SpikeTrains, *, n: int, seed: int, like: Reservoir | None = None
) -> SpikeTrains:
    """Spikes of one of the three networks that hears a stimulus.

    Parameters
    ----------
    name : {"cuba", "coba", "maass2002"}
    stimulus : SpikeTrains
        One sample, whose channels fire no more than once a step.
    n : int
    seed : int
        Of polarities, connections, weights and potentials.
    like : Reservoir, optional
        Takes its polarities, synapses and potentials instead, and refractory times that are a step
        longer: Brian2 counts from the step of the spike on, this package from the step after it.
        U, D and F of the liquid's synapses are then their means, and vary else.

    Raises
    ------
    ValueError
        Another name.
    """
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = DT_MS * ms
    b2.seed(seed)
    times = stimulus.steps(DT_MS) * DT_MS * ms
    heard = b2.SpikeGeneratorGroup(stimulus.n_channels, stimulus.channels, times, sorted=True)
    if name == "maass2002":
        neurons, others = _maass(heard, n, like, np.random.default_rng(seed))
    else:
        neurons, others = _balanced(name, heard, n, like)
    monitor = b2.SpikeMonitor(neurons)
    b2.Network(heard, neurons, monitor, *others).run(float(stimulus.durations_ms[0]) * ms)
    return on_grid(np.rint(monitor.t / ms / DT_MS), np.array(monitor.i), stimulus, n)


def on_grid(steps: NDArray[Any], channels: NDArray[Any], like: SpikeTrains, n: int) -> SpikeTrains:
    """One sample, as long as another, whose spikes are at steps of .1 ms."""
    ends = np.array([0, len(steps)])
    return SpikeTrains(steps * DT_MS, channels, ends, like.durations_ms, n)


def _balanced(
    name: str, heard: b2.SpikeGeneratorGroup, n: int, like: Reservoir | None
) -> tuple[b2.NeuronGroup, list[b2.Synapses]]:
    """The networks of Vogels & Abbott; the first 80 % are excitatory unless `like` says who is."""
    if name == "cuba":
        pull, unit, method = "(g_e + g_i - (v + 49*mV))", "volt", "exact"
        w_e, w_i = 1.62 * mV, -9 * mV
    else:  # conductances in units of the leak
        pull = "(g_e*(0*mV - v) + g_i*(-80*mV - v) - (v + 60*mV))"
        unit, method = "1", "exponential_euler"
        w_e, w_i = 0.6, 6.7
    neurons = b2.NeuronGroup(
        n,
        f"""dv/dt = {pull}/tau_m : volt (unless refractory)
        dg_e/dt = -g_e/tau_e : {unit}
        dg_i/dt = -g_i/tau_i : {unit}""",
        threshold="v > V_t",
        reset="v = V_r",
        refractory=5 * ms if like is None else (5 + DT_MS) * ms,
        method=method,
        namespace=VOGELS,
    )
    n_e = round(0.8 * n)
    p = min(1.0, 0.02 * 4000 / n)
    excite = b2.Synapses(neurons, neurons, on_pre="g_e += w_e", namespace={"w_e": w_e})
    inhibit = b2.Synapses(neurons, neurons, on_pre="g_i += w_i", namespace={"w_i": w_i})
    stimulate = b2.Synapses(heard, neurons, on_pre="g_e += w", namespace={"w": 5 * w_e})
    if like is None:
        neurons.v = "V_r + rand()*(V_t - V_r)" if name == "cuba" else "V_r"
        excite.connect("i < n_e and i != j", p=p, namespace={"n_e": n_e})
        inhibit.connect("i >= n_e and i != j", p=p, namespace={"n_e": n_e})
        stimulate.connect("j < n_e", p=0.3, namespace={"n_e": n_e})
    else:
        neurons.v = like.parameters["v_rest_mV"] * mV
        s = like.synapses
        for synapses, sign in ((excite, True), (inhibit, False)):
            some = like.excitatory[s.source] == sign
            synapses.connect(i=s.source[some], j=s.target[some])
        _connect_inputs(stimulate, heard, like)
    return neurons, [excite, inhibit, stimulate]


def _maass(
    heard: b2.SpikeGeneratorGroup,
    n: int,
    like: Reservoir | None,
    rng: np.random.Generator,
) -> tuple[b2.NeuronGroup, list[b2.Synapses]]:
    """The liquid; a stimulus of 18 nA reaches 30 % of the excitatory neurons."""
    neurons = b2.NeuronGroup(
        n,
        """dv/dt = (-v + (I_e + I_i + 13.5*nA)*Mohm)/(30*ms) : volt (unless refractory)
        dI_e/dt = -I_e/(3*ms) : amp
        dI_i/dt = -I_i/(6*ms) : amp
        excitatory : boolean (constant)
        t_ref : second (constant)
        x : 1 (constant)
        y : 1 (constant)
        z : 1 (constant)""",
        threshold="v > 15*mV",
        reset="v = 13.5*mV",
        refractory="t_ref",
        method="exact",
    )
    if like is None:
        neurons.x, neurons.y, neurons.z = "i // 9", "(i // 3) % 3", "i % 3"
        neurons.excitatory = rng.permutation(n) >= round(0.2 * n)
        neurons.v = "13.5*mV + rand()*1.5*mV"
    else:
        neurons.excitatory = like.excitatory
        neurons.v = like.parameters["v_rest_mV"] * mV
    late = 0 if like is None else DT_MS
    neurons.t_ref = np.where(neurons.excitatory, 3 + late, 2 + late) * ms
    stimulate = b2.Synapses(heard, neurons, on_pre="I_e += 18*nA")
    if like is None:
        stimulate.connect("excitatory_post", p=0.3)
    else:
        _connect_inputs(stimulate, heard, like)
    return neurons, [stimulate, *(_dynamic(neurons, kind, like, rng) for kind in MAASS)]


def _dynamic(
    neurons: b2.NeuronGroup,
    kind: tuple[Any, ...],
    like: Reservoir | None,
    rng: np.random.Generator,
) -> b2.Synapses:
    """The synapses from neurons of one polarity to those of another (Markram et al. 1998)."""
    source, target, c, weight, use, recovery, facilitation, delay = kind
    synapses = b2.Synapses(
        neurons,
        neurons,
        """A : amp (constant)
        U : 1 (constant)
        D : second (constant)
        F : second (constant)
        du/dt = -u/F : 1 (event-driven)
        dR/dt = (1 - R)/D : 1 (event-driven)""",
        on_pre=f"""u += U*(1 - u)
        I_{"e" if source else "i"}_post += A*u*R
        R -= u*R""",
    )
    if like is None:
        synapses.connect(
            f"excitatory_pre == {source} and excitatory_post == {target} and i != j",
            p=f"{c}*exp(-((x_pre - x_post)**2 + (y_pre - y_post)**2 + (z_pre - z_post)**2)/4)",
        )
        size = len(synapses)
        synapses.A = rng.gamma(1, abs(weight / nA), size) * np.sign(weight / nA) * nA
    else:
        s = like.synapses
        some = (like.excitatory[s.source] == source) & (like.excitatory[s.target] == target)
        synapses.connect(i=s.source[some], j=s.target[some])
        synapses.A = s.weight_pA[some] * pA
        size = len(synapses)
    spread = rng if like is None else None
    synapses.U = np.minimum(_around(use, size, spread), 1)
    synapses.D = _around(recovery, size, spread) * ms
    synapses.F = _around(facilitation, size, spread) * ms
    synapses.R = 1
    synapses.delay = delay * ms
    return synapses


def _around(mean: float, size: int, rng: np.random.Generator | None) -> NDArray[np.float64]:
    """Normal values whose deviation is half the mean, uniform ones in place of negative ones."""
    if rng is None:
        return np.full(size, float(mean))
    values = rng.normal(mean, mean / 2, size)
    return np.where(values > 0, values, rng.uniform(0, 2 * mean, size))


def _connect_inputs(synapses: b2.Synapses, heard: b2.SpikeGeneratorGroup, like: Reservoir) -> None:
    s = like.input_synapses(len(heard))
    synapses.connect(i=s.source, j=s.target)
