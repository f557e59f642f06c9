"""What `verbose` shows of a fit, and what files keep of it: nothing."""

from subprocess import CompletedProcess

import numpy as np
import pytest

from evolution import LiquidEvolution
from lsm import LSMClassifier, LSMSeriesRegressor, Reservoir, SpikeTrains, load, save, simulate
from lsm.base import watching
from lsm.simulation import cache, engine
from lsm.simulation.state_cache import CACHE

X = SpikeTrains.from_lists([[[1.0, 5.0, 9.0 + k], [2.0 + k]] for k in range(12)], duration_ms=30)
Y = np.repeat([0, 1], 6)


@pytest.mark.filterwarnings("ignore:the liquid stays below")
def test_a_bar_shows_how_far_a_fit_is(capsys):
    quiet = LSMClassifier(20, random_state=0).fit(X, Y)
    assert capsys.readouterr().err == ""
    CACHE.clear()
    loud = LSMClassifier(20, random_state=0, verbose=True).fit(X, Y)
    assert "simulate: 100%" in capsys.readouterr().err
    np.testing.assert_array_equal(loud.decision_function(X), quiet.decision_function(X))


def test_so_does_a_fit_of_series(capsys):
    signals = np.sin(np.arange(60.0)).reshape(1, 1, 60)
    LSMSeriesRegressor(20, random_state=0, verbose=True).fit(signals)
    assert "simulate: 100%" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:the liquid stays below")
def test_evolution_shows_its_generations(capsys):
    rows = []
    options = {"neurons": 10, "population": 6, "generations": 2, "random_state": 0}
    LiquidEvolution("driven", **options, verbose=True, callback=rows.append).fit(X, Y)
    shown = capsys.readouterr().err
    assert "3/3" in shown or rows[-1]["best"] == 1
    assert f"fitness {rows[-1]['best']:.1%}" in shown


@pytest.mark.filterwarnings("ignore:the liquid stays below")
def test_a_file_keeps_nothing_of_it(tmp_path):
    for name, verbose in (("quiet", False), ("loud", True)):
        save(LSMClassifier(20, random_state=0, verbose=verbose).fit(X, Y), tmp_path / name)
    again = load(tmp_path / "loud")
    assert again.verbose is False
    np.testing.assert_array_equal(again.predict(X), load(tmp_path / "quiet").predict(X))


def test_whoever_watches_or_asks_is_told(monkeypatch):
    assert not watching.is_watched()
    with watching.telling(True):
        assert watching.is_watched()
        with watching.telling(False):
            assert watching.is_watched()
    with watching.telling(False):
        assert not watching.is_watched()
    monkeypatch.setattr(watching.sys, "ps1", ">>> ", raising=False)
    assert watching.is_watched()


def test_a_line_comes_before_a_program_is_compiled(tmp_path, monkeypatch, capsys):
    cache._machine()
    monkeypatch.setenv("LSM_CACHE", str(tmp_path))
    failed = CompletedProcess([], 1, stdout="", stderr="no compiler today")
    monkeypatch.setattr(cache.processes, "run", lambda *_, **__: failed)
    for verbose, lines in ((False, 0), (True, 1)):
        with watching.telling(verbose), pytest.raises(cache.SimulationError, match="today"):
            cache.built({"no": "description"})
        shown = capsys.readouterr().err.splitlines()
        assert len(shown) == lines
        assert all(line.startswith("compiling a program, once for") for line in shown)


def test_without_a_compiler_whoever_watches_sees_how_long_it_takes(monkeypatch):
    shown = []
    bar = engine.tqdm
    monkeypatch.setattr(
        engine, "tqdm", lambda it, **words: shown.append(not words["disable"]) or bar(it, **words)
    )
    monkeypatch.setattr(engine.Job, "run", lambda _: {"states": np.zeros((1, 1, 4), np.float32)})
    reservoir = Reservoir.random(4, random_state=0)
    for verbose in (False, True):
        with watching.telling(verbose):
            simulate(reservoir, X[:1], target="numpy")
    assert shown == [False, True]
