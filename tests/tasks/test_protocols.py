"""Protocols of training in the closed loop: what is published, and what is other."""

import json

import pytest

from tasks.targets import TARGETS, make_protocol, published_settings


@pytest.mark.parametrize("task", TARGETS)
def test_published_programs_are_taken_to_the_letter(task):
    for model, settings in TARGETS[task].settings.items():
        made = make_protocol(task, model, published=True)
        assert (made.settings, made.note) == (settings, "")
    assert set(TARGETS[task].settings) <= set(published_settings(task))
    assert ("rate" in published_settings(task)) == ("lif" in published_settings(task))


def test_short_periods_are_tested_for_two_seconds():
    made = make_protocol("sine", "lif").settings
    assert (made.learn_ms, made.duration_ms) == ((5000, 10_000), 12_000)
    assert make_protocol("sine", "lif", learn_ms=(500.0, 1500.0)).settings.duration_ms == 3500
    assert make_protocol("pitchfork", "lif").settings == TARGETS["pitchfork"].settings["lif"]


def test_a_rate_network_learns_at_the_same_times_by_longer_steps():
    spiking, rates = (make_protocol("sine", model).settings for model in ("lif", "rate"))
    assert rates.dt_ms == pytest.approx(10 * spiking.dt_ms)
    assert rates.dt_ms * rates.every == pytest.approx(spiking.dt_ms * spiking.every)


def test_what_is_other_than_published_is_noted():
    made = make_protocol("sine", "lif", G=0.2, Q=None)
    assert (made.settings.G, made.settings.Q) == (0.2, 30)
    assert made.note == "changed: G"
    shorter = make_protocol("van-der-pol-relaxation", "izhikevich")
    assert shorter.note
    assert shorter.settings.learn_ms != (5000, 10_000)


@pytest.mark.parametrize("model", ["lif", "izhikevich"])
def test_alpha_is_the_readouts_in_any_unit(model):
    made = make_protocol("sine", model, alpha=4e4)
    assert made.settings.p0_hz == pytest.approx(1 / 4e4)
    assert made.note == "changed: p0"


def test_a_protocol_as_json_has_lists():
    made = make_protocol("sine", "lif")
    assert json.loads(json.dumps(made.described())) == made.described()
    assert made.name == "sine, lif"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "sinus"}, "task must be one of sine, .*got 'sinus'; did you mean 'sine'"),
        ({"task": "lorenz", "model": "izhikevich"}, "model must be one of lif, theta, rate for"),
        ({"duration_ms": 7000.0}, "learn_ms and duration_ms must .* from 5 to 10 s of 7 s"),
    ],
)
def test_what_has_no_protocol_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_protocol(**{"task": "sine", "model": "lif"} | arguments)
