"""Pre-training by name: rules in their order, with the keywords that they name."""

from functools import partial

import numpy as np
import pytest

from lsm import SpikeTrains, simulate
from lsm.plasticity import critical_stdp, inhibitory, intrinsic, stdp
from lsm.plasticity.calibration import SAMPLES, calibrate, subset_indices
from lsm.plasticity.pretraining import PRETRAINING, make_pretraining, pretrain
from tests.lsm.liquids import liquid, samples

GIVEN = liquid(0)
INPUT = samples(0, [60] * 6)
LABELS = np.arange(6) % 2
HEARD = INPUT[subset_indices(INPUT, decimals=6)]


def pretrained(pretraining, spikes=INPUT, **changes):
    settings = {"rate_Hz": 40.0, "random_state": 0} | changes
    return pretrain(GIVEN, spikes, make_pretraining(pretraining), **settings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("calibrate", lambda: calibrate(GIVEN, HEARD, rate_Hz=40.0)),
        ("inhibitory", lambda: inhibitory(GIVEN, HEARD, rate_Hz=40.0)),
        ("intrinsic", lambda: intrinsic(GIVEN, HEARD, rate_Hz=40.0)),
        ("stdp", lambda: stdp(GIVEN, HEARD)),
        ("critical_stdp", lambda: critical_stdp(GIVEN, HEARD, random_state=0).reservoir),
    ],
)
def test_a_name_is_its_rule_with_the_keywords_that_it_has(name, expected):
    found = pretrained(name)
    assert found == expected()
    assert found != GIVEN


@pytest.mark.filterwarnings("ignore:.*more than 5 % off the wanted balance")
def test_every_rule_leaves_a_reservoir_that_goes_on_as_any_other():
    for name in PRETRAINING:
        found = pretrained(name, y=LABELS)
        assert simulate(found, INPUT).shape == (1, len(INPUT), GIVEN.n_neurons)
        np.testing.assert_array_equal(found.excitatory, GIVEN.excitatory)


def test_rules_are_applied_in_their_order():
    one_by_one = calibrate(stdp(GIVEN, HEARD), HEARD, rate_Hz=40.0)
    assert pretrained(["stdp", "calibrate"]) == one_by_one
    assert pretrained(("calibrate", stdp)) != one_by_one
    assert pretrained(None) is pretrained([]) is GIVEN


def test_a_function_gets_the_keywords_that_it_names_and_no_others():
    got = []

    def rule(reservoir, spikes, *, dt_ms, random_state, strength=3):
        got.append((dt_ms, random_state, strength, spikes.n_channels))
        return reservoir

    assert pretrained([rule, lambda reservoir, spikes: reservoir], dt_ms=0.5) is GIVEN
    assert got == [(0.5, 0, 3, 4)]


def test_a_rule_that_names_y_gets_the_targets_of_all_samples():
    many = samples(1, [20] * (SAMPLES + 10))
    got = []

    def rule(reservoir, spikes, y):
        got.append((spikes, y))
        return reservoir

    labels = np.arange(len(many))
    assert pretrained([stdp, rule], many, y=labels) == pretrained("stdp", many)
    ((spikes, y),) = got
    assert spikes is many
    assert y is labels


def test_what_a_partial_has_set_is_kept():
    found = pretrained(partial(intrinsic, rate_Hz=15.0, rounds=2))
    assert found == intrinsic(GIVEN, HEARD, rate_Hz=15.0, rounds=2)


def test_a_bounded_number_of_samples_is_heard_whatever_their_order():
    many = samples(1, [20] * (SAMPLES + 10))
    heard = []

    def rule(reservoir, spikes):
        heard.append(spikes)
        return reservoir

    for given in (many, many[::-1]):
        pretrained(rule, given)
    assert [len(spikes) for spikes in heard] == [SAMPLES, SAMPLES]
    np.testing.assert_array_equal(heard[0].times_ms, heard[1].times_ms)


def test_the_last_bits_of_times_do_not_change_the_order():
    nudged = SpikeTrains(
        INPUT.times_ms + 1e-12, INPUT.channels, INPUT.offsets, INPUT.durations_ms, INPUT.n_channels
    )
    assert subset_indices(nudged).tolist() != subset_indices(INPUT).tolist()
    assert pretrained("stdp", nudged) == pretrained("stdp", INPUT)


@pytest.mark.parametrize(
    ("pretraining", "error", "message"),
    [
        ("sdtp", ValueError, "unknown pretraining 'sdtp'; known are balance, .* mean 'stdp'"),
        (["stdp", "hebb"], ValueError, "unknown pretraining 'hebb'"),
        (3, TypeError, "pretraining must be a name, a function, a list of these or None, got 3"),
        ([None], TypeError, "pretraining must be .* got None"),
        (lambda reservoir, spikes, **rest: reservoir, TypeError, "must name the arguments that"),
    ],
)
def test_rules_that_are_none_are_refused(pretraining, error, message):
    with pytest.raises(error, match=message):
        make_pretraining(pretraining)


def test_a_rule_that_returns_no_reservoir_is_named():
    def forgetful(reservoir, spikes):
        pass

    with pytest.raises(TypeError, match=r"must return a Reservoir, got NoneType from .*forgetful"):
        pretrained(forgetful)
