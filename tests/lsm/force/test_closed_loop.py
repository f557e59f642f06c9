"""The closed loop in generated code: against the equations written down, and against itself."""

import re
import tracemalloc

import numpy as np
import pytest
from scipy import sparse

import lsm
from lsm.force import PUBLISHED, Probes
from lsm.force.reservoirs import peak_of_double_exponential
from lsm.neurons import LIF, LIF_DOUBLE
from lsm.topology import NoWiring
from readouts import ForceReadout, ThreeFactorReadout
from tests.lsm.force.loops import DT_MS, EVERYTHING, GATE, assert_same, network, sines, train
from tests.lsm.force.reference import leaky_force


@pytest.mark.parametrize("gain", ["textbook", "nicola-clopath"])
def test_it_is_the_published_equations(gain):
    reservoir, target = network(), sines(1500)
    rng = np.random.default_rng(5)
    encoder = rng.uniform(-30, 30, size=(120, 2))
    potentials = rng.uniform(-65, 30, size=120)
    trained = train(
        reservoir,
        target,
        feedback=encoder,
        start_mV=potentials,
        learn=(20, 140),
        readout=ForceReadout(1e5, gain=gain),
    )
    omega = reservoir.wiring.weight_pA.toarray().T / peak_of_double_exponential(2, 20)
    outputs, spikes = leaky_force(
        omega,
        encoder,
        potentials,
        target,
        (200, 1400),
        dt=DT_MS / 1e3,
        every=5,
        p0=1e-5,
        nicola_clopath=gain != "textbook",
    )
    assert len(spikes) > 500
    ours = np.stack([np.rint(trained.spike_times_ms / DT_MS), trained.spike_neurons], axis=1)
    # Single precision moves a spike by a step here and there, and chaos does the rest.
    alike = 700
    np.testing.assert_array_equal(ours[ours[:, 0] < alike], spikes[spikes[:, 0] < alike])
    np.testing.assert_allclose(trained.outputs[:alike], outputs[:alike], atol=1e-6)
    assert np.abs(trained.outputs[1300:1400] - target[1300:1400]).mean() < 0.1


def test_without_feedback_the_reservoir_is_the_one_that_is_simulated():
    currents = np.linspace(15, 80, 120)
    reservoir = network(v_rest_mV=-60.0)
    reservoir = reservoir.replace(
        parameters=dict(reservoir.parameters) | {"i_background_pA": currents}
    )
    trained = train(reservoir, sines(800), feedback=0.0, start_mV=np.full(120, -60.0))
    silence = lsm.SpikeTrains.from_lists([[[]]], duration_ms=80)
    record = lsm.record(reservoir, silence, dt_ms=DT_MS)
    assert len(record.spike_neurons) > 100
    np.testing.assert_array_equal(trained.spike_neurons, record.spike_neurons)
    np.testing.assert_allclose(trained.spike_times_ms, record.spike_times_ms)
    np.testing.assert_allclose(trained.potentials, record.v_mV[[0, 3], ::5].T, atol=1e-3)


