"""What a closed loop costs: this program, plain NumPy, and a hand-written compiled loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from experiments.benchmarks.apart import timed
from experiments.benchmarks.force_loop import Result, Sine, by_hand, ours, plain
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.table import LOOP, PEERS, PROGRAM
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import compilations
from lsm.metrics import drift_tolerant_nrmse

PLAIN = "plain NumPy"
#: The drift-tolerant error below which a sine counts as learned.
LEARNED = 0.2

#: Small enough for plain NumPy to run whole.
SMALL = Sine(neurons=400, duration_ms=2500.0, learn=(300.0, 1500.0), every=20, p0=1e-4)
#: What is timed, and how many steps of it by plain NumPy.
FULL = Sine(), 4000
QUICK = replace(SMALL, duration_ms=1000.0, learn=(200.0, 800.0)), 1000
#: The least of so many times counts.
REPEATS = 2


def loop_costs(sine: Sine, stretch: int, *, seed: int) -> dict[str, Any]:
    """Time a sine, each way in turns, and check on a small one that all learn the same.

    Parameters
    ----------
    sine : Sine
        Timed whole, but for plain NumPy.
    stretch : int
        Steps of plain NumPy that are timed, without learning and with; its seconds are scaled up
        from these.
    seed : int
    """
    whole, checked = replace(sine, seed=seed), replace(SMALL, seed=seed)
    ways: dict[str, Callable[[Sine], Result]] = {PROGRAM: ours}
    if not PEERS[LOOP].missing():
        ways[LOOP] = by_hand
    results = {name: way(checked) for name, way in ways.items()}
    results[PLAIN] = plain(checked, checked.steps, checked.window)
    compared = {
        name: {
            "error": _error(checked, result[0]),
            "same_spikes_ms": _same_ms(checked, results[PROGRAM], result),
        }
        for name, result in results.items()
    }
    ours(replace(whole, duration_ms=whole.dt_ms, learn=(0.0, whole.dt_ms)))  # builds the program
    before = compilations()
    seconds = dict.fromkeys(ways, np.inf)
    for repeat in range(REPEATS):
        # Another network, strength of feedback and learning each time.
        sine = replace(
            whole,
            seed=seed + repeat,
            G=whole.G * 0.9**repeat,
            Q=whole.Q * 1.1**repeat,
            p0=whole.p0 * 2**repeat,
        )
        sine.reservoir.synapses, sine.constants, sine.drawn, sine.target  # noqa: B018 (made here)
        for name, way in ways.items():
            seconds[name] = min(seconds[name], timed(partial(way, sine))[0])
    seconds[PLAIN] = _scaled(whole, stretch)
    return {
        "timed": asdict(whole),
        "checked": asdict(checked),
        "repeats": REPEATS,
        "stretch_steps": stretch,
        "seconds": seconds,
        "times_faster_than_plain": seconds[PLAIN] / seconds[PROGRAM],
        "times_the_hand_written": seconds[PROGRAM] / seconds[LOOP] if LOOP in ways else None,
        "compared": compared,
        "compilations_in_timed_runs": compilations() - before,
    }


def _wrong(result: Mapping[str, Any]) -> list[str]:
    """Who has learned no sine, and whether spikes differ before anything is learned."""
    compared, learn_ms = result["compared"], result["checked"]["learn"][0]
    wrong = [
        f"{name} has not learned the sine: error {way['error']:.3g}"
        for name, way in compared.items()
        if not way["error"] < LEARNED
    ]
    same_ms = compared.get(LOOP, compared[PROGRAM])["same_spikes_ms"]
    if same_ms < learn_ms:
        wrong.append(f"{LOOP} fires differently from {same_ms:g} ms on, before it learns")
    return wrong


def _error(sine: Sine, outputs: Any) -> float:
    free = slice(sine.window[1], None)
    return float(
        drift_tolerant_nrmse(outputs[free], sine.target[free], dt_ms=sine.dt_ms, period_ms=200.0)
    )


def _same_ms(sine: Sine, *results: Result) -> float:
    """For how long two runs fire the same spikes."""
    places = [step * sine.neurons + neuron for _, step, neuron in results]
    first = np.setxor1d(places[0], places[1]).min(initial=sine.steps * sine.neurons)
    return float(first // sine.neurons * sine.dt_ms)


def _scaled(sine: Sine, stretch: int) -> float:
    """Seconds of plain NumPy for the whole run, from a stretch without learning and one with."""
    without, learning = (
        timed(partial(plain, sine, stretch, window))[0] for window in ((0, 0), (0, stretch))
    )
    lesson = max(learning - without, 0) / -(-stretch // sine.every)
    lessons = sum(k % sine.every == 0 for k in range(*sine.window))
    return without / stretch * sine.steps + lesson * lessons


def loop_report(result: Mapping[str, Any]) -> list[Part]:
    """Seconds, errors and for how long spikes are the same, of each way."""
    whole, checked, loop = result["timed"], result["checked"], result["times_the_hand_written"]
    scaled = {PLAIN: f"{PLAIN}, scaled from {result['stretch_steps']} steps"}
    columns = {
        f"FORCE, a sine, {whole['neurons']} neurons, {whole['duration_ms'] / 1e3:g} s": "{name}",
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
    lambda settings, _: loop_costs(*settings.size(FULL, QUICK), seed=settings.seed),
    loop_report,
    _wrong,
)
