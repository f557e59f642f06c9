"""LiquidTransformer: liquid states as features with names, in the order of the samples."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from lsm import LiquidTransformer, simulate
from lsm.states import FilteredTraces, SpikeCounts, TimeBins
from tests.lsm.estimators.data import pitches, ramps
from tests.lsm.liquids import liquid

X, _ = pitches(20)
LIQUID = liquid(0)
STATES = ["counts", "excitatory", "bins:2", "traces:10,30@0.5,1", "potentials", TimeBins(3)]
STATES += ["bins:2+first+silence", "variables:I+traces:10@0.5,1"]


@pytest.mark.parametrize("state", STATES)
def test_gives_the_simulations_states(state):
    model = LiquidTransformer(LIQUID, state=state)
    expected = simulate(LIQUID, X, state=state)[0].astype(float)
    np.testing.assert_array_equal(model.fit_transform(X), expected)
    np.testing.assert_array_equal(model.transform(X[::-1]), expected[::-1])
    assert model.get_feature_names_out().shape == (expected.shape[1],)


def test_fit_transform_is_fit_and_transform():
    signals, _ = ramps(20)
    at_once = LiquidTransformer(20, random_state=0)
    np.testing.assert_array_equal(
        at_once.fit_transform(signals), at_once.fit(signals).transform(signals)
    )


def test_names_say_what_is_read_of_whom():
    names = LiquidTransformer(LIQUID, state="bins:2").fit(X).get_feature_names_out()
    n = LIQUID.n_neurons
    assert list(names[[0, 1, n, 2 * n - 1]]) == [
        "count_0_at0.5",
        "count_1_at0.5",
        "count_0_at1",
        f"count_{n - 1}_at1",
    ]
    assert names.dtype == object
    chosen = FilteredTraces(tau_ms=(10, 30), neurons="excitatory")
    names = LiquidTransformer(LIQUID, state=chosen).fit(X).get_feature_names_out()
    excitatory = np.flatnonzero(LIQUID.excitatory)
    assert list(names) == [f"trace{tau}ms_{k}" for tau in (10, 30) for k in excitatory]


def test_a_feature_is_what_its_name_says():
    model = LiquidTransformer(LIQUID, state=SpikeCounts("excitatory")).fit(X)
    everyone = simulate(LIQUID, X)[0]
    for name, column in zip(model.get_feature_names_out(), model.transform(X).T, strict=True):
        np.testing.assert_array_equal(column, everyone[:, int(name.removeprefix("count_"))])


def test_gives_data_frames_where_they_are_asked_for():
    pandas = pytest.importorskip("pandas")
    model = LiquidTransformer(LIQUID).set_output(transform="pandas")
    signals, _ = ramps(20, n_channels=1)
    frame = pandas.DataFrame(signals[:, 0], index=np.arange(100, 120))
    frame.columns = [f"t{k}" for k in range(20)]
    for given, index in ((X, range(20)), (frame, frame.index)):
        states = model.fit_transform(given)
        pandas.testing.assert_frame_equal(states, model.transform(given))
        assert list(states.columns) == list(model.get_feature_names_out())
        assert list(states.index) == list(index)


def test_transforms_nothing_before_fit():
    model = LiquidTransformer(LIQUID)
    for method in (lambda: model.transform(X), model.get_feature_names_out, model.stream):
        with pytest.raises(NotFittedError, match="This LiquidTransformer instance is not fitted"):
            method()


def test_the_target_is_settled_by_fit(monkeypatch):
    model = LiquidTransformer(LIQUID).fit(X)
    expected = model.transform(X[:3])
    assert model.target_ == "cpp"
    slow = LiquidTransformer(LIQUID, target="numpy").fit(X[:3])
    assert slow.target_ == "numpy"
    np.testing.assert_allclose(slow.transform(X[:3]), expected, rtol=1e-6)
    # Where the compiler has gone since, the program hasn't.
    monkeypatch.setattr(model, "target", "numpy")
    np.testing.assert_array_equal(model.transform(X[:3]), expected)
