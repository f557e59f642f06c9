"""Reservoirs of graphs: of those written here, and of those by the exports of others.

Graphs by others are built here node by node as the packages write them; ``.ci/readers`` reads those
that Norse 1.1.0 and snnTorch 1.0.0 wrote themselves.
"""

import numpy as np
import pytest

from lsm import LSMClassifier, Reservoir, record
from lsm.nir import from_nir, to_nir
from lsm.topology import MatrixInputs
from tests.lsm.estimators.data import pitches
from tests.lsm.nir.cases import CASES, N_CHANNELS, SPIKES, dense, rasters

nir = pytest.importorskip("nir", reason="nir isn't installed: pip install 'liquidstate[nir]'")

N = 5
ONES = np.ones(N)
BETA = np.linspace(0.8, 0.95, N, dtype=np.float32)
ALPHA = np.linspace(0.3, 0.7, N, dtype=np.float32)
INPUT = np.linspace(0.2, 1.0, N * N_CHANNELS, dtype=np.float32).reshape(N, N_CHANNELS)
RECURRENT = np.linspace(-0.6, 0.4, N * N, dtype=np.float32).reshape(N, N)


def heard_late():
    """Inputs of which some arrive at once, others up to 3 ms later."""
    reservoir = CASES["delays"]()
    heard = reservoir.input_synapses(N_CHANNELS)
    weights = np.zeros((N_CHANNELS, reservoir.n_neurons))
    weights[heard.source, heard.target] = heard.weight_pA
    late = np.arange(weights.size).reshape(weights.shape) % 4
    return reservoir.replace(inputs=MatrixInputs(weights, delay_ms=late))


_READ_BACK = {
    name: CASES[name] for name in ("recurrent", "delays", "background currents", "reset below rest")
} | {"delays of inputs": heard_late}


@pytest.mark.parametrize("row", _READ_BACK)
def test_a_reservoir_read_back_is_the_one_that_was_written(row, tmp_path):
    reservoir = _READ_BACK[row]()
    nir.write(tmp_path / "liquid.nir", to_nir(reservoir, n_channels=N_CHANNELS))
    again = from_nir(nir.read(tmp_path / "liquid.nir"))
    for mine, theirs in (
        (again.synapses, reservoir.synapses),
        (again.input_synapses(N_CHANNELS), reservoir.input_synapses(N_CHANNELS)),
    ):
        for name in ("source", "target", "weight_pA", "delay_ms"):
            np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), rtol=1e-12)
    for name in ("tau_m_ms", "tau_syn_ms", "c_m_pF", "i_background_pA"):
        np.testing.assert_allclose(again.parameters[name], reservoir.parameters[name], rtol=1e-12)
    np.testing.assert_array_equal(rasters(again), rasters(reservoir))


def graph_of(neurons, recurrent=None):
    nodes = {
        "input": nir.Input({"input": np.array([N_CHANNELS])}),
        "0": nir.Linear(INPUT),
        "1.lif": neurons,
        "output": nir.Output({"output": np.array([N])}),
    }
    edges = [("input", "0"), ("0", "1.lif"), ("1.lif", "output")]
    if recurrent is not None:
        nodes["1.w_rec"] = recurrent
        edges += [("1.lif", "1.w_rec"), ("1.w_rec", "1.lif")]
    return nir.NIRGraph(nodes, edges)


def by_snntorch(*, current, recurrent):
    """A layer as snnTorch 1.0.0 writes it: Leaky, Synaptic, RLeaky or RSynaptic."""
    tau = 1e-4 / (1 - BETA)
    shared = {
        "r": tau / 1e-4,
        "v_leak": 0 * BETA,
        "v_threshold": ONES.astype(np.float32),
        "v_reset": 0 * ONES.astype(np.float32),
    }
    if current:
        tau_syn = 1e-4 / (1 - ALPHA)
        neurons = nir.CubaLIF(tau_mem=tau, tau_syn=tau_syn, w_in=tau_syn / 1e-4, **shared)
    else:
        neurons = nir.LIF(tau=tau, **shared)
    return graph_of(neurons, nir.Linear(RECURRENT) if recurrent else None)


