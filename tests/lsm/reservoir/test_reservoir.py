"""Reservoirs: frozen, equal by content, through files and pickles and back, and validated."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from lsm.neurons import LIF, LIF_ALPHA, NeuronModel
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.topology import (
    WIRINGS,
    DistanceWiring,
    FixedInDegree,
    InputWiring,
    MatrixWiring,
    MotifWiring,
    NoWiring,
    RandomWiring,
    RingWithJumps,
    SmallWorld,
    grid,
    side_for,
)
from lsm.topology.short_term import ShortTermPlasticity
from tests.lsm.liquids import liquid, samples

MATRIX = np.outer([1.0, -2.0, 0.0, 3.0], [1, 0, 1, 1])

RESERVOIRS = {
    "default": Reservoir.random(20, random_state=1),
    "no wiring": liquid(2, n=5, wiring=NoWiring(), seed=2**31),
    "alpha, delays, noise": liquid(3, n=33, model=LIF_ALPHA, noise_pA=20.0),
    "maass": liquid(4, wiring=DistanceWiring.maass(weight_pA=(30.0, 60.0, -19.0, -19.0))),
    "three dimensions": liquid(5, n=7).replace(
        positions=np.random.default_rng(0).uniform(0, 2, (7, 3)),
        side=2.5,
        keys=np.array([0, 1, 2, 3, 4, 5, 2**64 - 1], dtype=np.uint64),
        inputs=InputWiring(fraction=0.1, weight_pA=1.0, weight_sd_pA=0.0),
    ),
    "grid, random": Reservoir.random(
        135,
        random_state=0,
        positions=grid((15, 3, 3)),
        wiring=RandomWiring(0.1, velocity=2.0, weight_cv=0.3, weight_distribution="normal"),
    ),
    "exponential kernel": liquid(6, wiring=DistanceWiring(kernel="exponential", length=1)),
    "in-degree": liquid(7, wiring=FixedInDegree((3, 2, 1, 0), delay_ms=np.float32(2))),
    "small world": liquid(8, wiring=SmallWorld(np.int64(4), rewiring=0.2)),
    "ring with jumps": liquid(8, wiring=RingWithJumps(4, jump_gain=0.5)),
    "short synapses": liquid(8, wiring=DistanceWiring(longest=2.0)),
    "motifs": liquid(9, wiring=MotifWiring(3, within=1, between=0.1)),
    "matrix": Reservoir.random(
        4, random_state=1, excitatory=[True, False, True, True], wiring=MatrixWiring(MATRIX)
    ),
    "matrix of delays": Reservoir.random(
        4,
        random_state=2,
        excitatory=[True, False, True, True],
        wiring=MatrixWiring(MATRIX, delay_ms=np.arange(16.0).reshape(4, 4), velocity=3.0),
    ),
}
assert {type(reservoir.wiring).__name__ for reservoir in RESERVOIRS.values()} == set(WIRINGS)


@pytest.fixture(params=RESERVOIRS.values(), ids=RESERVOIRS)
def reservoir(request):
    return request.param


def test_survives_files_pickles_and_copies(reservoir, tmp_path):
    path = tmp_path / "liquid.npz"
    reservoir.save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["liquid.npz"]
    for again in (
        Reservoir.load(path),
        pickle.loads(pickle.dumps(reservoir)),
        copy.deepcopy(reservoir),
        reservoir.replace(),
    ):
        assert again == reservoir
        assert again.model is reservoir.model
        assert again.wiring == reservoir.wiring
        assert again.inputs == reservoir.inputs
        for name in ("source", "target", "weight_pA", "delay_ms"):
            np.testing.assert_array_equal(
                getattr(again.synapses, name), getattr(reservoir.synapses, name)
            )
        assert_frozen(again)


def assert_frozen(reservoir):
    arrays = [reservoir.excitatory, reservoir.positions, reservoir.keys]
    for array in [*arrays, *reservoir.parameters.values()]:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]
    with pytest.raises(TypeError, match="item assignment"):
        reservoir.parameters["tau_m_ms"] = np.ones(reservoir.n_neurons)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reservoir.seed = 3


def test_is_frozen_and_keeps_its_own_arrays():
    given = {
        "excitatory": np.ones(3, dtype=bool),
        "positions": np.zeros((3, 2)),
        "keys": np.arange(3, dtype=np.uint64),
    }
    tau = np.array([5.0, 6.0, 7.0])
    reservoir = Reservoir(model=LIF_ALPHA, parameters={"tau_m_ms": tau}, **given)
    same = reservoir.replace()
    tau[0], given["excitatory"][0], given["positions"][0], given["keys"][0] = 1, False, 1, 9
    assert reservoir == same
    assert reservoir.parameters["tau_m_ms"][0] == 5
    assert reservoir.excitatory.all()
    assert_frozen(reservoir)


CHANGES = [
    {"model": LIF_ALPHA},
    {"parameters": {}},
    {"excitatory": np.zeros(20, dtype=bool)},
    {"positions": np.zeros((20, 2))},
    {"keys": np.arange(20)},
    {"wiring": NoWiring()},
    {"wiring": DistanceWiring(length=1.0)},
    {"wiring": DistanceWiring(kernel="exponential")},
    {"wiring": MatrixWiring(np.zeros((20, 20)))},
    {"inputs": InputWiring(fraction=0.4)},
    {"side": 7.0},
    {"side": (6.0, 7.0)},
    {"seed": -1},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_every_field_counts_for_equality(changes):
    reservoir = liquid(7)
    assert reservoir == liquid(7)
    assert reservoir.replace(**changes) != reservoir
    assert reservoir != "liquid"


def test_equal_reservoirs_of_other_sizes_are_no_error():
    assert liquid(7, n=20) != liquid(7, n=21)


def test_random_is_reproducible_and_keeps_to_what_is_asked_for():
    options = {
        "ranges": {"tau_m_ms": (6, 14), "t_ref_ms": (0.5, 4)},
        "parameters": {"c_m_pF": 100.0, "t_ref_ms": np.arange(400) / 100},
        "excitatory_fraction": 0.3,
    }
    reservoir = Reservoir.random(400, random_state=8, **options)
    assert reservoir == Reservoir.random(400, random_state=np.random.default_rng(8), **options)
    assert reservoir != Reservoir.random(400, random_state=9, **options)
    tau = reservoir.parameters["tau_m_ms"]
    assert 6 <= tau.min() < 6.2
    assert 13.8 < tau.max() <= 14
    np.testing.assert_array_equal(reservoir.parameters["c_m_pF"], 100.0)
    np.testing.assert_array_equal(reservoir.parameters["t_ref_ms"], np.arange(400) / 100)
    assert reservoir.excitatory.mean() == pytest.approx(0.3, abs=0.07)
    assert len(set(reservoir.keys)) == 400
    assert reservoir.keys.max() > 2**63
    assert repr(reservoir).startswith("Reservoir(lif, 400 neurons, ")


def test_random_takes_short_term_plasticity():
    drawn = Reservoir.random(20, random_state=0, short_term=ShortTermPlasticity())
    plain = Reservoir.random(20, random_state=0)
    assert plain.short_term is None
    assert drawn == plain.replace(short_term=ShortTermPlasticity())


def test_a_models_name_is_no_model():
    message = r"type NeuronModel \(lsm.neurons.get_model gives one by its name\), got 'lif'"
    with pytest.raises(TypeError, match=message):
        Reservoir.random(20, model="lif")
    with pytest.raises(TypeError, match=message):
        liquid(0).replace(model="lif")


def test_random_reservoirs_at_given_places():
    places = np.random.default_rng(0).uniform(0, 50, (30, 3))
    reservoir = Reservoir.random(30, random_state=0, positions=places)
    np.testing.assert_array_equal(reservoir.positions, places)
    assert reservoir.side == tuple(places.max(axis=0))
    cube = Reservoir.random(500, random_state=0, dimensions=3)
    assert cube.positions.shape == (500, 3)
    assert cube.side == side_for(500, dimensions=3)
    assert 0.98 * cube.side < cube.positions.max() < cube.side
    with pytest.raises(ValueError, match=r"with 31 neurons, got \(30, 3\)"):
        Reservoir.random(31, positions=places)
    with pytest.raises(ValueError, match=r"positions must have .* got \(30,\)"):
        Reservoir.random(30, positions=places[:, 0])
    with pytest.raises(ValueError, match="dimensions must be at least 1, got 0"):
        Reservoir.random(30, dimensions=0)


def test_random_reservoirs_of_given_polarity():
    excitatory = np.arange(30) % 3 > 0
    reservoir = Reservoir.random(30, random_state=0, excitatory=excitatory)
    np.testing.assert_array_equal(reservoir.excitatory, excitatory)
    with pytest.raises(ValueError, match=r"excitatory must be .* boolean array, got float64"):
        Reservoir.random(30, excitatory=np.ones(30))


def test_one_side_for_all_dimensions_is_one_for_each():
    one, each = (Reservoir(**fields(side=side)) for side in (3.0, [3, 3]))
    assert one == each
    assert each.side == 3.0
    assert Reservoir(**fields(side=np.array([3, 4]))).side == (3.0, 4.0)


def fields(**changes):
    return {
        "model": LIF_ALPHA,
        "parameters": {},
        "excitatory": np.ones(3, dtype=bool),
        "positions": np.full((3, 2), 0.5),
        "keys": np.arange(3),
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": {"tau_m_ms": [1, np.nan, 1]}}, "'tau_m_ms' must be finite"),
        ({"parameters": {"tau_m_ms": [1, 1]}}, r"each of 3 neurons, got .* shape \(2,\)"),
        ({"parameters": {"v_th": -50.0}}, "'lif_alpha' has no parameter 'v_th'; it has"),
        ({"parameters": {"v_threshold_mV": -80.0}}, "'v_reset_mV' must not lie above"),
        ({"excitatory": [1, 1, 0]}, "excitatory must be a non-empty .* boolean array, got int64"),
        ({"excitatory": np.ones((3, 1), bool)}, r"boolean array, got bool of shape \(3, 1\)"),
        ({"excitatory": np.ones(0, bool)}, "excitatory must be a non-empty"),
        ({"excitatory": np.ones(4, bool)}, r"with 4 neurons, got \(3, 2\)"),
        ({"positions": np.zeros((2, 2))}, r"positions must .* with 3 neurons, got \(2, 2\)"),
        ({"positions": np.zeros(3)}, r"positions must .* got \(3,\)"),
        ({"positions": np.full((3, 2), 2.4)}, r"positions must lie in the space \[0, 2.32379\]"),
        ({"positions": np.full((3, 2), -1e-9)}, "positions must lie in the space"),
        ({"positions": np.full((3, 2), np.nan)}, "positions must lie .* from nan to nan"),
        ({"side": 0.4}, r"positions must lie in the space \[0, 0.4\]"),
        ({"side": np.nan}, "positions must lie in the space"),
        ({"side": (2.0, 0.4)}, r"must lie in the space \[0, 2\] x \[0, 0.4\], got .* from 0.5"),
        ({"side": (2.0, 2.0, 2.0)}, r"side must be .* each of 2 dimensions, got \(2.0, 2.0, 2.0"),
        ({"keys": np.arange(2)}, r"keys must be 3 integers, got int64 of shape \(2,\)"),
        ({"keys": np.zeros(3)}, "keys must be 3 integers, got float64"),
    ],
)
def test_bad_fields_are_refused(changes, message):
    Reservoir(**fields())
    with pytest.raises(ValueError, match=message):
        Reservoir(**fields(**changes))


@pytest.mark.parametrize(("name", "value"), [("model", "lif"), ("wiring", "x"), ("inputs", 0.5)])
def test_what_is_no_model_or_rule_is_refused(name, value):
    with pytest.raises(TypeError, match=f"{name} must be of type .*, got {value!r}"):
        Reservoir.random(5, random_state=0).replace(**{name: value})


def test_random_reservoirs_need_neurons_and_a_probability():
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        Reservoir.random(0)
    with pytest.raises(ValueError, match=r"excitatory_fraction must lie in \[0, 1\], got 1.5"):
        Reservoir.random(5, excitatory_fraction=1.5)


def test_a_model_that_loading_would_not_find_is_not_saved(tmp_path):
    for name in ("lif", "mine"):
        model = dataclasses.replace(LIF, name=name, update="u_new = a*u + b*I\nI = s*I")
        reservoir = liquid(0, model=model)
        with pytest.raises(ValueError, match=f"the neuron model '{name}' is not the one of that"):
            reservoir.save(tmp_path / "mine.npz")
        assert not list(tmp_path.iterdir())
        with pytest.raises(ValueError, match="must have one neuron model"):
            simulate([liquid(0), reservoir], samples(0, [5]))


def test_a_model_from_equations_comes_back_with_its_reservoir(tmp_path):
    model = NeuronModel.from_equations(
        "mine",
        "dv/dt = (R*I - v)/tau : volt\ndI/dt = -I/tau_s : amp",
        parameters={"tau": (10, "ms"), "tau_s": (5, "ms"), "R": (40, "Mohm")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
    )
    reservoir = Reservoir.random(6, model=model, ranges={"tau_ms": (6, 14)}, random_state=0)
    reservoir.save(tmp_path / "mine.npz")
    assert Reservoir.load(tmp_path / "mine.npz") == reservoir


def test_synapses_of_another_kind_keep_or_break_dales_law_as_before():
    mixed = Reservoir.random(3, random_state=0, wiring=MatrixWiring(-np.eye(3), dale=False))
    turned = dataclasses.replace(mixed.synapses, weight_pA=-mixed.synapses.weight_pA)
    assert not mixed.rewired(turned).wiring.dale
    np.testing.assert_array_equal(mixed.rewired(turned).synapses.weight_pA, [1, 1, 1])
    lawful = liquid(0)
    assert lawful.rewired(lawful.synapses).synapses.delay_ms.tolist() == (
        lawful.synapses.delay_ms.tolist()
    )
    turned = dataclasses.replace(lawful.synapses, weight_pA=-lawful.synapses.weight_pA)
    with pytest.raises(ValueError, match="breaks Dale's law"):
        lawful.rewired(turned)
