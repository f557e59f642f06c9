"""The published networks as reservoirs."""

import pickle
import re

import numpy as np
import pytest

from lsm import Reservoir
from lsm.force import PUBLISHED, force_reservoir
from lsm.force.reservoirs import peak_of_double_exponential
from tasks.targets import TARGETS


def test_the_peak_is_that_of_a_double_exponential_of_area_one():
    t = np.linspace(0, 0.5, 500_001)
    kernel = (np.exp(-t / 0.02) - np.exp(-t / 0.002)) / 0.018
    assert np.trapezoid(kernel, t) == pytest.approx(1, rel=1e-6)
    assert peak_of_double_exponential(2.0, 20.0) == pytest.approx(kernel.max(), rel=1e-8)


def test_where_both_times_are_one_the_peak_is_that_of_an_alpha_function():
    assert peak_of_double_exponential(20.0, 20.0) == pytest.approx(50 / np.e)
    assert peak_of_double_exponential(20.0, 20.0) == pytest.approx(
        peak_of_double_exponential(20.0, 20.0001), rel=1e-5
    )


@pytest.mark.parametrize("model", PUBLISHED)
def test_weights_are_normal_and_of_both_signs(model):
    n, gain, p = 400, 3.0, 0.2
    reservoir = force_reservoir(model, n, gain=gain, p=p, random_state=0)
    area = 1e-3 if model == "izhikevich" else 1.0
    omega = reservoir.wiring.weight_pA.toarray().T / peak_of_double_exponential(2, 20) / area
    exists = omega != 0
    assert exists.mean() == pytest.approx(p, rel=0.02)
    assert omega[exists].std() == pytest.approx(gain / (np.sqrt(n) * p), rel=0.02)
    means = omega.sum(axis=1) / exists.sum(axis=1)
    if PUBLISHED[model].balanced:
        np.testing.assert_allclose(means, 0, atol=1e-12)
    else:
        assert means.std() == pytest.approx(omega[exists].std() / np.sqrt(n * p), rel=0.2)
    assert not np.any(reservoir.synapses.delay_ms)


def test_a_seed_is_a_network():
    one, same, other = (force_reservoir("lif", 50, gain=0.1, random_state=s) for s in (1, 1, 2))
    assert one == same
    assert one != other


def test_it_can_be_saved(tmp_path):
    reservoir = force_reservoir("theta", 40, gain=10, random_state=0)
    reservoir.save(tmp_path / "r.npz")
    assert pickle.loads(pickle.dumps(reservoir)) == reservoir
    assert Reservoir.load(tmp_path / "r.npz") == reservoir


def test_without_gain_there_is_no_recurrence():
    assert len(force_reservoir("lif", 50, gain=0.0, random_state=0).synapses) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model": "lfi"},
            "model must be one of lif, izhikevich, theta, got 'lfi'",
        ),
        ({"p": 0}, r"p must lie in \(0, 1\]"),
        ({"gain": -1}, "gain must be finite and not below 0"),
        ({"n": 0}, "n must be at least 1"),
        ({"parameters": {"tau": 3}}, "has no parameter 'tau'"),
        ({"parameters": {"tau_rise_ms": 0.0}}, "tau_rise_ms must be finite and above 0, got 0"),
        ({"parameters": {"tau_syn_ms": -1.0}}, "tau_syn_ms must be finite and above 0, got -1"),
    ],
)
def test_bad_input_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        force_reservoir(**{"model": "lif", "n": 20, "gain": 1.0, "random_state": 0} | changes)


def test_the_help_has_the_published_values():
    table = re.findall(r"^ +([a-z(][^=\n]*?) {2,}(\S.*)$", force_reservoir.__doc__, flags=re.M)
    rows = {name.strip(): re.findall(r"\(([\d.e]+), ([\d.e]+)\)", row) for name, row in table}
    for name, target in TARGETS.items():
        values = [(one.G, one.Q) for one in target.settings.values()]
        if name in rows:
            assert set(values) <= {(float(g), float(q)) for g, q in rows[name]}, name
    assert {"sawtooth", "van-der-pol-harmonic", "product", "lorenz", "ode-to-joy"} <= set(rows)
    sine = TARGETS["sine"].settings
    assert [(one.G, one.Q) for one in sine.values()] == [
        (float(g), float(q)) for g, q in rows["sine (5 Hz)"] if (g, q) != (".04", "10")
    ]
    steps = [(one.dt_ms, one.every) for one in sine.values()]
    assert steps == [(float(dt), int(every)) for dt, every in rows["(dt_ms, every)"]]
    (alphas,) = [re.findall(r"\de\d", row) for name, row in table if name.strip() == "alpha"]
    # The second of (.04, 10), in the program of figure 2.
    assert float(alphas.pop(1)) == pytest.approx(1 / (0.1 * 5e-5))
    np.testing.assert_allclose([1 / one.p0_hz for one in sine.values()], list(map(float, alphas)))