def in_steps(inputs, leak, alpha, gain, rest, threshold, recurrent):
    """Spikes (steps, neurons): v and I of a layer that hears its input in the same step."""
    v, current, spikes, said = rest + 0 * leak, 0 * leak, 0 * leak, []
    for row in inputs:
        current = alpha * current + INPUT @ row + recurrent @ spikes
        v = v + leak * (rest - v) + gain * current
        spikes = (v > threshold).astype(np.float32)
        v = v * (1 - spikes)
        said.append(spikes)
    return np.array(said)


@pytest.mark.parametrize("current", [False, True])
@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_layers_by_snntorch_fire_a_step_later_here(current, recurrent, dt_ms):
    graph = by_snntorch(current=current, recurrent=recurrent)
    ours = rasters(from_nir(graph, writer="snntorch", dt_ms=dt_ms), dt_ms=dt_ms)
    for fired, inputs in zip(ours, dense(dt_ms=dt_ms), strict=True):
        theirs = in_steps(
            inputs,
            1 - BETA,
            ALPHA if current else 0 * ALPHA,
            1,
            0,
            1,
            RECURRENT if recurrent else 0 * RECURRENT,
        )
        assert theirs.sum() > 200
        assert not fired[0].any()
        np.testing.assert_array_equal(fired[1:], theirs[:-1])


@pytest.mark.parametrize("current", [False, True])
def test_cells_by_norse_fire_a_step_later_here(current):
    """LIFBoxCell and LIFCell as Norse 1.1.0 writes them: dt times their time constants."""
    leak, rest = np.linspace(0.06, 0.14, N, dtype=np.float32), np.float32(0.1)
    shared = {"r": ONES, "v_leak": rest * ONES, "v_threshold": 0.2 * ONES}
    tau = 0.001 * 0.001 / leak
    if current:
        neurons = nir.CubaLIF(tau_mem=tau, tau_syn=0.001 * 0.001 / (1 - ALPHA), **shared)
    else:
        neurons = nir.LIF(tau=tau, **shared)
    ours = rasters(from_nir(graph_of(neurons), writer="norse"))
    for fired, inputs in zip(ours, dense(), strict=True):
        theirs = in_steps(
            inputs, leak, ALPHA if current else 0 * ALPHA, leak, rest, 0.2, 0 * RECURRENT
        )
        assert theirs.sum() > 50
        np.testing.assert_array_equal(fired[1:], theirs[:-1])


def test_neurons_without_currents_integrate_the_step_that_a_spike_lasts():
    """NIR's own LIF: tau dv/dt = v_leak - v + r I, of which the solution is known."""
    tau_s, r = np.array([0.01, 0.02, 0.03, 0.01, 0.01]), np.array([1.0, 1, 1, 2, 2])
    neurons = nir.LIF(tau=tau_s, r=r, v_leak=0 * ONES, v_threshold=1e3 * ONES)
    recording = record(from_nir(graph_of(neurons)), SPIKES[0])
    v, expected = np.zeros(N), []
    for row in dense()[0]:
        expected.append(v)
        left = np.exp(-0.001 / tau_s)
        v = v * left + r * (1 - left) * (INPUT @ row)
    np.testing.assert_allclose(recording.v_mV, np.transpose(expected), rtol=1e-5, atol=1e-6)


def test_a_network_of_mixed_signs_keeps_them():
    reservoir = from_nir(by_snntorch(current=False, recurrent=True), writer="snntorch")
    assert not reservoir.wiring.dale
    signs = np.zeros((N, N))
    synapses = reservoir.synapses
    signs[synapses.target, synapses.source] = np.sign(synapses.weight_pA)
    np.testing.assert_array_equal(signs, np.sign(RECURRENT))


