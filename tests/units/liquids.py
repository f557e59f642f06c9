"""Calls with units of reservoirs, spikes, states and estimators."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

import numpy as np

import lsm
from lsm import perturb, topology
from lsm.exchange import to_nest, to_pynn
from lsm.learning import Trainer
from lsm.plasticity.pretraining import pretrain
from lsm.states import make_state
from tests.units.given import (
    DT,
    ESTIMATED,
    EVENTS,
    RANGES,
    SIGNALS,
    SPIKES,
    Case,
    network_of,
    on,
    recording,
    reservoir,
)


class Units(dict):
    """A table of two units, as an NWB file has it."""

    colnames = ("spike_times",)

    def __len__(self):
        return 2


NWB = SimpleNamespace(units=Units(spike_times=[[0.01, 0.25], [0.03]]))


PARAMETERS = {"tau_m_ms": 20.0, "v_threshold_mV": -50.0, "i_background_pA": 30.0, "c_m_pF": 300.0}


FOUR = (50.0, 60.0, -70.0, -80.0), (1.0, 2.0, 3.0, 4.0)


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


def _trained(estimator):
    """A call that trains an estimator of this class and gives its outputs."""
    trainer = Trainer(batch_size=2, iterations=2)

    def call(**given):
        model = estimator(12, trainer=trainer, random_state=0, **given)
        return model.fit(SPIKES, [0, 1, 0, 1]).readout_.weights

    return call


def _decided(**given):
    labels, trains = [0, 1] * 5, SPIKES[[0, 1, 2, 3, 0, 1, 2, 3, 0, 1]]
    made = lsm.LSMClassifier(
        12, random_state=0, state="counts", **{"decide_every_ms": 10.0, **given}
    )
    return made.fit(trains, labels).predict_when_sure(trains, confidence=0.1).times_ms


def _pushed(**given):
    model = lsm.LiquidTransformer(12, random_state=0, state="counts").fit(EVENTS)
    live = lsm.LiveLiquid(model)
    live.push(EVENTS[0], **given)
    return live.state()


def _graph(**given):
    from lsm.nir import to_nir

    graph = to_nir(reservoir().replace(parameters=_plain()), n_channels=3, **given)
    return {
        (name, key): value
        for name, node in graph.nodes.items()
        for key, value in vars(node).items()
        if isinstance(value, np.ndarray)
    }


def _read(**given):
    from lsm.nir import from_nir, to_nir

    graph = to_nir(reservoir().replace(parameters=_plain()), n_channels=3)
    return network_of(from_nir, graph=graph)(**given)


def _in_nest(**given):
    """What NEST's kernel is told of times."""
    nodes = mock.MagicMock()
    nodes.__getitem__.return_value.global_id = 1
    kernel = mock.MagicMock(network_size=0, resolution=0.1)
    kernel.Create.return_value = nodes
    with mock.patch.dict(sys.modules, nest=kernel):
        objects = to_nest(reservoir(), SPIKES[0], **given)
    return {"resolution": kernel.resolution, "end": objects.end_ms}


def _in_pynn(**given):
    """How long a simulator of PyNN is to run; it may have any time step."""
    simulator = mock.MagicMock()
    simulator.state.spike_precision = "on_grid"
    for name in ("time_step", "min_delay", "max_delay"):
        getattr(simulator, f"get_{name}").return_value = "auto"
    return {"end": to_pynn(reservoir(), SPIKES[0], simulator, **given).end_ms}


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


def delays(rule):
    """A rule of delays, as it is described."""
    return Case(lambda **given: rule(**given).describe(), {"low_ms": 2.0, "high_ms": 9.0})


