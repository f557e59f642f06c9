"""The benchmark: three ways to the same spikes, and its other parts. Times are not tested.

It sets Brian2's target for the whole process, so it runs in one of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.against import HERE
from experiments.benchmarks.peers.cases import Work
from experiments.benchmarks.peers.table import LOOP, PROGRAM
from experiments.benchmarks.tuning import STAGES
from lsm.simulation import simulate
from lsm.topology import DistanceWiring, NoWiring
from tests.lsm.liquids import liquid, samples

SCRIPT = """
import sys
from dataclasses import replace
from experiments import benchmark
from experiments.benchmarks import loop_costs, metrics, networks, size, tuning
from experiments.benchmarks.peers import running, table

running.COSTS = [
    replace(running.COSTS[0], liquids=liquids, neurons=neurons, most_samples=samples)
    for liquids, neurons, samples in ((2, 20, 12), (1, 30, 6))
]
{before}
sys.exit(
    benchmark.main(["--quick", "--seed", "1", "--out", sys.argv[1], "--parts", *sys.argv[2:]])
)
"""


def run(folder, *parts, before="", read=True):
    command = [sys.executable, "-c", SCRIPT.format(before=before), folder, *(parts or ["costs"])]
    done = subprocess.run(command, capture_output=True, text=True)
    return done, json.loads((folder / "summary.json").read_text()) if read else None


#: As where numba is not installed.
WITHOUT_NUMBA = "table.PEERS[table.LOOP] = table.Peer('hand_written', ('no-such-package',))"
#: Of the costs, this program and the hand-written loop, on one case.
WITHOUT_NAIVE = "running.COSTS, running.NAIVE = running.COSTS[:1], running.LOOP\n"


def hand_written():
    reason = "the hand-written loop needs numba, from the extra 'benchmark'"
    pytest.importorskip("numba", reason=reason)
    from experiments.benchmarks.peers.programs.hand_written import prepare

    return lambda *work: prepare(Work(*work))


def test_three_ways_to_the_same_spikes(tmp_path):
    hand_written()
    done, summary = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 x 20 neurons, dt 1 ms; PR12" in done.stdout
    assert summary["costs"]["repeats"] == 3
    for case, lanes in zip(summary["costs"]["cases"], [[2, 12], [1, 6]], strict=True):
        program, loop, naive = case["peers"].values()
        assert case["rate_hz"] > 0
        assert program["lanes"] == loop["lanes"] == lanes
        assert naive["lanes"] == [1, 1]
        assert program["difference"] == loop["difference"] == naive["difference"] == 0
        assert naive["ms"] > program["ms"] > 0


def test_the_other_parts_say_what_they_found(tmp_path):
    small = (
        "networks.QUICK = ({'name': 'maass2002', 'n': 45, 'seeds': 2, "
        "'duration_ms': 100.0, 'start_ms': 0.0},)\n"
        "size.QUICK = {'neurons': 200, 'synapses': 4000, 'samples': 3}\n"
        "metrics.QUICK = {'liquids': 3, 'neurons': 10}"
    )
    done, summary = run(tmp_path, "networks", "size", "metrics", before=small)
    assert done.returncode == 0, done.stderr
    assert "cases" not in summary
    (network,) = summary["networks"]
    assert network["shared"]["identical"]
    assert network["shared"]["identical_ms"] == 100
    assert network["shared"]["spikes"] == network["shared"]["identical_spikes"] > 0
    assert min(network["ours"]["rate_hz"], network["theirs"]["rate_hz"]) > 0
    assert "identical spikes: all" in done.stdout
    size = summary["size"]
    assert size["synapses"] == pytest.approx(4000, rel=0.1)
    assert 0.05 < size["peak_gib"] < 4
    assert size["seconds"] > 0
    assert summary["metrics"]["compilations"] == 1
    assert 0 < summary["metrics"]["kernel_rank"]["mean"] <= 10


def test_the_closed_loop_and_two_others_learn_the_same(tmp_path):
    hand_written()
    small = "loop_costs.QUICK = loop_costs.QUICK[0], 400"
    done, summary = run(tmp_path, "loop", before=small)
    assert done.returncode == 0, done.stderr
    loop = summary["loop"]
    program, by_hand, plain = loop["compared"].values()
    assert max(program["error"], by_hand["error"], plain["error"]) < 0.2
    assert by_hand["same_spikes_ms"] > loop["checked"]["learn"][0]
    assert 5 < plain["same_spikes_ms"] < 2500  # in double precision
    ours, theirs, numpy = loop["seconds"].values()
    assert loop["times_the_hand_written"] == ours / theirs
    assert loop["times_faster_than_plain"] == numpy / ours
    assert loop["compilations_in_timed_runs"] == 0
    assert "plain NumPy, scaled from 400 steps" in done.stdout


def test_a_loop_that_learns_nothing_is_an_error(tmp_path):
    never = (
        "small = replace(loop_costs.SMALL, neurons=50, duration_ms=400.0, learn=(0.0, 0.05))\n"
        "loop_costs.SMALL, loop_costs.QUICK = small, (small, 100)\n" + WITHOUT_NUMBA
    )
    done, summary = run(tmp_path, "loop", before=never)
    assert done.returncode == 1
    assert "this program has not learned the sine" in done.stderr
    assert summary["loop"]["times_the_hand_written"] is None


def test_balance_is_shown_on_speech_or_left_out(tmp_path):
    small = "tuning.QUICK = {'liquids': 1, 'neurons': 40, 'learned': 4, 'unseen': 2}"
    done, summary = run(tmp_path, "balance", before=small)
    assert done.returncode == 0, done.stderr
    if "left out" in done.stdout:
        assert summary["balance"] is None
        return
    assert [row["stage"] for row in summary["balance"]] == list(STAGES)
    assert "\n  plastic and balanced  " in done.stdout


def test_without_numba_the_loop_is_left_out(tmp_path):
    done, summary = run(tmp_path, before=WITHOUT_NAIVE + WITHOUT_NUMBA)
    assert done.returncode == 0, done.stderr
    assert "left out, as no-such-package is not installed" in done.stdout
    assert list(summary["costs"]["cases"][0]["peers"]) == [PROGRAM]
    assert "numba" not in summary["versions"]


def test_differing_spikes_are_an_error(tmp_path):
    hand_written()
    spoil = "running.counts_of = lambda *a, f=running.counts_of: f(*a) + 1"
    done, summary = run(tmp_path, before=WITHOUT_NAIVE + spoil)
    assert done.returncode == 1
    assert "the spikes differ" in done.stderr
    assert summary["costs"]["cases"][0]["peers"][LOOP]["difference"] == 1


@pytest.mark.parametrize("delay_ms", [0, 1, 3])
def test_the_loop_fires_as_the_program_does(delay_ms):
    wiring = DistanceWiring(weight_pA=(900.0, 700.0, -500.0, 0.0), delay_ms=(delay_ms,) * 4)
    liquids = [liquid(seed, wiring=wiring) for seed in range(2)]
    spikes = samples(0, [40, 25, 60])
    counts = hand_written()(liquids, spikes, 0.5)()
    assert counts.sum() > 100
    np.testing.assert_array_equal(counts, simulate(liquids, spikes, dt_ms=0.5))


def test_the_loop_without_synapses():
    liquids = [liquid(0, wiring=NoWiring())]
    spikes = samples(0, [40])
    np.testing.assert_array_equal(hand_written()(liquids, spikes, 1.0)(), simulate(liquids, spikes))


def test_two_checkouts_are_timed_in_turns(tmp_path, monkeypatch):
    monkeypatch.setenv("LSM_DATA", str(tmp_path))  # no FSDD: it would take a minute
    root = Path(__file__).parents[2]
    assert root == HERE
    done, summary = run(tmp_path, "costs", "--against", str(root))
    assert done.returncode == 0, done.stderr
    assert list(summary) == ["experiment", "seed", "quick", "against", "versions"]
    generation = summary["against"][0]
    assert generation["equal"]
    assert len(generation["here"]) == len(generation["there"]) == 3
    ratios = np.array(generation["here"]) / generation["there"]
    assert generation["ratio"] == pytest.approx(np.exp(np.log(ratios).mean()))
    assert generation["interval"][0] < generation["ratio"] < generation["interval"][1]
    (process, program), there = generation["memory_MiB"]
    assert 1 < program < process < 2000
    assert program == pytest.approx(there[1], rel=0.1)
    assert "process, MiB  program, MiB" in done.stdout


def test_what_is_no_checkout_is_refused(tmp_path):
    done, _ = run(tmp_path, "costs", "--against", str(tmp_path), read=False)
    assert done.returncode == 2
    assert "--against must be a folder with a checkout of this project" in done.stderr
