"""A small valid call of every public function whose arguments have a unit: see `test_units`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from matplotlib.figure import Figure

import lsm
import tasks
from evolution import GenomeSpace, Recipe
from lsm import encoders, force, metrics, plasticity, topology
from lsm.balance import balance, mean_currents
from lsm.conversion import SigmoidNetwork, SpikingTrials, run_trials, to_spiking
from lsm.pretraining import pretrain
from readouts import ForceReadout
from tasks.aeon_sets import aeon_set
from tasks.cognitive import make_trials
from tasks.events import pooled_spikes
from tasks.txor import temporal_xor
from tasks.what_when import Schedule, bumps, cue_spikes


class ReachedError(Exception):
    """The program that is stood in for would start now; the arguments are what it was given."""


def _chance(*arrays: Any) -> np.random.Generator:
    """Chance that is decided by the content of arrays and numbers."""
    seed = 0
    for array in arrays:
        seed = crc32(np.ascontiguousarray(array, dtype=np.float64).tobytes(), seed)
    return np.random.default_rng(seed)


def run(reservoirs, spikes, state, reading_steps, readings, dt_ms, target, n_jobs, progress):
    """In place of a simulation: states that any change of what it was given changes."""
    parts = []
    for one in reservoirs:
        synapses = one.synapses
        strength = np.hypot(one.inputs.weight_pA, one.inputs.weight_sd_pA)
        rng = _chance(
            dt_ms,
            reading_steps,
            spikes.times_ms,
            spikes.durations_ms,
            one.parameters["tau_m_ms"],
            one.parameters["v_threshold_mV"],
            synapses.weight_pA,
            synapses.delay_ms,
            state.decays(dt_ms),
        )
        features = len(state.rows) * one.n_neurons
        parts.append(strength / 50 * rng.random((int(readings.sum()), features)))
    return np.array(parts, dtype=np.float32)


class Recorded:
    """In place of the job of a recording."""

    def __init__(self, program, size, reservoirs, sample, state, steps, n, dt_ms, *_, **__):
        (self.one,), self.sample, self.dt_ms = reservoirs, sample, dt_ms

    def run(self):
        n, steps = self.one.n_neurons, int(self.sample.n_steps(self.dt_ms)[0])
        rng = _chance(self.dt_ms, self.sample.times_ms, self.one.synapses.weight_pA)
        step, neuron = np.nonzero(rng.random((steps, n)) < 0.1)
        return {
            "trace": rng.random((steps, len(self.one.model.state), n), dtype=np.float32),
            "spike_step": step,
            "spike_neuron": neuron.astype(np.int32),
        }


def loop(closed, state, steps, **given):
    """In place of a spiking network in a closed loop."""
    raise ReachedError(
        closed.dt_ms, closed.input_weights, closed.reservoir.parameters, steps, given
    )


class Streamed:
    """In place of a stream: what was pushed is the state."""

    def __init__(self, reservoir, *, dt_ms, **_):
        self.dt_ms = dt_ms

    def push(self, chunk):
        return np.array([*chunk.durations_ms, *chunk.times_ms, self.dt_ms])


class Case(NamedTuple):
    """A call, and its arguments that have a unit."""

    call: Callable[..., Any]
    given: dict[str, Any]


SPIKES = metrics.poisson_spikes(4, 3, rate_Hz=100.0, duration_ms=40.0, random_state=0)
EVENTS = [np.array([(0, 1000), (1, 2500)], dtype=[("x", int), ("t", int)])]


class Units(dict):
    """A table of two units, as an NWB file has it."""

    colnames = ("spike_times",)

    def __len__(self):
        return 2


NWB = SimpleNamespace(units=Units(spike_times=[[0.01, 0.25], [0.03]]))
SIGNALS = np.random.default_rng(0).random((6, 2, 20))
WAVE = np.sin(np.arange(2000) / 3)[np.newaxis]
WALK = np.random.default_rng(1).standard_normal((400, 2))
SINE = np.sin(np.arange(400) / 4)
PARAMETERS = {"tau_m_ms": 20.0, "v_threshold_mV": -50.0, "i_background_pA": 30.0, "c_m_pF": 300.0}
RANGES = {"tau_m_ms": (10.0, 20.0), "v_threshold_mV": (-60.0, -50.0)}
FOUR = (50.0, 60.0, -70.0, -80.0), (1.0, 2.0, 3.0, 4.0)


@cache
def reservoir():
    return lsm.Reservoir.random(12, random_state=0, excitatory_fraction=0.6)


@cache
def recording():
    return lsm.record(reservoir(), SPIKES[0])


@cache
def network():
    rng = np.random.default_rng(0)
    return SigmoidNetwork(
        rng.standard_normal((3, 3)), rng.random((3, 1)), rng.random((1, 3)), [20.0, 30.0, 40.0]
    )


@cache
def rate_network():
    return force.RateNetwork(force.force_reservoir("lif", 10, gain=0.1, random_state=0))


def _trained(**changes):
    given = {
        "feedback": np.full((10, 1), 30.0),
        "dt_ms": 0.5,
        "learn": (5.0, 15.0),
        "teach": [(2.0, 3.0), (4.0, 5.0)],
        "duration_ms": 25.0,
        "input_weights": np.arange(10.0)[:, np.newaxis],
        "rise_ms": 3.0,
        "decay_ms": 25.0,
        "start_mV": -60.0 + 2 * np.arange(10),
    }
    trained = force.train_force(
        rate_network(),
        np.sin(np.arange(60.0)),
        readout=ForceReadout(alpha=1.0),
        every=2,
        inputs=np.ones(60),
        random_state=0,
        progress=False,
        **given | changes,
    )
    return trained.t_ms, trained.outputs, trained.decoder, trained.feedback


@cache
def trained():
    return force.train_force(
        rate_network(),
        SINE[:50],
        readout=ForceReadout(alpha=1.0),
        feedback=30.0,
        dt_ms=0.5,
        learn=None,
        random_state=0,
        progress=False,
    )


def _ran_on(**given):
    later = trained().run(target=SINE[:50], **given)
    return later.t_ms, later.outputs, later.decoder


def _fitted(estimator):
    """A call that fits an estimator of this class and gives its states or predictions."""

    def call(**given):
        made = estimator(12, random_state=0, state="counts", **given)
        if estimator is lsm.LSMSeriesRegressor:
            return made.fit(SIGNALS).predict(SIGNALS)
        if estimator is lsm.LiquidTransformer:
            return made.fit(SPIKES).transform(SPIKES)
        return made.fit(SPIKES, [0, 1, 0, 1]).predict(SPIKES)

    return call


def _encoded(encoder):
    """A call that fits an encoder, encodes, decodes, and encodes in parts."""

    def call(**given):
        made = encoder(**given).fit(SIGNALS)
        spikes = made.transform(SIGNALS)
        back = made.inverse_transform(spikes) if hasattr(made, "_decode") else None
        return spikes, back, made.stream().push(SIGNALS[0]) if made.causal else None

    return call


def _heard(**given):
    front = encoders.AudioFrontEnd(**given)
    return front.fit(WAVE).transform(WAVE), front.step_ms, front(WAVE[0])


def _pushed(**given):
    model = lsm.LiquidTransformer(12, random_state=0, state="counts").fit(EVENTS)
    live = lsm.LiveLiquid(model)
    live.push(EVENTS[0], **given)
    return live.state()


def _lines(draw):
    """A call that draws, and gives what was drawn."""

    def call(**given):
        figure = Figure()
        axes = figure.subplots() if draw is not lsm.plots.plot_activity else figure
        draw(axes, **given)
        return [
            *(line.get_xydata() for one in figure.axes for line in one.lines),
            *(np.hstack(patch.get_data()[:2]) for one in figure.axes for patch in one.patches),
            *(
                points.get_sizes()
                for one in figure.axes
                for points in one.collections
                if hasattr(points, "get_sizes")
            ),
        ]

    return call


def _network_of(function, **fixed):
    def call(**given):
        made = function(**fixed, **given)
        return made.parameters, made.synapses

    return call


def _graph(**given):
    from lsm.nir import to_nir

    graph = to_nir(reservoir().replace(parameters=_plain()), n_channels=3, **given)
    return {
        (name, key): value
        for name, node in graph.nodes.items()
        for key, value in vars(node).items()
        if isinstance(value, np.ndarray)
    }


def _quietly(function):
    """Of what is made up not everything is as good as warnings ask for."""

    def call(**given):
        with warnings.catch_warnings(action="ignore"):
            return function(**given)

    return call


def _plain():
    return {"tau_m_ms": 20.0, "t_ref_ms": 0.0}


def _own(parameters, start):
    model = lsm.NeuronModel.from_equations(
        "own",
        "dv/dt = (E - v + I*R)/tau : volt\ndI/dt = -I/tau_s : amp",
        parameters=parameters,
        threshold="v > E + 10*mV",
        reset="v = E",
        start=start,
    )
    return model.definition, {name: one.default for name, one in model.parameters.items()}


def _objects(**given):
    made = reservoir().to_brian2(SPIKES[0], **given)
    return np.asarray(made.neurons.clock.dt), np.asarray(made.recurrent.delay)


def wiring(rule, *args, fixed=(), **given):
    weight_pA, delay_ms = FOUR
    return Case(
        lambda **changed: rule(*args, **dict(fixed), **changed),
        {"weight_pA": weight_pA, "delay_ms": delay_ms} | given,
    )


def on(spikes_first):
    """A call of a function of the reservoir and spikes."""
    return lambda **given: spikes_first(reservoir(), SPIKES, **given)


def encoder(kind, **given):
    return Case(_encoded(kind), {"step_ms": 2.0, "silence_ms": 5.0} | given)


AUDIO = {
    "rate_Hz": 4000.0,
    "low_Hz": 200.0,
    "high_Hz": 1800.0,
    "window_ms": 40.0,
    "hop_ms": 10.0,
    "floor_dB": 50.0,
    "slope_ms": 20.0,
}
DT = {"dt_ms": 0.5}
STDP = {"tau_plus_ms": 15.0, "tau_minus_ms": 30.0, "w_max_pA": 500.0}
ESTIMATED = {"rate_Hz": 40.0, "dt_ms": 0.5}
CURRENTS = np.random.default_rng(2).integers(1, 100, (2, 60)).astype(float)

CASES: dict[str, Case] = {
    "lsm.DistanceWiring": wiring(lsm.DistanceWiring),
    "lsm.DistanceWiring.maass": Case(lsm.DistanceWiring.maass, {"weight_pA": FOUR[0]}),
    "lsm.topology.FixedInDegree": wiring(topology.FixedInDegree, (1, 2, 1, 2)),
    "lsm.topology.MatrixWiring": wiring(
        topology.MatrixWiring, weight_pA=np.eye(3), delay_ms=np.full((3, 3), 2.0)
    ),
    "lsm.topology.MotifWiring": wiring(
        topology.MotifWiring, 3, fixed={"within": 0.5, "between": 0.1}
    ),
    "lsm.topology.PolarityWiring": wiring(topology.RandomWiring, 0.1),  # it has no synapses
    "lsm.topology.RandomWiring": wiring(topology.RandomWiring, 0.1),
    "lsm.topology.SmallWorld": wiring(topology.SmallWorld, 4, fixed={"rewiring": 0.5}),
    "lsm.topology.Synapses": Case(
        lambda **given: topology.Synapses(np.zeros(2, np.int32), np.ones(2, np.int32), **given),
        {"weight_pA": np.array([30.0, 40.0]), "delay_ms": np.array([1.0, 2.0])},
    ),
    "lsm.topology.Synapses.delay_steps": Case(
        lambda **given: reservoir().synapses.delay_steps(**given), {"dt_ms": 0.5}
    ),
    "lsm.InputWiring": Case(lsm.InputWiring, {"weight_pA": 200.0, "weight_sd_pA": 50.0}),
    "lsm.ShortTermPlasticity": Case(
        lsm.ShortTermPlasticity, {"recovery_ms": FOUR[1], "facilitation_ms": 20.0}
    ),
    "lsm.FilteredTraces": Case(lsm.FilteredTraces, {"tau_ms": (10.0, 30.0)}),
    "lsm.FilteredTraces.decays": Case(lsm.FilteredTraces().decays, DT),
    "lsm.SpikeTrains": Case(
        lambda **given: lsm.SpikeTrains(
            channels=np.array([0, 1]), offsets=np.array([0, 1, 2]), n_channels=2, **given
        ),
        {"times_ms": np.array([1.0, 2.5]), "durations_ms": np.array([5.0, 6.0])},
    ),
    "lsm.SpikeTrains.from_dense": Case(
        lambda **given: lsm.SpikeTrains.from_dense(np.ones((1, 2, 3), int), **given), DT
    ),
    "lsm.SpikeTrains.from_events": Case(
        lambda **given: lsm.SpikeTrains.from_events(EVENTS, sensor_size=(2, 1, 1), **given),
        {"duration_ms": 500.0, "time_unit_ms": 0.01},
    ),
    "lsm.SpikeTrains.from_lists": Case(
        lsm.SpikeTrains.from_lists,
        {"samples": [[np.array([1.0, 2.0]), np.array([3.0])]], "duration_ms": 5.0},
    ),
    "lsm.SpikeTrains.from_nwb": Case(
        lambda **given: lsm.SpikeTrains.from_nwb(NWB, **given),
        {"start_ms": np.array([0.0, 200.0]), "stop_ms": np.array([100.0, 300.0])},
    ),
    "lsm.SpikeTrains.n_steps": Case(SPIKES.n_steps, DT),
    "lsm.SpikeTrains.steps": Case(SPIKES.steps, DT),
    "lsm.SpikeTrains.to_dense": Case(SPIKES.to_dense, DT),
    "lsm.SpikeTrains.to_events": Case(
        lambda **given: list(map(list, SPIKES.to_events((3, 1, 1), **given))), {"time_unit_ms": 0.5}
    ),
    "lsm.Recording": Case(
        lambda **given: replace(recording(), **given),
        {
            "spike_times_ms": np.array([1.0, 2.0]),
            "t_ms": np.array([1.0, 2.0]),
            "v_mV": np.array([[-60.0, -70.0]]),
        },
    ),
    "lsm.Reservoir": Case(
        _network_of(lambda parameters: reservoir().replace(parameters=parameters)),
        {"parameters": PARAMETERS},
    ),
    "lsm.Reservoir.random": Case(
        _network_of(lsm.Reservoir.random, n=6, random_state=0),
        {"ranges": RANGES, "parameters": {"c_m_pF": 300.0}},
    ),
    "lsm.RandomLiquid": Case(
        lambda parameters: lsm.RandomLiquid(6, **parameters).draw(2, random_state=0),
        {"parameters": {"c_m_pF": 300.0, "tau_m_ms": (5.0, 9.0)}},
    ),
    "lsm.Reservoir.to_brian2": Case(_objects, DT),
    "lsm.NeuronModel.complete": Case(
        lambda **given: lsm.LIF.complete(n=3, **given), {"parameters": PARAMETERS}
    ),
    "lsm.NeuronModel.from_equations": Case(
        _own,
        {
            "parameters": {
                "tau": (10.0, "ms"),
                "tau_s": (5.0, "ms"),
                "R": (40.0, "Mohm"),
                "E": (-70.0, "mV"),
            },
            "start": {"v": (-65.0, "mV")},
        },
    ),
    "lsm.LSMClassifier": Case(_fitted(lsm.LSMClassifier), ESTIMATED),
    "lsm.LSMRegressor": Case(_fitted(lsm.LSMRegressor), ESTIMATED),
    "lsm.LSMSeriesRegressor": Case(_fitted(lsm.LSMSeriesRegressor), ESTIMATED),
    "lsm.LiquidTransformer": Case(_fitted(lsm.LiquidTransformer), ESTIMATED),
    "lsm.LiveLiquid.push": Case(_pushed, {"duration_ms": 5.0}),
    "lsm.Stream": Case(
        lambda **given: lsm.Stream(reservoir(), n_channels=3, state="counts", **given), DT
    ),
    "lsm.calibrate": Case(on(lsm.calibrate), ESTIMATED),
    "lsm.record": Case(lambda **given: lsm.record(reservoir(), SPIKES[0], **given), DT),
    "lsm.simulate": Case(on(lsm.simulate), DT),
    "lsm.trajectories": Case(on(lsm.trajectories), DT | {"every_ms": 4.0}),
    "lsm.balance.balance": Case(
        _quietly(lambda **given: balance(reservoir(), SPIKES, max_iter=1, **given)), DT
    ),
    "lsm.balance.mean_currents": Case(on(mean_currents), DT),
    "lsm.pretraining.pretrain": Case(
        lambda **given: pretrain(reservoir(), SPIKES, [lsm.calibrate], **given), ESTIMATED
    ),
    "lsm.conversion.SigmoidNetwork": Case(
        lambda **given: replace(network(), **given), {"tau_ms": np.array([20.0, 30.0, 40.0])}
    ),
    "lsm.conversion.SigmoidNetwork.run": Case(
        lambda **given: network().run(np.ones((1, 5, 1)), random_state=0, **given), {"step_ms": 4.0}
    ),
    "lsm.conversion.SpikingTrials": Case(
        lambda **given: SpikingTrials(
            outputs=np.ones((1, 1, 1)), spike_trials=np.zeros(1), spike_neurons=np.zeros(1), **given
        ),
        {"rates_Hz": np.array([[5.0]]), "spike_times_ms": np.array([3.0])},
    ),
    "lsm.conversion.run_trials": Case(
        lambda **given: run_trials(network(), 20.0, np.ones((1, 5, 1)), random_state=0, **given),
        {"step_ms": 4.0, "noise_mV": 2.0, "dt_ms": 0.5},
    ),
    "lsm.conversion.to_spiking": Case(
        lambda **given: to_spiking(network(), 20.0, **given), {"noise_mV": 2.0, "dt_ms": 0.5}
    ),
    "lsm.encoders.AudioFrontEnd": Case(_heard, AUDIO),
    "lsm.encoders.MelFrontEnd": Case(lambda **given: encoders.MelFrontEnd(**given)(WAVE[0]), AUDIO),
    "lsm.encoders.Encoder": encoder(encoders.StepForward),  # the others' parent
    "lsm.encoders.BensSpiker": encoder(encoders.BensSpiker),
    "lsm.encoders.GaussianPopulation": encoder(encoders.GaussianPopulation, max_rate_Hz=100.0),
    "lsm.encoders.IntegrateAndFire": encoder(encoders.IntegrateAndFire, rate_Hz=100.0),
    "lsm.encoders.Latency": encoder(encoders.Latency),
    "lsm.encoders.LevelCrossing": encoder(encoders.LevelCrossing),
    "lsm.encoders.StepForward": encoder(encoders.StepForward),
    "lsm.encoders.PoissonRate": encoder(
        lambda **given: encoders.PoissonRate(random_state=0, **given), max_rate_Hz=100.0
    ),
    "lsm.encoders.erb_centres": Case(
        lambda **given: encoders.erb_centres(3, **given), {"low_Hz": 100.0, "high_Hz": 900.0}
    ),
    "lsm.encoders.erb_number": Case(encoders.erb_number, {"frequency_Hz": np.array([100.0, 200])}),
    "lsm.encoders.mel": Case(encoders.mel, {"frequency_Hz": 100.0}),
    "lsm.encoders.gammatone_filters": Case(
        lambda **given: encoders.gammatone_filters(3, **given),
        {"rate_Hz": 4000.0, "low_Hz": 100.0, "high_Hz": 900.0},
    ),
    "lsm.encoders.mel_bank": Case(
        lambda **given: encoders.mel_bank(3, **given),
        {"frequencies_Hz": 40.0 * np.arange(50), "low_Hz": 100.0, "high_Hz": 900.0},
    ),
    "lsm.encoders.integrate_and_fire": Case(
        lambda **given: encoders.integrate_and_fire(SIGNALS, **given),
        {"step_ms": 2.0, "spikes_per_ms": 0.5, "silence_ms": 5.0},
    ),
    "lsm.force.Published": Case(
        lambda **given: replace(force.PUBLISHED["lif"], **given), {"area_pA_s": 2.0}
    ),
    "lsm.force.RateNetwork.held": Case(
        lambda **given: rate_network().held(**given), {"current_pA": 3.0 * np.arange(10)}
    ),
    "lsm.force.RateNetwork.rate": Case(
        lambda **given: rate_network().rate(**given), {"held_mV": -50.0 + 2 * np.arange(10)}
    ),
    "lsm.force.Trained": Case(
        lambda **given: [getattr(replace(trained(), **given), name) for name in given],
        dict.fromkeys(("t_ms", "spike_times_ms", "probe_t_ms"), np.array([1.0, 2.0])),
    ),
    "lsm.force.Trained.run": Case(
        _ran_on, {"duration_ms": 20.0, "learn": (30.0, 40.0), "teach": [(26.0, 28.0)]}
    ),
    "lsm.force.train_force": Case(
        _trained,
        {
            "feedback": 20.0,
            "dt_ms": 0.5,
            "learn": [(1.0, 2.0), (4.0, 5.0)],
            "teach": (2.0, 3.0),
            "duration_ms": 8.0,
            "input_weights": np.arange(10.0)[::-1, np.newaxis],
            "rise_ms": 4.0,
            "decay_ms": 30.0,
            "start_mV": -65.0 + 2 * np.arange(10),
        },
    ),
    "lsm.force.force_reservoir": Case(
        _network_of(force.force_reservoir, model="lif", n=8, gain=0.1, random_state=0),
        {"parameters": {"tau_syn_ms": 30.0, "i_background_pA": -30.0}},
    ),
    "lsm.metrics.Drift": Case(
        lambda **given: metrics.Drift(nrmse=1.0, rate=0.0, **given), {"shift_ms": 3.0}
    ),
    "lsm.metrics.at_distance": Case(
        lambda **given: metrics.at_distance(SPIKES, 0.1, random_state=0, **given), {"tau_ms": 4.0}
    ),
    "lsm.metrics.best_drift": Case(
        lambda **given: metrics.best_drift(SINE, SINE, **given), DT | {"period_ms": 50.0}
    ),
    "lsm.metrics.drift_tolerant_nrmse": Case(
        lambda **given: metrics.drift_tolerant_nrmse(SINE, SINE[::-1], **given),
        DT | {"period_ms": 50.0},
    ),
    "lsm.metrics.between": Case(
        lambda **given: metrics.between(SPIKES, **given), {"start_ms": 5.0, "stop_ms": 30.0}
    ),
    "lsm.metrics.binned_counts": Case(
        lambda **given: metrics.binned_counts(SPIKES, **given), {"bin_ms": 5.0}
    ),
    "lsm.metrics.population_rate": Case(
        lambda **given: metrics.population_rate(SPIKES, **given), {"bin_ms": 5.0}
    ),
    "lsm.metrics.fano_factor": Case(
        lambda **given: metrics.fano_factor(SPIKES, **given), {"window_ms": 10.0}
    ),
    "lsm.metrics.displaced": Case(
        lambda **given: metrics.displaced(SPIKES, random_state=0, **given), {"sd_ms": 3.0}
    ),
    "lsm.metrics.fading_memory": Case(
        on(metrics.fading_memory), DT | {"switch_ms": 12.0, "every_ms": 4.0}
    ),
    "lsm.metrics.hardware_cost": Case(on(metrics.hardware_cost), DT),
    "lsm.metrics.input_responses": Case(
        lambda **given: metrics.input_responses(reservoir(), SINE[:20], **given), DT
    ),
    "lsm.metrics.kernel_quality": Case(
        lambda **given: metrics.kernel_quality(reservoir(), SPIKES, random_state=0, **given),
        DT | {"jitter_ms": 3.0},
    ),
    "lsm.metrics.kernel_ranks": Case(on(metrics.kernel_ranks), DT),
    "lsm.metrics.liquid_quality": Case(
        lambda **given: metrics.liquid_quality(
            reservoir(), SPIKES, n_steps=200, max_delay=2, random_state=0, **given
        ),
        DT | {"jitter_ms": 3.0},
    ),
    "lsm.metrics.lyapunov_exponents": Case(
        on(metrics.lyapunov_exponents),
        DT | {"start_ms": 4.0, "horizon_ms": 8.0, "every_ms": 4.0},
    ),
    "lsm.metrics.memory_capacities": Case(
        lambda **given: metrics.memory_capacities(
            reservoir(), n_steps=200, max_delay=2, random_state=0, **given
        ),
        DT,
    ),
    "lsm.metrics.processing_capacities": Case(
        lambda **given: metrics.processing_capacities(
            reservoir(), max_delays={1: 2}, n_steps=200, random_state=0, **given
        ),
        DT,
    ),
    "lsm.metrics.separation": Case(
        lambda **given: metrics.separation(
            reservoir(), SPIKES, distances=(0.1,), random_state=0, **given
        ),
        DT | {"tau_ms": 4.0},
    ),
    "lsm.metrics.poisson_spikes": Case(
        lambda **given: metrics.poisson_spikes(2, 2, random_state=0, **given),
        {"rate_Hz": 200.0, "duration_ms": 50.0},
    ),
    "lsm.metrics.return_map": Case(
        lambda **given: metrics.return_map(SINE + np.arange(400) / 500, **given),
        DT | {"apart_ms": 10.0, "smooth_ms": 6.0},
    ),
    "lsm.metrics.spectrum_distance": Case(
        lambda **given: metrics.spectrum_distance(WALK[:, 0], WALK[:, 1], **given),
        DT | {"window_ms": 100.0},
    ),
    "lsm.metrics.spike_distances": Case(
        lambda **given: metrics.spike_distances(SPIKES[:2], SPIKES[2:], **given), {"tau_ms": 4.0}
    ),
    "lsm.metrics.loose_balance": Case(
        metrics.loose_balance, {"excitatory": CURRENTS, "inhibitory": -CURRENTS[::-1]}
    ),
    "lsm.metrics.tight_balance": Case(
        metrics.tight_balance,
        DT | {"excitatory": CURRENTS, "inhibitory": -CURRENTS[::-1], "max_lag_ms": 5.0},
    ),
    "lsm.metrics.trajectory_exponent": Case(
        lambda **given: metrics.trajectory_exponent(WALK, n_points=50, **given),
        DT | {"apart_ms": 10.0, "fit_ms": (4.0, 20.0)},
    ),
    "lsm.metrics.valid_time": Case(
        lambda **given: metrics.valid_time(SINE, SINE + np.arange(400) / 500, **given), DT
    ),
    "lsm.nir.to_nir": Case(_graph, DT),
    "lsm.plasticity.critical_stdp": Case(
        lambda **given: plasticity.critical_stdp(
            reservoir(), SPIKES, every=2, max_lag=3, random_state=0, **given
        ),
        DT | STDP | {"rate_max_Hz": 60.0, "bin_ms": 4.0},
    ),
    "lsm.plasticity.stdp": Case(on(plasticity.stdp), DT | STDP),
    "lsm.plasticity.frozen": Case(
        lambda **given: plasticity.frozen(reservoir(), **given),
        {"weight_pA": np.round(reservoir().synapses.weight_pA) * 2},
    ),
    "lsm.plasticity.inhibitory": Case(
        on(plasticity.inhibitory),
        DT | {"rate_Hz": 20.0, "tau_ms": 15.0, "w_max_pA": 3000.0},
    ),
    "lsm.plasticity.intrinsic": Case(
        lambda **given: plasticity.intrinsic(reservoir(), SPIKES, rounds=2, **given),
        ESTIMATED,
    ),
    "lsm.plasticity.spike_pairs": Case(
        lambda **given: plasticity.spike_pairs(
            reservoir().synapses, np.arange(120).reshape(12, 10) % 3 == 0, **given
        ),
        DT | {"tau_plus_ms": 15.0, "tau_minus_ms": 30.0},
    ),
    "lsm.plasticity.spike_raster": Case(
        lambda **given: plasticity.spike_raster(reservoir(), SPIKES[0], **given), DT
    ),
    "lsm.plots.plot_activity": Case(
        lambda **given: _lines(lsm.plots.plot_activity)(
            reservoir=reservoir(), recording=recording(), **given
        ),
        {"bin_ms": 4.0},
    ),
    "lsm.plots.plot_currents": Case(
        _lines(lsm.plots.plot_currents),
        {
            "t_ms": np.arange(3.0),
            "excitatory_pA": np.arange(3.0),
            "inhibitory_pA": -2 * np.arange(3.0),
        },
    ),
    "lsm.plots.plot_liquid": Case(
        lambda **given: _lines(lsm.plots.plot_liquid)(reservoir=reservoir(), **given),
        {"rates_hz": np.arange(12.0)},
    ),
    "lsm.plots.plot_rates": Case(
        lambda **given: _lines(lsm.plots.plot_rates)(
            reservoir=reservoir(), recording=recording(), **given
        ),
        {"bin_ms": 4.0},
    ),
    "tasks.ForceSettings": Case(
        lambda **given: tasks.ForceSettings(G=1.0, Q=1.0, p0=1.0, time_unit="s", every=2, **given),
        {
            "dt_ms": 0.5,
            "learn_ms": (5.0, 10.0),
            "duration_ms": 20.0,
            "neuron": {"b_nS": 2.0, "a_per_ms": 0.5},
        },
    ),
    "tasks.Target": Case(
        lambda **given: tasks.Target("sine", SINE, task=tasks.TARGETS["sine"], **given), DT
    ),
    "tasks.TargetTask": Case(
        lambda **given: tasks.TargetTask(len, "sine", "here", **given), {"period_ms": 200.0}
    ),
    "tasks.Task": Case(
        lambda **given: (
            tasks.Task(
                "four", SPIKES, np.arange(4), *map(np.array, ([0, 1], [2], [3])), **given
            ).step_ms
        ),
        {"step_ms": 2.0},
    ),
    "tasks.make_target": Case(
        lambda **given: tasks.make_target("sine", **given), DT | {"duration_ms": 40.0}
    ),
    "tasks.timing_inputs": Case(
        lambda **given: tasks.timing_inputs(n_channels=3, **given).toarray(),
        {"times_ms": np.arange(5.0), "period_ms": 12.0},
    ),
    "tasks.txor.temporal_xor": Case(
        lambda **given: temporal_xor(0, samples_per_class=4, **given).spikes, {"gap_ms": 20.0}
    ),
    "tasks.aeon_sets.aeon_set": Case(
        lambda **given: aeon_set("UnitTest", 0, samples_per_class=4, **given).spikes,
        {"step_ms": 20.0},
    ),
    "tasks.events.pooled_spikes": Case(
        lambda **given: pooled_spikes([("one", EVENTS[0])], sensor_size=(2, 1, 1), pool=1, **given),
        {"bin_ms": 2.0, "duration_ms": 5.0},
    ),
    "tasks.what_when.Schedule": Case(
        lambda **given: Schedule(probabilities=(0.5, 0.6), trials=3, **given),
        {"latencies_ms": (300.0, 600.0)},
    ),
    "tasks.what_when.bumps": Case(
        lambda **given: bumps(np.ones((2, 1)), **given),
        {"latency_ms": np.array([3.0, 4.0]), "t_ms": np.arange(5.0), "width_ms": 2.0},
    ),
    "tasks.what_when.cue_spikes": Case(
        lambda **given: cue_spikes([0, 1], templates=0, random_state=0, **given),
        {"after_ms": 50.0},
    ),
    "tasks.cognitive.Trials.correct": Case(
        lambda **given: make_trials("xor", 3, random_state=0).correct(np.ones((3, 1600)), **given),
        {"step_ms": 1.0},
    ),
    "evolution.GenomeSpace": Case(
        lambda **given: GenomeSpace(4, box=(3.0, 3.0), **given), {"ranges": RANGES}
    ),
    "evolution.Recipe": Case(
        lambda **given: Recipe(**given).reservoir(
            Recipe(RANGES).space(6).random(np.random.default_rng(0))
        ),
        {"ranges": RANGES, "parameters": {"c_m_pF": 300.0}, "rate_Hz": 40.0},
    ),
    "evolution.Recipe.calibrated": Case(
        lambda **given: Recipe(RANGES, rate_Hz=40.0).calibrated(
            SPIKES, genome=Recipe(RANGES).space(12).random(np.random.default_rng(0)), **given
        ),
        DT,
    ),
}

#: Where the program would start, and what stands in for it there.
STAND_INS: dict[str, Any] = {
    "lsm.simulation.engine._run": run,
    "lsm.simulation.recording.Job": Recorded,
    "lsm.simulation.recording.program_for": lambda *_: (None,) * 5,
    "lsm.simulation.stream.program_for": lambda *_: (None,) * 5,
    "lsm.simulation.stream.Job": lambda *given, **_: _raised(given[7]),
    "lsm.simulation.loop.run": loop,
    "lsm.estimators.live.Stream": Streamed,
}


def _raised(*given):
    raise ReachedError(*given)
