"""The peers: each that is installed fires as this program does. Times are not tested."""

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments import benchmark
from experiments.benchmarks.peers import running as peers_running
from experiments.benchmarks.peers.cases import (
    DURATION_MS,
    HZ,
    Case,
    counts_of,
    find_drive,
    make_work,
)
from experiments.benchmarks.peers.report import (
    Goal,
    case_report,
    goals_report,
    peers_report,
    plot_peers,
)
from experiments.benchmarks.peers.running import Plan, compare_peers, differing
from experiments.benchmarks.peers.table import LOOP, NAIVE, PEERS, PROGRAM, PYTORCH, Peer
from experiments.benchmarks.peers.worker import PeerWorker

SMALL = Case(20, 2, "busy", 1.0, seed=1, most_samples=3)
WIRED = Case(120, 1, "busy", 0.5, seed=1, most_samples=2)
TINY = Plan(
    neurons=(20,), liquids=(2,), activities=("busy",), dts_ms=(1.0,), most_samples=3, repeats=2
)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_fires_as_this_program_does(name):
    peer = PEERS[name]
    if peer.missing():
        pytest.skip(f"{name} needs {' and '.join(peer.missing())}")
    worker = PeerWorker(peer)
    try:
        for case in (SMALL, WIRED):
            shape = case.liquids, case.most_samples
            worker.prepare(case, 400.0, shape, limit_s=300)
            seconds, counts = worker.run(limit_s=300)
            assert seconds > 0
            if peer.spikes:
                expected = counts_of(case, 400.0, *shape)
                assert expected.mean() > 10
                np.testing.assert_array_equal(counts, expected)
            if not peer.once:  # once more, from rest
                np.testing.assert_array_equal(worker.run(limit_s=300)[1], counts)
    finally:
        worker.stop()


def test_what_is_compared_is_reported_and_drawn(capsys, monkeypatch):
    absent = Peer("pytorch", ("no-such-package",))
    broken = Peer("no_such_module")
    monkeypatch.setitem(PEERS, PYTORCH, absent)
    monkeypatch.setitem(PEERS, "broken", broken)
    peers = [PROGRAM, *([] if PEERS[LOOP].missing() else [LOOP]), PYTORCH, "broken"]
    result = compare_peers(TINY, 1, peers)
    said = capsys.readouterr().out
    assert f"{PYTORCH}: left out, as no-such-package is not installed" in said
    assert result["left_out"] == {PYTORCH: ["no-such-package"]}
    (case,) = result["cases"]
    assert (case["neurons"], case["liquids"]) == (20, 2)
    assert case["peers"][PROGRAM]["ms"] > 0
    assert case["peers"][PROGRAM]["lanes"] == (2, 3)
    assert "ModuleNotFoundError" in case["peers"]["broken"]["failed"]
    assert not differing(result)
    assert "2 x 20 neurons, dt 1 ms" in said
    assert "failed: preparing: ModuleNotFoundError" in said
    if LOOP in peers:
        assert case["peers"][LOOP]["difference"] == case["peers"][LOOP]["share"] == 0
        case["peers"][LOOP]["difference"] = 1
        assert differing(result) == [f"the spikes differ: {LOOP}, 2 x 20 neurons"]
    assert "2 x 20 neurons, dt 1 ms" in peers_report(result)[1].text
    ((name, figure),) = plot_peers(result).items()
    assert name == "peers-1ms"
    assert PROGRAM in [line.get_label() for line in figure.axes[0].lines]


def test_the_part_of_the_benchmark(tmp_path, monkeypatch):
    monkeypatch.setattr(peers_running, "QUICK", TINY)
    command = ["--quick", "--parts", "peers", "--peers", "engine", "--out", str(tmp_path)]
    assert benchmark.main(command) == 0
    peers = json.loads((tmp_path / "summary.json").read_text())["peers"]
    assert list(peers["cases"][0]["peers"]) == [PROGRAM]
    assert 'alt="Beside others"' in (tmp_path / "report.html").read_text()


