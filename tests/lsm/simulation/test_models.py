"""Every neuron model against a fine-step solution of its equations, and on both targets.

Input of a step acts at its end, and a spike is noticed at the end of its step: by then up to a step
is lost, which later spikes inherit.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lsm.neurons import (
    IF,
    IZHIKEVICH,
    IZHIKEVICH_2007,
    LIF,
    LIF_ADAPTIVE,
    LIF_COND,
    LIF_DOUBLE,
    LIF_EI,
    MODELS,
    THETA,
    NeuronModel,
)
from lsm.reservoir import Reservoir
from lsm.simulation import SimulationError, record, simulate
from lsm.spikes import SpikeTrains
from lsm.states import MembranePotentials, TimeBins
from lsm.topology import InputWiring, MatrixWiring
from lsm.topology.short_term import ShortTermPlasticity
from tests.lsm.liquids import WIRING, lone_neurons, samples


def silence(duration_ms):
    return SpikeTrains.from_lists([[[]]], duration_ms=duration_ms)


def solve(flow, y, duration_ms, *, peak=np.inf, reset=None, kicks=(), t_ref_ms=0.0, at=()):
    """Spike times, and the first variable at some times.

    ``kicks``: times and what is added then. The first variable stands still after a reset for
    ``t_ref_ms``.
    """

    def crosses(t, y):
        return y[0] - peak

    crosses.terminal, crosses.direction = True, 1

    def held(t, y):
        return np.concatenate([[0.0], flow(y)[1:]])

    spikes, now, release, path = [], 0.0, 0.0, []
    y = np.array(y, dtype=float)
    stops = [*kicks, (duration_ms, 0)]
    while now < duration_ms:
        end = min(stops[0][0], release if release > now else np.inf)
        refractory = now < release
        s = solve_ivp(
            held if refractory else lambda t, y: flow(y),
            (now, end),
            y,
            method="DOP853",
            events=None if refractory or not np.isfinite(peak) else crosses,
            rtol=1e-10,
            atol=1e-10,
            dense_output=True,
        )
        now, y = s.t[-1], s.y[:, -1]
        inside = [t for t in at if s.t[0] < t <= now + 1e-9]
        path += [s.sol(min(t, now))[0] for t in inside]
        if s.status == 1:
            spikes.append(now)
            y, release = np.array(reset(y), dtype=float), now + t_ref_ms
        elif now == stops[0][0]:
            y = y + stops.pop(0)[1]
    return np.array(spikes), np.array(path)


def test_lif_fires_at_the_analytic_rate():
    # Five sets of time constant, refractory period, threshold, reset and capacitance.
    sets = np.array(
        [
            (10.0, 2.0, -60.0, -70.0, 250.0),
            (20.0, 5.0, -50.0, -60.0, 200.0),
            (30.0, 3.0, -55.0, -56.5, 300.0),
            (5.0, 0.0, -65.0, -80.0, 100.0),
            (50.0, 1.0, -52.0, -70.0, 500.0),
        ]
    ).T
    rates_hz = np.array([5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 100.0])
    tau, t_ref, threshold, reset, c_m = np.repeat(sets, len(rates_hz), axis=1)
    # interval = t_ref + tau ln((R I - reset) / (R I - threshold)), from rest
    grown = np.exp((1000 / np.tile(rates_hz, 5) - t_ref) / tau)
    drive = (grown * (threshold + 70) - (reset + 70)) / (grown - 1)
    neurons = lone_neurons(
        n=len(tau),
        tau_m_ms=tau,
        t_ref_ms=t_ref,
        v_threshold_mV=threshold,
        v_reset_mV=reset,
        c_m_pF=c_m,
        i_background_pA=drive * c_m / tau,
    )
    recording = record(neurons, silence(1500), dt_ms=0.1)
    # Slow rates of short time constants: so near to the rheobase that single precision decides.
    near = drive - (threshold + 70) < 1e-4 * drive
    assert near.sum() == 5
    for i in np.flatnonzero(~near):
        rate_hz = np.tile(rates_hz, 5)[i]
        times = recording.spike_times_ms[recording.spike_neurons == i]
        assert 1000 / np.diff(times).mean() == pytest.approx(rate_hz, rel=0.01)


# a (1/ms), b, c (mV), d; Izhikevich 2003, figure 2. All get a current of 10.
KINDS_2003 = {
    "regular spiking": (0.02, 0.2, -65.0, 8.0),
    "intrinsically bursting": (0.02, 0.2, -55.0, 4.0),
    "chattering": (0.02, 0.2, -50.0, 2.0),
    "fast spiking": (0.1, 0.2, -65.0, 2.0),
    "low-threshold spiking": (0.02, 0.25, -65.0, 2.0),
}
# C, k, v_r, v_t, v_peak, a, b, c, d, I; Izhikevich 2007, chapter 8, where the last two have more
# terms than the model.
KINDS_2007 = {
    "regular spiking": (100, 0.7, -60, -40, 35, 0.03, -2, -50, 100, 100),
    "intrinsically bursting": (150, 1.2, -75, -45, 50, 0.01, 5, -56, 130, 500),
    "chattering": (50, 1.5, -60, -40, 25, 0.03, 1, -40, 150, 200),
    "fast spiking": (20, 1, -55, -40, 25, 0.15, 8, -55, 200, 400),
    "low-threshold spiking": (100, 1, -56, -42, 40, 0.03, 8, -53, 20, 300),
}


def _izhikevich_2003():
    a, b, c, d = np.array(list(KINDS_2003.values())).T
    neurons = lone_neurons(
        n=5,
        model=IZHIKEVICH,
        a_per_ms=a,
        b_per_ms=b,
        v_reset_mV=c,
        d_mV_per_ms=d,
        i_background_pA=1000.0,
    )

    def solution(a, b, c, d):
        def flow(y):
            return np.array([0.04 * y[0] ** 2 + 5 * y[0] + 150 - y[1], a * (b * y[0] - y[1])])

        rest = min(np.roots([0.04, 5 - b, 140]).real)
        return solve(flow, [rest, b * rest], 200, peak=30, reset=lambda y: [c, y[1] + d])[0]

    return neurons, [solution(*kind) for kind in KINDS_2003.values()]


def _izhikevich_2007():
    names = ["c_m_pF", "k_nS_per_mV", "v_rest_mV", "v_t_mV", "v_peak_mV"]
    names += ["a_per_ms", "b_nS", "v_reset_mV", "d_pA", "i_background_pA"]
    columns = np.array(list(KINDS_2007.values()), dtype=float).T
    neurons = lone_neurons(n=5, model=IZHIKEVICH_2007, **dict(zip(names, columns, strict=True)))

    def solution(c_m, k, v_r, v_t, peak, a, b, c, d, current):
        def flow(y):
            v, r = y
            return np.array(
                [(k * (v - v_r) * (v - v_t) - r + current) / c_m, a * (b * (v - v_r) - r)]
            )

        return solve(flow, [v_r, 0], 200, peak=peak, reset=lambda y: [c, y[1] + d])[0]

    return neurons, [solution(*kind) for kind in KINDS_2007.values()]


@pytest.mark.parametrize("form", [_izhikevich_2003, _izhikevich_2007])
def test_izhikevichs_neurons_fire_when_a_fine_solution_does(form):
    neurons, expected = form()
    recording = record(neurons, silence(200), dt_ms=0.01)
    for i, times in enumerate(expected):
        ours = recording.spike_times_ms[recording.spike_neurons == i]
        assert len(ours) == len(times) >= 3
        np.testing.assert_allclose(ours + 0.01, times, rtol=0, atol=1.0)


def test_izhikevichs_neuron_starts_at_rest_and_records_its_potential():
    recording = record(lone_neurons(model=IZHIKEVICH), silence(20), dt_ms=0.1)
    np.testing.assert_allclose(recording.v_mV, -70.0, atol=1e-4)
    np.testing.assert_allclose(recording.variables["r"], -14.0, atol=1e-4)


def test_a_long_step_does_not_blow_up_the_recovery_of_izhikevichs_neuron():
    # The recovery of a regular spiking neuron rises by d = 8 a spike; before it was cut off at its
    # peak, a step of 1 ms added 64 here.
    neurons = lone_neurons(n=50, model=IZHIKEVICH, i_background_pA=np.linspace(500, 3000, 50))
    coarse = record(neurons, silence(500), dt_ms=1.0)
    fine = record(neurons, silence(500), dt_ms=0.1)
    assert np.diff(coarse.variables["r"], axis=1).max() < 12
    rates = [np.bincount(one.spike_neurons, minlength=50) for one in (coarse, fine)]
    np.testing.assert_allclose(rates[0], rates[1], rtol=0.15, atol=1)


def test_theta_neuron_fires_at_the_analytic_rate():
    eta = np.array([0.04, 0.25, 1.0])
    neurons = lone_neurons(n=4, model=THETA, i_background_pA=np.append(100 * eta, -10))
    recording = record(neurons, silence(1000), dt_ms=0.1)
    for i, period in enumerate(np.pi * 10 / np.sqrt(eta)):
        times = recording.spike_times_ms[recording.spike_neurons == i] + 0.1
        assert times[0] == pytest.approx(period / 2, abs=0.1)  # from phase 0
        assert np.diff(times).mean() == pytest.approx(period, rel=0.001)
    assert not np.any(recording.spike_neurons == 3)
    np.testing.assert_allclose(recording.v_mV[3], -np.arccos(0.9 / 1.1), atol=1e-5)


def _driven(model, flow, kick, y, jump=0.0, **parameters):
    """Our recording and the solution, of neurons 0 (too high a threshold) and 1 (fires)."""
    times = np.array([4.0, 10.0, 15.0, 30.0, 32.0, 50.0])
    sample = SpikeTrains.from_lists([[times]], duration_ms=70)
    neurons = lone_neurons(
        n=2,
        model=model,
        weight_pA=400.0,
        v_threshold_mV=np.array([0.0, -66.5]),
        t_ref_ms=1.0,
        i_background_pA=60.0,
        **parameters,
    )
    recording = record(neurons, sample, dt_ms=DT)
    kicks = [(t + DT, np.array(kick)) for t in times]

    def reset(y):
        y = y.copy()
        y[0] = 0.0
        y[-1] += jump
        return y

    at = recording.t_ms[::500]
    _, path = solve(flow, y, 70, kicks=kicks, at=at - 1e-9)
    spikes, _ = solve(flow, y, 70, kicks=kicks, peak=3.5, reset=reset, t_ref_ms=1.0)
    return recording, path, spikes


DT = 0.02
B = 60.0
FLOWS = {
    "if": (IF, lambda y: [(y[1] + B) / 250, -y[1] / 5], [0, 400], 0.0, {}),
    "lif_adaptive": (
        LIF_ADAPTIVE,
        lambda y: [-y[0] / 10 + (y[1] - y[2] + B) / 250, -y[1] / 5, -y[2] / 30],
        [0, 400, 0],
        80.0,
        {"tau_w_ms": 30.0, "w_jump_pA": 80.0},
    ),
    "lif_ei": (
        LIF_EI,
        lambda y: [-y[0] / 10 + (y[1] + B) / 250, -y[1] / 3],
        [0, 400],
        0.0,
        {"tau_syn_e_ms": 3.0},
    ),
    "lif_cond": (
        LIF_COND,
        lambda y: [-y[0] / 10 + (y[1] * (70 - y[0]) + B) / 250, -y[1] / 3],
        [0, 400 / 70],
        0.0,
        {"tau_syn_e_ms": 3.0},
    ),
    # y' = -y/rise, I' = -I/decay + y: the peak of I is the weight.
    "lif_double": (
        LIF_DOUBLE,
        lambda y: [-y[0] / 10 + (y[1] + B) / 250, -y[1] / 5 + y[2], -y[2] / 1.5],
        [0, 0, 400 / 5 * (5 / 1.5) ** (5 / 3.5)],
        0.0,
        {"tau_rise_ms": 1.5},
    ),
}


@pytest.mark.parametrize("name", FLOWS)
def test_integrate_and_fire_neurons_follow_a_fine_solution(name):
    model, flow, kick, jump, parameters = FLOWS[name]
    recording, path, spikes = _driven(
        model, lambda y: np.array(flow(y)), kick, np.zeros(len(kick)), jump, **parameters
    )
    assert path.max() > 4.0
    np.testing.assert_allclose(recording.v_mV[0, ::500] + 70, path, rtol=1e-4, atol=1e-4)
    ours = recording.spike_times_ms[recording.spike_neurons == 1]
    assert len(ours) == len(spikes) >= 4
    np.testing.assert_allclose(ours + DT, spikes, rtol=0, atol=DT * (1 + len(spikes)))


@pytest.mark.parametrize("model", [LIF_EI, LIF_COND], ids=lambda model: model.name)
def test_inhibitory_spikes_act_by_a_time_constant_of_their_own(model):
    # Neuron 0 fires once, of its own; neuron 1 listens.
    neurons = Reservoir(
        model=model,
        parameters={
            "v_threshold_mV": np.array([-69.0, 0.0]),
            "i_background_pA": np.array([300.0, 0.0]),
            "t_ref_ms": 1e4,
        },
        excitatory=np.array([False, True]),
        positions=np.zeros((2, 2)),
        keys=np.arange(2),
        wiring=MatrixWiring([[0, -200.0], [0, 0]], delay_ms=1.0),
    )
    recording = record(neurons, silence(60), dt_ms=DT)
    (fired,) = recording.spike_times_ms
    after = recording.t_ms > fired + 1 + DT / 2
    since = recording.t_ms[after] - (fired + 1 + DT)
    name = model.state[2]
    peak = -200.0 if model is LIF_EI else -20.0  # nS, where -80 mV is 10 mV below rest
    np.testing.assert_allclose(
        recording.variables[name][1, after], peak * np.exp(-since / 10), rtol=1e-4
    )

    def flow(y):
        pull = y[1] if model is LIF_EI else y[1] * (10 + y[0])
        return np.array([-y[0] / 10 + pull / 250, -y[1] / 10])

    _, path = solve(flow, [0, peak], since[-1], at=since[1::200])
    np.testing.assert_allclose(recording.v_mV[1, after][1::200] + 70, path, rtol=2e-3, atol=1e-4)


def test_integrators_and_leaky_neurons_share_a_reservoir():
    # tau_m of 1e6 ms is no leak: 100 pA x 20 ms / 250 pF = 8 mV.
    neurons = lone_neurons(
        n=4,
        tau_m_ms=np.array([1e6, 1e6, 10.0, 10.0]),
        i_background_pA=100.0,
        v_threshold_mV=0.0,
    )
    leaky = 4 * (1 - np.exp(-2.0))
    v = record(neurons, silence(20)).v_mV[:, -1]
    np.testing.assert_allclose(v + 70, [8.0, 8.0, leaky, leaky], rtol=1e-4)


def test_a_leak_of_a_million_ms_is_none():
    drawn = firing(IF, 3)
    leaky = drawn.replace(model=LIF, parameters=dict(drawn.parameters) | {"tau_m_ms": 1e6})
    spikes = samples(1, [100])
    ours, theirs = (simulate(one, spikes, state=TimeBins(bins=100)) for one in (leaky, drawn))
    assert theirs.sum() > 200
    assert np.abs(ours - theirs).sum() <= 0.01 * theirs.sum()


def test_a_potential_that_runs_away_is_an_error_of_the_recording():
    # Runge-Kutta on an exponential that nothing cuts off before 0 mV.
    model = NeuronModel.from_equations(
        "runaway",
        "dv/dt = (E - v + D*exp((v - v_T)/D) + R*I)/tau : volt\ndI/dt = -I/tau_s : amp",
        parameters={
            "E": (-70, "mV"),
            "D": (0.5, "mV"),
            "v_T": (-50, "mV"),
            "R": (100, "Mohm"),
            "tau": (10, "ms"),
            "tau_s": (5, "ms"),
        },
        threshold="v > 0*mV",
        reset="v = E",
        start={"v": "E"},
    )
    neuron = lone_neurons(model=model, weight_pA=900.0)
    sample = SpikeTrains.from_lists([[[1.0]]], duration_ms=20)
    with pytest.raises(SimulationError, match=r"neuron 0 is no number from \S+ ms on: .*'runaway'"):
        record(neuron, sample, dt_ms=1.0, target="numpy")


@pytest.mark.parametrize("target", ["cpp", "numpy"])
def test_a_potential_that_runs_away_is_an_error_of_the_simulation(target):
    neuron = lone_neurons(n=2, weight_pA=-3e38)
    fine = SpikeTrains.from_lists([[[1.0]]], duration_ms=20)
    simulate(neuron, fine, target=target)
    beyond_single_precision = SpikeTrains.from_lists([[[1.0, 1.5]]], duration_ms=20)
    with pytest.raises(SimulationError, match="potential of neuron 0 is no number at the end of"):
        simulate(neuron, beyond_single_precision, target=target)


def test_tsodyks_markram_amplitudes_are_the_closed_form():
    # Neuron 0 fires regularly; the increments of the current of neuron 1 are what its spikes give.
    rule = ShortTermPlasticity((0.2, 0.5, 0.5, 0.5), (300.0,) * 4, (700.0,) * 4)
    neurons = Reservoir(
        model=LIF,
        parameters={
            "i_background_pA": np.array([500.0, 0.0]),
            "v_threshold_mV": np.array([-60.0, 1000.0]),
        },
        excitatory=np.array([True, True]),
        positions=np.zeros((2, 2)),
        keys=np.arange(2),
        wiring=MatrixWiring([[0, 1.0], [0, 0]], delay_ms=3.0),
        short_term=rule,
    )
    for target in ("cpp", "numpy"):
        recording = record(neurons, silence(300), target=target)
        times = recording.spike_times_ms
        interval = np.diff(times)
        assert len(times) > 20
        assert np.ptp(interval) == 0
        current = recording.variables["I"][1].astype(float)
        jumps = np.diff(current, prepend=0.0) + np.append(0.0, current[:-1]) * (1 - np.exp(-1 / 5))
        inside = times + 3 < 300
        got = jumps[np.rint(times[inside] + 3).astype(int)]
        use, resource, expected = 0.2, 1.0, []
        for _ in got:
            expected.append(use * resource)
            resource = 1 - (1 - resource * (1 - use)) * np.exp(-interval[0] / 300)
            use = 0.2 + use * 0.8 * np.exp(-interval[0] / 700)
        assert min(expected) < 0.7 * max(expected)
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6)


PLASTIC = ShortTermPlasticity(
    (0.5, 0.05, 0.25, 0.32), (50.0, 12.0, 70.0, 0.0), (5.0, 90.0, 2.0, 0.0)
)
#: Drive for each model that makes most neurons fire.
DRIVES = {
    "izhikevich": {"i_background_pA": 600.0},
    "izhikevich_2007": {"i_background_pA": 200.0},
    "theta": {"i_background_pA": 60.0},
}
DRIVES |= {f"{name}_double": DRIVES[name] for name in ("izhikevich_2007", "theta")}


def firing(model, random_state=0, **changes):
    """A random liquid of a model whose neurons fire."""
    drive = DRIVES.get(model.name, {"i_background_pA": 200.0, "v_threshold_mV": -66.0})
    return Reservoir.random(
        30,
        random_state=random_state,
        model=model,
        ranges={name: p for name, p in model.ranges.items() if name not in drive},
        parameters=drive,
        wiring=WIRING,
        inputs=InputWiring(weight_pA=600.0, weight_sd_pA=100.0),
    ).replace(**changes)


RASTER = TimeBins(bins=200)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_both_targets_give_the_same_spikes_and_potentials(model):
    reservoir, spikes = firing(model), samples(1, [50, 31])
    # Potentials are read after the resets of each step: the same ones mean the same spikes.
    state = MembranePotentials(at=tuple(np.arange(1, 201) / 200))
    cpp, numpy = (
        simulate(reservoir, spikes, state=state, dt_ms=0.25, target=target)
        for target in ("cpp", "numpy")
    )
    np.testing.assert_array_equal(numpy, cpp)
    assert simulate(reservoir, spikes, dt_ms=0.25).sum() > 10


@pytest.mark.parametrize("model", [LIF, LIF_EI], ids=lambda model: model.name)
def test_both_targets_give_the_same_spikes_with_short_term_plasticity(model):
    reservoir, spikes = firing(model, short_term=PLASTIC), samples(1, [50, 31])
    cpp, numpy = (
        simulate(reservoir, spikes, state=RASTER, dt_ms=0.25, target=target)
        for target in ("cpp", "numpy")
    )
    assert cpp.sum() > 60
    np.testing.assert_array_equal(numpy, cpp)
    fixed = simulate(firing(model), spikes, state=RASTER, dt_ms=0.25)
    assert np.any(fixed != cpp)


def test_short_term_plasticity_starts_anew_with_each_sample():
    liquids = [
        firing(LIF, 1, short_term=PLASTIC),
        firing(LIF, 2),
        firing(LIF, 3, short_term=ShortTermPlasticity()),
    ]
    spikes = samples(3, [40, 9, 33, 21, 40, 13] * 12)  # more samples than lanes
    together = simulate(liquids, spikes, state=RASTER)
    for k, one in enumerate(liquids):
        for i in (0, 1, 5, 40, 71):
            alone = simulate(one, spikes[i], state=RASTER)[0, 0]
            np.testing.assert_array_equal(together[k, i], alone)