def test_a_network_that_falls_silent_says_so_and_when():
    # Below threshold, all fire at once from where they start, then by recurrence if at all.
    reservoir = network(i_background_pA=-45.0).replace(wiring=NoWiring())
    quiet = {"learn": None, "start_mV": np.full(120, 20.0)}
    with pytest.warns(RuntimeWarning, match="has fallen silent: its last spike was at about") as w:
        trained = train(reservoir, np.zeros((3000, 1)), **quiet)
    (time_ms,) = re.findall(r"about (\d+) ms, and it ran until 300 ms", str(w[0].message))
    assert len(trained.spike_times_ms) == 120
    assert float(time_ms) == pytest.approx(trained.spike_times_ms.max(), abs=5)
    with pytest.warns(RuntimeWarning, match=f"at about {time_ms} ms, and it ran until 400 ms"):
        trained.run(100)
    # Ten decays are not over, nothing is fed back, or it waits for its next input: no warning.
    train(reservoir, np.zeros((1000, 1)), **quiet)
    train(reservoir, np.zeros((3000, 1)), **quiet, feedback=0.0)
    signals = np.zeros((3000, 1))
    signals[:100] = 1.0
    inputs = {"inputs": signals, "input_weights": np.full((120, 1), 40.0)}
    train(reservoir, np.zeros((3000, 1)), **quiet, **inputs)
    signals[2990:] = 1e-3
    with pytest.warns(RuntimeWarning, match="has fallen silent"):
        train(reservoir, np.zeros((3000, 1)), **quiet, **inputs)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (
            "lif",
            {
                "readout": ForceReadout(1e4, forgetting=0.999),
                "teach": [(5, 20), (50, 60)],
                "delay_ms": 1.5,
            },
        ),
        ("izhikevich", {"feedback": 5e3, "readout": ForceReadout(0.5)}),
        ("theta", {"feedback": 1e4, "inputs": True, "noise_pA": 5.0}),
        ("lif", {"readout": ThreeFactorReadout(0.5, trace_decay=0.9), "gate": GATE}),
        ("lif", {"readout": ThreeFactorReadout(1e-5, normalize=False)}),
    ],
)
def test_both_targets_give_the_same_bits(model, options):
    options = dict(options)
    target = sines(600)
    reservoir = network(
        70, model, delay_ms=options.pop("delay_ms", 0.0), noise_pA=options.pop("noise_pA", 0.0)
    )
    if options.pop("inputs", False):
        options["inputs"] = np.maximum(sines(600, 3), 0)
        options["input_weights"] = np.random.default_rng(0).normal(0, 100.0, size=(70, 3))
    cpp, numpy = (
        train(reservoir, target, execution=execution, learn=(10, 50), **options)
        for execution in ("cpp", "numpy")
    )
    assert len(cpp.spike_neurons) > 50
    assert np.any(cpp.decoder)
    assert_same(cpp, numpy)


@pytest.mark.parametrize(
    ("readout", "execution"),
    [
        (ForceReadout(1e4), "cpp"),
        (ForceReadout(1e4), "numpy"),
        (ThreeFactorReadout(0.5, trace_decay=0.9), "cpp"),
    ],
)
def test_two_halves_are_one_run_bit_for_bit(readout, execution):
    reservoir, target = network(60, delay_ms=1.7, noise_pA=3.0), sines(700)
    inputs, weights = sines(700, 1)[::-1], np.full((60, 1), 4.0)
    options = {"inputs": inputs, "input_weights": weights, "execution": execution}
    options["readout"] = readout
    whole = train(reservoir, target, learn=(10, 60), teach=(30, 40), **options)
    first = train(
        reservoir,
        target,
        learn=(10, 34.3),
        teach=(30, 34.3),
        duration_ms=34.3,
        **options,
    )
    assert first.time_ms == pytest.approx(34.3)
    rest = {"target": target[343:], "inputs": inputs[343:]}
    second = first.run(**rest, learn=(34.3, 60), teach=(34.3, 40), execution=execution)
    joined = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("outputs", "t_ms", "weights", "spike_neurons", "spike_times_ms", "potentials")
    }
    for name, values in joined.items():
        np.testing.assert_array_equal(values, getattr(whole, name), err_msg=name)
    assert np.any(whole.decoder)
    for name, value in vars(whole.readout).items():
        np.testing.assert_array_equal(getattr(second.readout, name), value, err_msg=name)


def test_a_run_is_not_changed_by_what_becomes_of_its_arguments():
    encoder, weights = np.full((60, 2), 20.0), np.full((60, 1), 30.0)
    trained = train(
        network(60),
        sines(100),
        feedback=encoder,
        inputs=np.ones(100),
        input_weights=weights,
        learn=None,
    )
    following = trained.run(10, inputs=np.ones(100)).spike_times_ms
    encoder[:], weights[:] = 0, 0
    np.testing.assert_array_equal(trained.feedback, np.full((60, 2), 20.0))
    np.testing.assert_array_equal(trained.run(10, inputs=np.ones(100)).spike_times_ms, following)


@pytest.mark.parametrize(
    ("form", "execution"),
    [(sparse.csr_array, "cpp"), (sparse.coo_matrix, "cpp"), (sparse.csc_array, "numpy")],
)
def test_sparse_inputs_are_the_dense_ones(form, execution):
    pulses = np.zeros((300, 40))
    pulses[np.arange(300), np.arange(300) % 50 % 40] = np.sin(np.arange(300))
    weights = np.random.default_rng(0).normal(0, 100.0, size=(60, 40))
    dense, few = (
        train(
            network(60),
            sines(300),
            inputs=given,
            input_weights=weights,
            learn=(10, 30),
            execution=execution,
        )
        for given in (pulses, form(pulses))
    )
    assert_same(few, dense)
    silent = train(network(60), sines(300), learn=(10, 30))
    assert not np.array_equal(silent.outputs, dense.outputs)