def test_what_a_reservoir_does_not_hold_exactly_is_refused_by_name():
    graph = by_snntorch(current=False, recurrent=True)
    neurons = graph.nodes["1.lif"]
    size = nir.Output({"output": np.array([N])})

    def changed(extra=(), edges=(), without=(), **nodes):
        kept = {name: node for name, node in graph.nodes.items() if name not in without}
        links = [edge for edge in graph.edges if not set(edge) & set(without)]
        return nir.NIRGraph(kept | nodes | dict(extra), links + list(edges), type_check=False)

    shift = nir.Affine(RECURRENT, 0.1 * ONES)
    for bad, why in [
        (changed(extra={"1.w_rec": shift}), "'1.w_rec' has a bias: its neurons hear it a step"),
        (changed(extra={"0": nir.Affine(INPUT, ONES)}), "'0' has a bias"),
        (changed(two=neurons, edges=[("1.lif", "two")]), "must have one LIF or CubaLIF, got 2"),
        (changed(more=nir.I(ONES), edges=[("1.lif", "more")]), "'more' is I; a reserv"),
        (changed(out=size, edges=[("1.lif", "out")]), "must have one Output, got 2"),
        (
            changed(far=nir.Linear(RECURRENT), edges=[("1.lif", "far")]),
            "'far' leads from and to",
        ),
        (changed(without=["0"], edges=[("input", "1.lif")]), r"from 'input' to '1.lif', got none"),
    ]:
        with pytest.raises(ValueError, match=f"^graph: .*{why}"):
            from_nir(bad, writer="snntorch")
    leaky = nir.LIF(tau=ONES, r=ONES, v_leak=ONES, v_threshold=ONES)
    with pytest.raises(ValueError, match=r"node '1\.lif': v_leak and v_reset must be 0"):
        from_nir(graph_of(leaky), writer="snntorch")
    instant = nir.LIF(tau=0 * ONES, r=ONES, v_leak=0 * ONES, v_threshold=ONES)
    for writer in (None, "norse", "snntorch"):
        with pytest.raises(
            ValueError, match=r"node '1\.lif': tau must be positive and finite, got 0"
        ):
            from_nir(graph_of(instant), writer=writer)
    with pytest.raises(ValueError, match=r"share of each potential in \[0, 1\), got from -1999"):
        from_nir(by_snntorch(current=False, recurrent=False), writer="norse", dt_ms=1000.0)
    with pytest.raises(ValueError, match=r"dt_ms must be at least 0\.11 where nothing is left"):
        from_nir(graph, writer="snntorch", dt_ms=0.1)


def test_graphs_that_are_no_reservoirs_are_refused():
    reservoir = CASES["recurrent"]()
    with pytest.raises(ValueError, match="graph: it was made for norse to run"):
        from_nir(to_nir(reservoir, n_channels=N_CHANNELS, reader="norse"))
    X, y = pitches(8)
    model = LSMClassifier(reservoir, state="counts").fit(X, y)
    with pytest.raises(ValueError, match="graph: node 'trace_0' is I; a reservoir has none such"):
        from_nir(to_nir(model))
    with pytest.raises(ValueError, match="writer must be None or one of norse, snntorch, got 'x'"):
        from_nir(to_nir(reservoir, n_channels=N_CHANNELS), writer="x")
    with pytest.raises(TypeError, match=r"graph must be a nir\.NIRGraph, got Reservoir"):
        from_nir(reservoir)


def test_two_synapses_of_other_delays_between_two_neurons_are_refused():
    graph = by_snntorch(current=False, recurrent=True)
    nodes = graph.nodes | {"late": nir.Delay(0.002 * ONES), "second": nir.Linear(RECURRENT)}
    edges = [*graph.edges, ("1.lif", "late"), ("late", "second"), ("second", "1.lif")]
    with pytest.raises(ValueError, match="'second' gives two a second synapse of another delay"):
        from_nir(nir.NIRGraph(nodes, edges), writer="snntorch")
    nodes = graph.nodes | {
        "late": nir.Delay(0.002 * np.ones(N_CHANNELS)),
        "also": nir.Linear(INPUT),
    }
    edges = [*graph.edges, ("input", "late"), ("late", "also"), ("also", "1.lif")]
    with pytest.raises(ValueError, match="'also' gives two a second synapse of another delay"):
        from_nir(nir.NIRGraph(nodes, edges), writer="snntorch")


def test_a_reservoir_that_was_read_is_saved_and_loaded(tmp_path):
    reservoir = from_nir(by_snntorch(current=True, recurrent=True), writer="snntorch")
    reservoir.save(tmp_path / "reservoir.npz")
    again = Reservoir.load(tmp_path / "reservoir.npz")
    assert again == reservoir
    np.testing.assert_array_equal(rasters(again), rasters(reservoir))
