"""The peers: each that is installed fires as this program does. Times are not tested."""

import json

import numpy as np
import pytest

from experiments import benchmark
from experiments.benchmarks.peers import running as peers_running
from experiments.benchmarks.peers.cases import (
    HZ,
    PR12,
    PR12_MS,
    Case,
    counts_of,
    find_drive,
    make_work,
)
from experiments.benchmarks.peers.report import case_report, peers_report, plot_peers
from experiments.benchmarks.peers.running import compare_peers, differing
from experiments.benchmarks.peers.table import LOOP, PEERS, PROGRAM, PYTORCH, Peer
from experiments.benchmarks.peers.worker import prepare, run, start_worker

SMALL = Case(20, 2, "busy", 1.0, seed=1, most_samples=3)
WIRED = Case(120, 1, "busy", 0.5, seed=1, most_samples=2)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_fires_as_this_program_does(name, tmp_path, monkeypatch):
    peer = PEERS[name]
    if peer.missing():
        pytest.skip(f"{name} needs {' and '.join(peer.missing())}")
    # Brian2 reads this file where it starts. Its Cython compiles for half a minute.
    (tmp_path / "brian_preferences").write_text("codegen.target = 'numpy'\n")
    monkeypatch.chdir(tmp_path)
    with start_worker() as worker:
        for case in (SMALL, WIRED):
            work = case, 400.0, case.liquids, case.most_samples
            worker.call(prepare, peer.module, *work)
            seconds, counts = worker.call(run)
            assert seconds > 0
            if peer.spikes:
                assert counts_of(*work).mean() > 10
                np.testing.assert_array_equal(counts, counts_of(*work))
            if not peer.once:  # once more, from rest
                np.testing.assert_array_equal(worker.call(run)[1], counts)


def test_what_is_compared_is_reported_and_drawn(capsys, monkeypatch):
    absent = Peer("pytorch", ("no-such-package",))
    broken = Peer("no_such_module")
    monkeypatch.setitem(PEERS, PYTORCH, absent)
    monkeypatch.setitem(PEERS, "broken", broken)
    peers = [PROGRAM, *([] if PEERS[LOOP].missing() else [LOOP]), PYTORCH, "broken"]
    result = compare_peers([SMALL], seed=1, repeats=2, peers=peers)
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
    assert "failed: ModuleNotFoundError" in said
    if LOOP in peers:
        assert case["peers"][LOOP]["difference"] == case["peers"][LOOP]["share"] == 0
        case["peers"][LOOP]["difference"] = 1
        assert differing(result) == [f"the spikes differ: {LOOP}, 2 x 20 neurons"]
    assert "2 x 20 neurons, dt 1 ms" in peers_report(result)[0].text
    ((name, figure),) = plot_peers(result["cases"]).items()
    assert name == "peers-1ms"
    assert PROGRAM in [line.get_label() for line in figure.axes[0].lines]


def test_the_part_of_the_benchmark(tmp_path, monkeypatch):
    monkeypatch.setattr(peers_running, "QUICK", [SMALL])
    command = ["--quick", "--parts", "peers", "--peers", "engine", "--out", str(tmp_path)]
    assert benchmark.main(command) == 0
    peers = json.loads((tmp_path / "summary.json").read_text())["peers"]
    assert list(peers["cases"][0]["peers"]) == [PROGRAM]
    assert 'alt="Beside others"' in (tmp_path / "report.html").read_text()


def test_a_peer_whose_process_dies_has_failed_and_goes_on():
    with start_worker() as worker:
        worker.call(prepare, "engine", SMALL, 400.0, 1, 1)
        worker._process.kill()
        with pytest.raises(RuntimeError, match="its process died"):
            worker.call(run)
        worker.call(prepare, "engine", SMALL, 400.0, 1, 1)
        assert worker.call(run)[1].shape == (1, 1, 20)


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
    rate = case.rate_of(counts_of(case, find_drive(case), 3, 8))
    assert rate == pytest.approx(HZ[activity], rel=0.1)


def test_liquids_that_hear_a_task_fire_without_a_search():
    case = Case(20, 2, PR12, 1.0, most_samples=40, duration_ms=PR12_MS)
    work = make_work(case, find_drive(case), 2, 40)
    assert work.shape == (2, 40, 20)
    assert work.steps == case.steps == 110
    assert 20 < case.rate_of(counts_of(case, find_drive(case), 2, 40)) < 80


def test_lanes_side_by_side_have_their_reservoirs_synapses():
    work = make_work(SMALL, 400.0, 2, 3)
    recurrent, inputs = work.side_by_side()
    lane = (recurrent[1] // 20 == 4) & (recurrent[0] // 20 == 4)  # of liquid 1, sample 1
    synapses = work.reservoirs[1].synapses
    for part, wanted in zip(
        recurrent, (synapses.source + 80, synapses.target + 80, synapses.weight_pA), strict=True
    ):
        np.testing.assert_array_equal(part[lane], wanted)
    assert set(inputs[0][inputs[1] // 20 == 5] // work.spikes.n_channels) == {2}


@pytest.mark.parametrize(
    ("neurons", "many_liquids", "lanes"),
    [
        (None, True, (50, 100)),
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
    assert case.lanes(neurons, many_liquids) == lanes


def test_the_table_says_how_many_times_a_peer_took():
    peers = {
        PROGRAM: {"ms": 2.0, "lanes": (1, 9), "difference": 0, "share": 0.0},
        "slow": {"ms": 4000.0, "lanes": (1, 1), "difference": 1, "share": 0.25},
        "none": {"failed": "no", "lanes": (1, 1)},
    }
    case = {"liquids": 1, "neurons": 20, "dt_ms": 1.0, "activity": "quiet", "rate_hz": 5.0}
    lines = case_report(case | {"peers": peers}).text.splitlines()
    assert lines[2].split() == ["slow", "4000", "2,000", "1", "x", "1", "1", "25"]
    assert lines[3].split()[:3] == ["none", "failed:", "no"]
