"""Random kernels by name: what they see, what they choose for themselves, what they refuse."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from lsm import KernelLiquid, LiquidTransformer, LSMClassifier, LSMRegressor, NoWiring, load, save
from lsm.encoders import IntegrateAndFire, LevelCrossing, PoissonRate, SignMagnitude
from lsm.topology import KernelInputs, RandomWiring

N_STEPS = 60


def waves(n=60, n_channels=1, n_steps=N_STEPS, seed=0):
    """Noise in which a short wave stands anywhere: of two shapes, which are the classes."""
    rng = np.random.default_rng(seed)
    X, y = 0.3 * rng.normal(size=(n, n_channels, n_steps)), np.arange(n) % 2
    t = np.linspace(0, 2 * np.pi, 24)
    shapes = np.sin(t) ** 2 - 0.5, np.sin(t)
    for signal, label in zip(X, y, strict=True):
        start = rng.integers(n_steps - 24)
        signal[0, start : start + 24] += 2 * shapes[label]
    return X, y


def test_kernels_find_a_shape_wherever_it_stands():
    (X, y), (X_test, y_test) = waves(), waves(seed=1)
    model = LSMClassifier("kernels:300", random_state=0).fit(X, y)
    assert model.score(X_test, y_test) > 0.9
    assert len(model.reservoir_.synapses) == 0


def test_neurons_are_above_threshold_for_all_shares_of_the_time():
    X, _ = waves(n_channels=3)
    states = LiquidTransformer("kernels:300", random_state=0).fit_transform(X)
    shares = states.mean(axis=0) / N_STEPS
    assert states.shape == (60, 300)
    assert np.histogram(shares, bins=4, range=(0, 1))[0].min() > 40


def test_what_kernels_choose_for_themselves():
    X, _ = waves()
    model = LiquidTransformer("kernels:100", random_state=0, dt_ms=0.5).fit(X)
    inputs = model.reservoir_.inputs
    assert isinstance(model.encoder_, SignMagnitude)
    assert model.encoder_.step_ms == 0.5
    assert isinstance(inputs, KernelInputs)
    assert inputs.n_signals == 1
    assert inputs.step_ms == 0.5
    assert inputs.longest_ms == pytest.approx((N_STEPS - 1) * 0.5)
    assert model.state_.at == (1.0,)


def test_other_liquids_keep_their_state():
    X, _ = waves()
    model = LiquidTransformer(20, random_state=0).fit(X)
    given = LiquidTransformer(20, random_state=0, state="bins:3").fit(X)
    assert model.state_ == given.state_
    np.testing.assert_array_equal(model.transform(X), given.transform(X))


def test_the_name_stands_for_the_object():
    X, _ = waves()
    named, given = (
        LiquidTransformer(reservoir, random_state=0).fit_transform(X)
        for reservoir in ("kernels:100", KernelLiquid(100))
    )
    np.testing.assert_array_equal(named, given)


def test_labels_have_no_part_in_thresholds():
    X, y = waves()
    first, second = (LSMClassifier("kernels:50", random_state=0).fit(X, of) for of in (y, 1 - y))
    assert first.reservoir_ == second.reservoir_


def test_the_seed_decides_the_kernels():
    X, _ = waves()
    fit = LiquidTransformer("kernels:50", random_state=0).fit(X).reservoir_
    assert LiquidTransformer("kernels:50", random_state=0).fit(X).reservoir_ == fit
    assert LiquidTransformer("kernels:50", random_state=1).fit(X).reservoir_ != fit


@pytest.mark.parametrize(("encoder", "n_signals"), [(LevelCrossing(), 1), (PoissonRate(), None)])
def test_other_encoders_are_heard_by_their_signs(encoder, n_signals):
    X, _ = waves()
    model = LiquidTransformer("kernels:60", encoder=encoder, random_state=0).fit(X)
    assert model.reservoir_.inputs.n_signals == n_signals
    assert model.transform(X).any()


def test_spikes_are_signals_without_signs():
    X, y = waves()
    spikes = IntegrateAndFire(rate_Hz=2000).fit(X).transform(X)
    model = LSMClassifier("kernels:100", random_state=0).fit(spikes, y)
    assert model.reservoir_.inputs.n_signals is None
    assert model.score(spikes, y) > 0.9


def test_recurrence_behind_kernels_changes_states_and_not_thresholds():
    X, _ = waves()
    plain = LiquidTransformer(KernelLiquid(100), random_state=0).fit(X)
    wiring = RandomWiring(0.1, weight_pA=(1e4, 1e4, -1e4, -1e4), delay_ms=5.0)
    recurrent = LiquidTransformer(KernelLiquid(100, wiring=wiring), random_state=0).fit(X)
    np.testing.assert_array_equal(
        recurrent.reservoir_.parameters["v_threshold_mV"],
        plain.reservoir_.parameters["v_threshold_mV"],
    )
    assert len(recurrent.reservoir_.synapses) > 500
    assert np.any(recurrent.transform(X) != plain.transform(X))
    cut = recurrent.reservoir_.replace(wiring=NoWiring())
    alone = LiquidTransformer(cut, state="counts", encoder=recurrent.encoder_).fit(X)
    np.testing.assert_array_equal(alone.transform(X), plain.transform(X))


def test_constant_channels_drive_nobody():
    X, y = waves(n_channels=3)
    X[:, 1:] = 7.0
    model = LSMClassifier("kernels:200", random_state=0).fit(X, y)
    # The signal's channels, and their slopes.
    chosen = model.reservoir_.inputs.channels(model.reservoir_.keys, 6)
    hears = chosen[:, 0] | chosen[:, 3]
    states = model._new_states(X)
    assert not states[:, ~hears].any()
    assert states[:, hears].any(axis=0).mean() > 0.9


def test_samples_that_are_all_constant_are_said_to_be_silent():
    X, y = np.ones((10, 1, 30)), np.arange(10) % 2
    with pytest.warns(UserWarning, match="no neuron of .* fires in any of the samples"):
        LSMClassifier("kernels:20", random_state=0).fit(X, y)


def test_samples_shorter_than_any_kernel_are_said():
    X, y = waves(n_steps=30)
    X = [signal[:, : 30 - 25 * (k == 0)] for k, signal in enumerate(X)]
    with pytest.warns(UserWarning, match="shortest sample lasts 5 ms, the shortest kernel 9"):
        model = LSMClassifier("kernels:20", random_state=0).fit(X, y)
    assert model.predict(X[:2]).shape == (2,)


def test_one_sample_of_a_class_is_enough():
    X, y = waves(n=11)
    y[-1] = 2
    model = LSMClassifier("kernels:100", random_state=0).fit(X, y)
    assert model.predict(X[-1:]) == [2]


def test_kernels_that_reach_beyond_all_samples_are_said():
    X, _ = waves(n=5)
    with pytest.warns(
        UserWarning,
        match="kernels reach .* no training sample lasts longer",
    ):
        LiquidTransformer(KernelLiquid(200, longest=3.0), random_state=0).fit(X)


def test_fitted_kernels_are_saved_and_loaded(tmp_path):
    X, y = waves()
    for reservoir in ("kernels:50", KernelLiquid(50, longest=0.5, wiring=NoWiring())):
        model = LSMClassifier(reservoir, random_state=0).fit(X, y)
        save(model, tmp_path / "model.npz")
        loaded = load(tmp_path / "model.npz")
        np.testing.assert_array_equal(loaded.decision_function(X), model.decision_function(X))


def test_a_stream_ends_in_the_states_of_the_whole():
    X, _ = waves(n=30)
    model = LiquidTransformer("kernels:50", random_state=0).fit(X)
    with model.stream() as live:
        for part in np.split(X[0], 4, axis=1):
            live.push(part)
        states = live.state()
    np.testing.assert_array_equal(states, model.transform(X[:1])[0])


def test_kernels_have_parameters_to_be_searched():
    X, y = waves(n=24)
    search = GridSearchCV(
        LSMClassifier(KernelLiquid(30), random_state=0), {"reservoir__longest": [0.3, 1.0]}, cv=2
    )
    assert search.fit(X, y).best_params_["reservoir__longest"] in (0.3, 1.0)


def test_kernels_regress():
    X, _ = waves()
    X_test, _ = waves(seed=1)
    model = LSMRegressor("kernels:200", random_state=0).fit(X, X.std(axis=(1, 2)))
    assert np.corrcoef(model.predict(X_test), X_test.std(axis=(1, 2)))[0, 1] > 0.5


@pytest.mark.parametrize("name", ["kernels:", "kernels:0", "kernels:many", "kernels:3.5"])
def test_a_name_with_another_number_is_refused(name):
    X, _ = waves(n=4)
    with pytest.raises(ValueError, match="must have a number of neurons behind the colon"):
        LiquidTransformer(name).fit(X)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_neurons": 0}, "n_neurons must be at least 1"),
        ({"longest": 0.0}, "longest must be finite and above 0"),
        ({"longest": np.inf}, "longest must be finite and above 0"),
    ],
)
def test_settings_that_can_not_be_are_refused(settings, message):
    X, _ = waves(n=4)
    with pytest.raises(ValueError, match=message):
        LiquidTransformer(KernelLiquid(**settings)).fit(X)