def test_a_peer_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(peers_running, "find_drive", lambda case: 400.0)
    result = compare_peers(replace(TINY, limit_s=1e-9), 1, [PROGRAM])
    found = result["cases"][0]["peers"][PROGRAM]
    assert found == {"lanes": (2, 3), "more_than_ms": pytest.approx(1e-6 / 6)}
    said = case_report(result["cases"][0]).text
    assert said.split()[-9:] == [*PROGRAM.split(), ">1.667e-07", "-", "2", "x", "3", "-", "-"]
    plot_peers(result)


def test_a_peer_whose_process_dies_has_failed():
    worker = PeerWorker(Peer("engine"))
    worker.prepare(SMALL, 400.0, (1, 1), limit_s=300)
    worker._process.kill()
    with pytest.raises(RuntimeError, match="its process died"):
        worker.run(limit_s=300)
    assert worker.cold


def test_work_is_the_same_for_everybody_and_within_what_peers_can_hold():
    work, part = make_work(SMALL, 400.0, 2, 3), make_work(SMALL, 400.0, 1, 2)
    assert work.shape == (2, 3, 20)
    assert work.steps == 300
    assert part.reservoirs[0] == work.reservoirs[0] != work.reservoirs[1]
    assert part.spikes == work.spikes[:2]
    (reservoir,) = make_work(WIRED, 400.0, 1, 1).reservoirs
    assert set(reservoir.synapses.delay_steps(WIRED.dt_ms)) == {1}
    assert set(np.bincount(reservoir.synapses.target)) == {30}
    place = work.spikes.sample_indices() * 300 + work.spikes.steps(1.0)
    assert len(np.unique(place * 20 + work.spikes.channels)) == len(place)


@pytest.mark.parametrize("activity", HZ)
def test_the_drive_reaches_the_rate(activity):
    case = Case(20, 3, activity, 1.0, most_samples=8)
    rate = counts_of(case, find_drive(case), 3, 8).mean() / DURATION_MS * 1e3
    assert rate == pytest.approx(HZ[activity], rel=0.1)


@pytest.mark.parametrize(
    ("neurons", "many_liquids", "lanes"),
    [
        (1, True, (1, 1)),
        (999, True, (49, 1)),
        (4000, True, (50, 4)),
        (10**9, True, (50, 100)),
        (60, False, (1, 3)),
        (4000, False, (2, 100)),
    ],
)
def test_how_many_lanes_a_peer_takes(neurons, many_liquids, lanes):
    case = Case(20, 50, "busy", 1.0, most_samples=100)
    assert case.within(neurons, many_liquids) == lanes


def test_goals_count_the_cases_that_meet_them():
    def case(neurons, ours, theirs):
        return {
            "neurons": neurons,
            "liquids": 1,
            "peers": {PROGRAM: {"ms": ours}, NAIVE: theirs, LOOP: {"ms": 1.0}},
        }

    cases = [
        case(20, 2.0, {"ms": 30.0}),
        case(20, 2.0, {"more_than_ms": 4.0}),
        case(20, 2.0, {"failed": "no"}),
        case(100, 2.0, {"ms": 30.0}),
        case(20, None, {"ms": 30.0}),  # this program was stopped: nothing to be compared with
    ]
    assert Goal(NAIVE, 10, (20,)).ratios(cases) == [15.0, 2.0]
    assert Goal(LOOP, 1 / 1.5, (20, 100)).ratios(cases) == [0.5] * 4
    assert len(goals_report(cases).text.splitlines()) == 1  # of one liquid there is no such goal
    _, naive = goals_report([case | {"liquids": 50} for case in cases]).text.splitlines()
    assert naive.split()[-9:] == ["x", "20", "2,000", "2", "to", "15", "0", "of", "2"]
