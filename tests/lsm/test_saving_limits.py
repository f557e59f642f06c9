"""Files that ask for more than any model needs are refused, and so is what would make them."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from lsm import LiquidTransformer, LSMClassifier, Reservoir
from lsm.neurons import NeuronModel
from lsm.saving import LoadError, load, save
from tests.lsm.estimators.data import ramps
from tests.lsm.liquids import liquid
from tests.lsm.saved_files import parts, rewrite


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"reservoir": 100_001}, "reservoir can't be 100001: at most 100000"),
        ({"reservoir": "deckers2022:100001"}, "at most 100000"),
        ({"state": "bins:100001"}, "state can't be 'bins:100001': at most 100000"),
        ({"state": "bins:+100_001"}, "at most 100000"),
        ({"sensor_size": [4000, 4000, 1]}, r"sensor_size can't be \[4000, 4000, 1\]"),
    ],
)
def test_a_liquid_asks_for_no_more_than_one_may_have(tmp_path, given, why):
    path = tmp_path / "model.npz"
    rewrite(path, {"format": 1, "content": {"object": ["LSMClassifier", given, {}]}}, {})
    with pytest.raises(LoadError, match=rf"model\.npz is not a saved .*{why}"):
        load(path)


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("LSMEnsemble", {"n_liquids": 10_001}, "n_liquids can't be 10001: at most 10000"),
        ("RandomLiquid", {"n_neurons": 100_001}, "n_neurons can't be 100001: at most 100000"),
        ("RandomLiquid", {"model": '{"name": "own"}'}, "model can't be .*: no model's name"),
    ],
)
def test_what_is_yet_to_be_drawn_is_no_larger_than_what_is(tmp_path, kind, given, why):
    path = tmp_path / "model.npz"
    rewrite(path, {"format": 1, "content": {"object": [kind, given, {}]}}, {})
    with pytest.raises(LoadError, match=why):
        load(path)


def test_channels_are_no_more_than_a_sensor_has(tmp_path):
    path = tmp_path / "model.npz"
    save(LSMClassifier(20, random_state=0).fit(*ramps(8)), path)
    whole = path.read_bytes()
    for name, value, why in [
        ("n_channels_in_", 10**7 + 1, "n_channels_in_ can't be 10000001"),
        ("n_features_in_", 10**7 + 1, "n_features_in_ can't be 10000001"),
        ("sensor_size_", {"tuple": [4000, 4000, 1]}, r"sensor_size can't be \(4000, 4000, 1\)"),
    ]:
        header, arrays = parts(whole)
        header["content"]["object"][2][name] = value
        rewrite(path, header, arrays)
        with pytest.raises(LoadError, match=why):
            load(path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"delay_ms": [1.0, 1.0, 1.0, 100_001.0]}, "its delays go up to 100001 ms"),
        ({"velocity": 1e-9}, r"its delays go up to .*e\+"),
    ],
)
def test_the_delays_of_a_file_are_no_longer_than_any_memory_of_them(tmp_path, change, why):
    path = tmp_path / "model.npz"
    save(liquid(0), path)
    header, arrays = parts(path.read_bytes())
    header["wiring"] |= change
    rewrite(path, header, arrays)
    with pytest.raises(LoadError, match=why):
        load(path)


def test_a_file_has_no_more_neurons_than_can_be_wired(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    save(liquid(0), path)
    n = load(path).n_neurons
    monkeypatch.setattr("lsm.reservoir.files.MOST_NEURONS", n - 1)
    with pytest.raises(LoadError, match=f"it has {n} neurons; in a file .* at most {n - 1}"):
        load(path)
    with pytest.raises(TypeError, match=f"LSMClassifier.reservoir: it has {n} neurons"):
        save(LSMClassifier(liquid(0)), path)


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    many = dict.fromkeys(range(10_001), 1.0)
    for model, why in [
        (LSMClassifier(100_001), "reservoir can't be 100001"),
        (LSMClassifier(pretraining=many), r"LSMClassifier\.pretraining: .*can't be saved"),
        (LogisticRegression(class_weight=many), "a mapping of more than 10000 keys"),
    ]:
        with pytest.raises((TypeError, ValueError), match=why):
            save(model, tmp_path / "model.npz")
    path = tmp_path / "model.npz"
    given = {"pretraining": {"dict": [[k, 1.0] for k in many]}}
    rewrite(path, {"format": 1, "content": {"object": ["LSMClassifier", given, {}]}}, {})
    with pytest.raises(LoadError, match="a mapping of 10001 keys"):
        load(path)


def test_a_file_has_few_models_of_its_own(tmp_path):
    path = tmp_path / "model.npz"
    models = [
        NeuronModel.from_equations(
            f"own {k}",
            "dv/dt = (I*R - v)/tau : volt\ndI/dt = -I/tau : amp",
            parameters={"tau": (10, "ms"), "R": (40, "Mohm")},
            threshold="v > 10*mV",
            reset="v = 0*mV",
        )
        for k in range(5)
    ]
    steps = [
        (str(k), LiquidTransformer(Reservoir.random(5, random_state=0, model=model, ranges={})))
        for k, model in enumerate(models)
    ]
    save(Pipeline(steps[:4] + steps[:4]), path)
    assert load(path).steps[3][1].reservoir.model == models[3]
    save(Pipeline(steps), path)
    with pytest.raises(LoadError, match="more than 4 neuron models of its own"):
        load(path)