def test_sparse_inputs_of_a_long_run_take_no_more_room_than_their_numbers():
    steps, channels = 20_000, 5000  # dense: 800 MB
    inputs = sparse.csr_array(
        (np.ones(steps), np.arange(steps) % channels, np.arange(steps + 1)), (steps, channels)
    )
    tracemalloc.start()
    try:
        train(
            network(20),
            np.zeros(steps),
            inputs=inputs,
            input_weights=np.ones((20, channels)),
            learn=None,
            probes=Probes(every=1000),
        )
        assert tracemalloc.get_traced_memory()[1] < 40e6
    finally:
        tracemalloc.stop()


def test_teaching_feeds_the_target_back():
    reservoir, target = network(), sines(600)
    encoder = np.random.default_rng(0).uniform(-30, 30, size=(120, 2))
    signals = np.concatenate([np.zeros((1, 2)), target[:-1]])  # what is fed back comes a step later
    options = {"learn": None, "start_mV": np.linspace(-60, 20, 120)}
    taught = train(reservoir, target, feedback=encoder, teach=(0, 60), **options)
    driven = train(
        reservoir, target, feedback=0.0, inputs=signals, input_weights=encoder, **options
    )
    assert len(taught.spike_neurons) > 100
    np.testing.assert_array_equal(taught.spike_times_ms, driven.spike_times_ms)
    np.testing.assert_array_equal(taught.spike_neurons, driven.spike_neurons)
    assert not np.any(taught.outputs)


def test_nothing_is_compiled_for_other_values():
    train(network(60), sines(50), learn=(0, 5))
    before = lsm.compilations()
    train(
        network(60, seed=3), sines(70), learn=(0, 6), feedback=1.0, readout=ForceReadout(), every=7
    )
    train(network(200), sines(50, 5), learn=[(0, 1), (2, 5)], readout=ThreeFactorReadout())
    assert lsm.compilations() == before


def test_another_decoder_can_be_put_in():
    trained = train(network(), sines(300), learn=(10, 30))
    other = np.random.default_rng(0).normal(size=(120, 2))
    run = trained.run(5, decoder=other)
    np.testing.assert_array_equal(run.decoder, other)
    assert not np.array_equal(run.outputs, trained.run(5).outputs)
    np.testing.assert_array_equal(
        trained.run(5, decoder=trained.decoder).outputs, trained.run(5).outputs
    )


def test_probes_say_what_is_recorded():
    probes = Probes(
        every=10, potentials=(), weights=(4, 2), filtered=(), spikes=range(60), outputs_every=3
    )
    some, all_of_it = (
        train(network(), sines(300), learn=(5, 30), probes=given) for given in (probes, EVERYTHING)
    )
    np.testing.assert_array_equal(some.outputs, all_of_it.outputs[::3])
    np.testing.assert_allclose(some.t_ms, all_of_it.t_ms[::3])
    np.testing.assert_array_equal(some.weights, all_of_it.weights[::2][:, [4, 2]])
    np.testing.assert_allclose(some.probe_t_ms, np.arange(30) * 1.0 + 0.1)
    kept = all_of_it.spike_neurons < 60
    np.testing.assert_array_equal(some.spike_neurons, all_of_it.spike_neurons[kept])
    assert some.potentials.shape == some.filtered.shape == (0, 0)
    for first in (np.arange(10), np.arange(5)):
        np.testing.assert_array_equal(Probes(weights=first).chosen(60)["weights"], first)
    np.testing.assert_array_equal(Probes().chosen(7)["weights"], np.arange(7))


def test_progress_is_shown_on_request(capfd):
    train(network(60), sines(300), learn=None, progress=True)
    assert "300/300" in capfd.readouterr().err
    train(network(60), sines(300), learn=None)
    assert capfd.readouterr().err == ""


def test_any_reservoir_can_be_trained():
    reservoir = lsm.Reservoir.random(50, random_state=0)
    assert reservoir.model is LIF
    trained = train(reservoir, sines(600), feedback=300.0, learn=(10, 60))
    assert np.any(trained.decoder)
    assert PUBLISHED["lif"].model == LIF_DOUBLE