CASES: dict[str, Case] = {
    "lsm.DistanceWiring": wiring(lsm.DistanceWiring),
    "lsm.DistanceWiring.maass": Case(lsm.DistanceWiring.maass, {"weight_pA": FOUR[0]}),
    "lsm.topology.FixedInDegree": wiring(topology.FixedInDegree, (1, 2, 1, 2)),
    "lsm.topology.MatrixWiring": wiring(
        topology.MatrixWiring, weight_pA=np.eye(3), delay_ms=np.full((3, 3), 2.0)
    ),
    "lsm.topology.MatrixInputs": Case(
        topology.MatrixInputs, {"weight_pA": np.eye(3), "delay_ms": np.full((3, 3), 2.0)}
    ),
    "lsm.topology.MotifWiring": wiring(
        topology.MotifWiring, 3, fixed={"within": 0.5, "between": 0.1}
    ),
    "lsm.topology.PolarityWiring": wiring(topology.RandomWiring, 0.1),  # it has no synapses
    "lsm.topology.RandomWiring": wiring(topology.RandomWiring, 0.1),
    "lsm.topology.RingWithJumps": wiring(topology.RingWithJumps, 4),
    "lsm.topology.SmallWorld": wiring(topology.SmallWorld, 4, fixed={"rewiring": 0.5}),
    "lsm.topology.Synapses": Case(
        lambda **given: topology.Synapses(np.zeros(2, np.int32), np.ones(2, np.int32), **given),
        {"weight_pA": np.array([30.0, 40.0]), "delay_ms": np.array([1.0, 2.0])},
    ),
    "lsm.topology.Synapses.delay_steps": Case(
        lambda **given: reservoir().synapses.delay_steps(**given), {"dt_ms": 0.5}
    ),
    "lsm.perturb.Disturbance": Case(perturb.Disturbance, {"delay_jitter_ms": 2.0}),
    "lsm.InputWiring": Case(
        lsm.InputWiring, {"weight_pA": 200.0, "weight_sd_pA": 50.0, "delay_ms": 3.0}
    ),
    "lsm.ShortTermPlasticity": Case(
        lsm.ShortTermPlasticity, {"recovery_ms": FOUR[1], "facilitation_ms": 20.0}
    ),
    "lsm.FilteredTraces": Case(lsm.FilteredTraces, {"tau_ms": (10.0, 30.0)}),
    "lsm.FilteredTraces.decays": Case(lsm.FilteredTraces().decays, DT),
    "lsm.CombinedState.decays": Case(make_state("first+traces:10").decays, DT),
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
        network_of(lambda parameters: reservoir().replace(parameters=parameters)),
        {"parameters": PARAMETERS},
    ),
    "lsm.Reservoir.random": Case(
        network_of(lsm.Reservoir.random, n=6, random_state=0),
        {"ranges": RANGES, "parameters": {"c_m_pF": 300.0}},
    ),
    "lsm.RandomLiquid": Case(
        lambda parameters: lsm.RandomLiquid(6, **parameters).draw(2, random_state=0),
        {"parameters": {"c_m_pF": 300.0, "tau_m_ms": (5.0, 9.0)}},
    ),
    "lsm.Reservoir.to_brian2": Case(_objects, DT),
    "lsm.UniformDelays": delays(lsm.UniformDelays),
    "lsm.LogUniformDelays": delays(lsm.LogUniformDelays),
    "lsm.topology.DelayRule": delays(lsm.UniformDelays),  # the others' parent
    "lsm.KernelInputs": Case(
        lambda **given: lsm.KernelInputs(**given).connect(reservoir(), 2).delay_ms,
        {"longest_ms": 90.0, "step_ms": 2.0, "weight_pA": 100.0},
    ),
    "lsm.ReceptiveFieldInputs": Case(
        lambda **given: lsm.ReceptiveFieldInputs((2, 1, 1), **given).connect(reservoir(), 2),
        {"weight_pA": 100.0, "delay_ms": 3.0},
    ),
    "lsm.KernelLiquid.encoder": Case(
        lambda **given: lsm.KernelLiquid(6).encoder(**given).step_ms, DT
    ),
    "lsm.KernelLiquid.draw": Case(
        lambda **given: lsm.KernelLiquid(6).draw(
            SPIKES, n_signals=None, n_bits=1, random_state=0, **given
        ),
        {"step_ms": 1.0, "dt_ms": 0.5},
    ),
    "lsm.SeriesLiquid": Case(
        lambda **given: lsm.SeriesLiquid(6, **given).draw(2, step_ms=10.0, random_state=0),
        {
            "input_sd_pA": 300.0,
            "tau_m_ms": 90.0,
            "tau_syn_ms": 9.0,
            "weight_pA": (30.0, -40.0),
        },
    ),
    "lsm.SeriesLiquid.draw": Case(
        lambda **given: lsm.SeriesLiquid(6).draw(2, random_state=0, **given), {"step_ms": 30.0}
    ),
    "lsm.SeriesLiquid.state": Case(lsm.SeriesLiquid(6).state, {"step_ms": 30.0}),
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
    "lsm.LSMClassifier": Case(_decided, ESTIMATED | {"decide_every_ms": 10.0}),
    "lsm.LSMRegressor": Case(_fitted(lsm.LSMRegressor), ESTIMATED),
    "lsm.LSMSeriesRegressor": Case(_fitted(lsm.LSMSeriesRegressor), ESTIMATED),
    "lsm.RSNNClassifier": Case(_trained(lsm.RSNNClassifier), ESTIMATED | {"tau_out_ms": 20.0}),
    "lsm.RSNNRegressor": Case(_trained(lsm.RSNNRegressor), ESTIMATED | {"tau_out_ms": 20.0}),
    "lsm.LiquidTransformer": Case(_fitted(lsm.LiquidTransformer), ESTIMATED),
    "lsm.LiveLiquid.push": Case(_pushed, {"duration_ms": 5.0}),
    "lsm.Stream": Case(
        lambda **given: lsm.Stream(reservoir(), n_channels=3, state="counts", **given), DT
    ),
    "lsm.calibrate": Case(on(lsm.calibrate), ESTIMATED),
    "lsm.record": Case(lambda **given: lsm.record(reservoir(), SPIKES[0], **given), DT),
    "lsm.simulate": Case(on(lsm.simulate), DT),
    "lsm.trajectories": Case(on(lsm.trajectories), DT | {"every_ms": 4.0}),
    "lsm.plasticity.pretraining.pretrain": Case(
        lambda **given: pretrain(reservoir(), SPIKES, [lsm.calibrate], **given), ESTIMATED
    ),
    "lsm.exchange.to_nest": Case(_in_nest, DT),
    "lsm.exchange.to_pynn": Case(_in_pynn, DT),
    "lsm.nir.to_nir": Case(_graph, DT),
    "lsm.nir.from_nir": Case(_read, DT),
}
