"""Reservoirs: frozen, equal by content, through files and pickles and back, and validated."""

import copy
import dataclasses
import json
import pickle
import zipfile

import numpy as np
import pytest

from lsm.neurons import LIF, LIF_ALPHA
from lsm.reservoir import FORMAT, Reservoir
from lsm.simulation import simulate
from lsm.topology import DistanceWiring, InputWiring, NoWiring
from tests.lsm.liquids import liquid, samples

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
}


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


def test_the_states_of_a_saved_reservoir_are_the_same(tmp_path):
    reservoir = liquid(6, model=LIF_ALPHA)
    reservoir.save(tmp_path / "liquid.npz")
    spikes = samples(0, [20])
    states = simulate(reservoir, spikes)
    assert states.sum() > 0
    np.testing.assert_array_equal(simulate(Reservoir.load(tmp_path / "liquid.npz"), spikes), states)


CHANGES = [
    {"model": LIF_ALPHA},
    {"parameters": {}},
    {"excitatory": np.zeros(20, dtype=bool)},
    {"positions": np.zeros((20, 2))},
    {"keys": np.arange(20)},
    {"wiring": NoWiring()},
    {"wiring": DistanceWiring(length=1.0)},
    {"inputs": InputWiring(fraction=0.4)},
    {"side": 7.0},
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
        ({"keys": np.arange(2)}, r"keys must be 3 integers, got int64 of shape \(2,\)"),
        ({"keys": np.zeros(3)}, "keys must be 3 integers, got float64"),
    ],
)
def test_bad_fields_are_refused(changes, message):
    Reservoir(**fields())
    with pytest.raises(ValueError, match=message):
        Reservoir(**fields(**changes))


def test_a_saved_reservoir_holds_no_pickle(tmp_path):
    path = tmp_path / "liquid.npz"
    liquid(9).save(path)
    with np.load(path, allow_pickle=False) as file:
        assert all(not file[name].dtype.hasobject for name in file.files)
        assert json.loads(str(file["header"]))["format"] == FORMAT


def test_damaged_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "liquid.npz"
    reservoir = liquid(10)
    reservoir.save(path)
    whole = path.read_bytes()
    for length in [0, 1, 10, 100, *range(200, len(whole), 199), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"liquid\.npz is not a saved reservoir"):
            Reservoir.load(path)
    rng = np.random.default_rng(0)
    for _ in range(300):  # a bit that turned is seen, or makes no difference
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            assert Reservoir.load(path) == reservoir
        except ValueError as error:
            assert "liquid.npz is not a saved reservoir" in str(error)  # noqa: PT017
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(ValueError, match=r"not a saved reservoir: .*header"):
        Reservoir.load(path)
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ValueError, match="not a saved reservoir"):
        Reservoir.load(path)
    with pytest.raises(FileNotFoundError):
        Reservoir.load(tmp_path / "none.npz")


def resave(path, **header):
    """Write a saved reservoir again with another header."""
    with np.load(path) as file:
        arrays = dict(file)
    arrays["header"] = np.array(json.dumps(json.loads(str(arrays["header"])) | header))
    np.savez(path, **arrays)


def test_what_a_newer_version_wrote_is_refused(tmp_path):
    path = tmp_path / "liquid.npz"
    liquid(11).save(path)
    resave(path, format=FORMAT)
    assert Reservoir.load(path) == liquid(11)
    resave(path, format=FORMAT + 1)
    with pytest.raises(ValueError, match=f"has format {FORMAT + 1}; this .* reads up to {FORMAT}"):
        Reservoir.load(path)
    resave(path, format=FORMAT, model="izhikevich")
    with pytest.raises(ValueError, match="unknown neuron model 'izhikevich'; known are lif"):
        Reservoir.load(path)


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "liquid.npz"
    liquid(12).save(path)

    def fail(file, **_):
        file.write(b"half of ")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="No space left"):
        liquid(13).save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["liquid.npz"]
    assert zipfile.is_zipfile(path)
    assert Reservoir.load(path) == liquid(12)


@pytest.mark.parametrize(("name", "value"), [("model", "lif"), ("wiring", "x"), ("inputs", 0.5)])
def test_what_is_no_model_or_rule_is_refused(name, value):
    with pytest.raises(TypeError, match=f"{name} is of a wrong type: {value!r}"):
        Reservoir.random(5, random_state=0).replace(**{name: value})


def test_random_reservoirs_need_neurons_and_a_probability():
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        Reservoir.random(0)
    with pytest.raises(ValueError, match=r"excitatory_fraction must lie in \[0, 1\], got 1.5"):
        Reservoir.random(5, excitatory_fraction=1.5)


def test_a_model_that_loading_would_not_find_is_not_saved(tmp_path):
    for name in ("lif", "mine"):
        model = dataclasses.replace(LIF, name=name, drive="a*u + b*I")
        reservoir = liquid(0, model=model)
        with pytest.raises(ValueError, match=f"the neuron model '{name}' is not the one of that"):
            reservoir.save(tmp_path / "mine.npz")
        assert not list(tmp_path.iterdir())
        with pytest.raises(ValueError, match="must have one neuron model"):
            simulate([liquid(0), reservoir], samples(0, [5]))
