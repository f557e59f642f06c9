"""What a closed loop costs: this program, plain NumPy, and a hand-written compiled loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from experiments.benchmarks.force_loop import Result, Sine, by_hand, has_numba, plain
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.table import LOOP, PROGRAM
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import compilations
from lsm.metrics import drift_tolerant_nrmse

PLAIN = "plain NumPy"
#: The drift-tolerant error below which a sine counts as learned.
LEARNED = 0.2

_SMALL = Sine(neurons=400, duration_ms=2500.0, learn=(300.0, 1500.0), every=20, p0=1e-4)
FULL: dict[str, Any] = {"timed": Sine(), "checked": _SMALL, "stretch": 4000, "repeats": 2}
QUICK: dict[str, Any] = {
    "timed": replace(_SMALL, duration_ms=1000.0, learn=(200.0, 800.0)),
    "checked": _SMALL,
    "stretch": 1000,
    "repeats": 2,
}


def loop_costs(
    *, timed: Sine, checked: Sine, stretch: int, repeats: int, seed: int, numba: bool
) -> dict[str, Any]:
    """Time one sine, each way in turns, and check on another that all learn the same.

    Parameters
    ----------
    timed : Sine
        Timed whole, but for plain NumPy.
    checked : Sine
        Small enough for plain NumPy to run whole.
    stretch : int
        Steps of plain NumPy that are timed, without learning and with; its seconds are scaled up
        from these.
    repeats : int
        The least of so many times counts.
    seed : int
    numba : bool
        Whether the hand-written loop can be compiled.
    """
    timed, checked = replace(timed, seed=seed), replace(checked, seed=seed)
    ways: dict[str, Callable[[Sine], Result]] = {PROGRAM: _ours}
    if numba:
        ways[LOOP] = by_hand
    whole = ways | {PLAIN: lambda sine: plain(sine, sine.steps, sine.window)}
    results = {name: way(checked) for name, way in whole.items()}
    compared = {
        name: {
            "error": _error(checked, result[0]),
            "same_spikes_ms": _same_ms(checked, results[PROGRAM], result),
        }
        for name, result in results.items()
    }
    _ours(replace(timed, duration_ms=timed.dt_ms, learn=(0.0, timed.dt_ms)))  # builds the program
    before = compilations()
    seconds = dict.fromkeys(ways, np.inf)
    for repeat in range(repeats):
        # Another network, strength of feedback and learning each time.
        sine = replace(timed, seed=timed.seed + repeat, G=timed.G * 0.9**repeat)
        sine = replace(sine, Q=timed.Q * 1.1**repeat, p0=timed.p0 * 2**repeat)
        sine.reservoir.synapses, sine.constants, sine.drawn, sine.target  # noqa: B018 (made here)
        for name, way in ways.items():
            start = time.perf_counter()
            way(sine)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    seconds[PLAIN] = _scaled(timed, stretch)
    return {
        "timed": asdict(timed),
        "checked": asdict(checked),
        "repeats": repeats,
        "stretch_steps": stretch,
        "seconds": seconds,
        "times_faster_than_plain": seconds[PLAIN] / seconds[PROGRAM],
        "times_the_hand_written": seconds[PROGRAM] / seconds[LOOP] if numba else None,
        "compared": compared,
        "wrong": _wrong(checked, compared),
        "compilations_in_timed_runs": compilations() - before,
    }


def _wrong(sine: Sine, compared: dict[str, dict[str, float]]) -> str:
    """What is not as it should be, or nothing."""
    for name, way in compared.items():
        if not way["error"] < LEARNED:
            return f"{name} has not learned the sine: error {way['error']:.3g}"
    same = compared.get(LOOP, compared[PROGRAM])["same_spikes_ms"]
    if same < sine.learn[0]:
        return f"{LOOP} fires differently from {same:g} ms on, before anything is learned"
    return ""


def _ours(sine: Sine) -> Result:
    trained = sine.train()
    steps = np.rint(trained.spike_times_ms / sine.dt_ms).astype(np.int32)
    return trained.outputs[:, 0], steps, trained.spike_neurons


def _error(sine: Sine, outputs: Any) -> float:
    free = slice(sine.window[1], None)
    return float(
        drift_tolerant_nrmse(outputs[free], sine.target[free], dt_ms=sine.dt_ms, period_ms=200.0)
    )


def _same_ms(sine: Sine, one: Result, other: Result) -> float:
    """For how long two runs fire the same spikes."""
    pairs = [step.astype(np.int64) * sine.neurons + neuron for _, step, neuron in (one, other)]
    length = min(map(len, pairs))
    differing = np.flatnonzero(pairs[0][:length] != pairs[1][:length])
    if len(differing):
        return float(min(pair[differing[0]] for pair in pairs) // sine.neurons * sine.dt_ms)
    longest = max(pairs, key=len)
    last = longest[length] // sine.neurons if len(longest) > length else sine.steps
    return float(last * sine.dt_ms)


def _scaled(sine: Sine, stretch: int) -> float:
    """Seconds of plain NumPy for the whole run, from a stretch without learning and one with."""
    spent = []
    for window in ((0, 0), (0, stretch)):
        start = time.perf_counter()
        plain(sine, stretch, window)
        spent.append(time.perf_counter() - start)
    per_lesson = max(spent[1] - spent[0], 0) / -(-stretch // sine.every)
    lessons = sum(k % sine.every == 0 for k in range(*sine.window))
    return spent[0] / stretch * sine.steps + per_lesson * lessons


def loop_report(result: Mapping[str, Any]) -> list[Part]:
    """Seconds, errors and for how long spikes are the same, of each way."""
    timed, checked, loop = result["timed"], result["checked"], result["times_the_hand_written"]
    scaled = {PLAIN: f"{PLAIN}, scaled from {result['stretch_steps']} steps"}
    columns = {
        f"FORCE, a sine, {timed['neurons']} neurons, {timed['duration_ms'] / 1e3:g} s": "{name}",
        "seconds": "{seconds:.3g}",
        "error (small)": "{error:.3f}",
        "same spikes (small), ms": "{same_spikes_ms:.1f}",
    }
    rows = [
        {"name": scaled.get(name, name), "seconds": result["seconds"][name], **way}
        for name, way in result["compared"].items()
    ]
    remark = (
        f"{result['times_faster_than_plain']:.3g} times as fast as plain NumPy"
        + (f", {loop:.3g} times the hand-written loop" if loop else "")
        + f"; programs built in {result['repeats']} runs of other values: "
        f"{result['compilations_in_timed_runs']}. Small: {checked['neurons']} neurons, "
        f"{checked['duration_ms'] / 1e3:g} s; learned from {checked['learn'][0]:g} ms on."
    )
    return [table_of(columns, rows), note(remark)]


PART = BenchmarkPart(
    "A closed loop",
    "loop",
    lambda settings, _: loop_costs(
        **settings.size(FULL, QUICK), seed=settings.seed, numba=has_numba()
    ),
    loop_report,
    lambda loop: [loop["wrong"]] * bool(loop["wrong"]),
)
