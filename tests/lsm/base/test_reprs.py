"""Results are shown on a line, whatever they hold."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import pytest
from scipy import sparse

import evolution
import lsm
import tasks
from lsm.base.reprs import short_repr
from lsm.topology import MatrixWiring


@short_repr
@dataclass(frozen=True)
class Result:
    name: str
    few: Any
    many: Any
    parts: Any


@short_repr
class Pair(NamedTuple):
    left: Any
    right: Any


def test_arrays_are_shown_by_type_and_shape_and_what_is_short_as_it_is():
    result = Result(
        name="abc",
        few=np.arange(3.0),
        many=np.zeros((2, 500), dtype=np.float32),
        parts={"u": np.zeros(7), 1: [1, (2, np.zeros((1, 1)))], "s": sparse.csr_array((3, 4))},
    )
    assert repr(result) == (
        "Result(name='abc', few=array([0., 1., 2.]), many=<float32 (2, 500)>, "
        "parts={'u': <float64 (7,)>, 1: [1, (2, <float64 (1, 1)>)], "
        "'s': <csr_array (3, 4), 0 values>})"
    )
    assert repr(Pair([0] * 7, "x" * 200)) == f"Pair(left=<list of 7>, right='{'x' * 99}...)"


def results() -> Iterator[type]:
    """Public dataclasses and named tuples of the packages with arrays among what they show."""
    packages = [lsm, tasks, evolution]
    for package in packages[:]:
        modules = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        packages += [importlib.import_module(module.name) for module in modules if module.ispkg]
    for package in packages:
        for name in getattr(package, "__all__", ()):
            kind = getattr(package, name)
            if not isinstance(kind, type):
                continue
            shown = getattr(kind, "_fields", ())
            if is_dataclass(kind):
                shown = [field.name for field in fields(kind) if field.repr]
            hints = get_type_hints(kind) if shown else {}
            if any("ndarray" in str(hints[field]) for field in shown):
                yield kind


#: What has a line of its own, what makes arrays, and what closed loops are made of.
OTHERS = {"Reservoir", "NeuronModel", "SpikeTrains", "TargetTask", "Loop", "State", "Recorded"}


def test_every_result_with_arrays_is_shown_so():
    found = {kind for kind in results() if kind.__name__ not in OTHERS}
    assert {"Recording", "Task", "Genome", "Currents", "Trained"} <= {k.__name__ for k in found}
    assert not {kind for kind in found if kind.__repr__ is not Result.__repr__}


def test_a_task_and_its_recording_take_little_room():
    task = tasks.make_task("TPR4", random_state=0, samples_per_class=20)
    assert len(repr(task)) < 900
    assert "spikes=SpikeTrains(" in repr(task)
    recording = lsm.Recording(np.zeros(500), np.zeros(500, int), np.zeros(9), np.zeros((2, 9)), {})
    assert repr(recording).startswith("Recording(spike_times_ms=<float64 (500,)>, spike_neurons=<")


@pytest.mark.parametrize("made", ["a reservoir's wiring", "its synapses", "balance of currents"])
def test_what_a_user_looks_at_is_one_line(made):
    reservoir = lsm.make_reservoir("maass2002", random_state=0)
    shown = {
        "a reservoir's wiring": lambda: MatrixWiring(np.eye(200)),
        "its synapses": lambda: reservoir.synapses,
        "balance of currents": lambda: lsm.metrics.Currents(np.zeros((9, 900)), np.zeros((9, 900))),
    }[made]()
    assert "\n" not in repr(shown)
    assert len(repr(shown)) < 200


def test_a_notebook_shows_a_table_of_each_result_with_all_text_escaped():
    pair = Pair([0] * 7, "<script>&")
    assert pair._repr_html_() == (
        "<table><caption>Pair</caption>"
        '<tr><th style="text-align:left">left</th>'
        '<td style="text-align:left">&lt;list of 7&gt;</td></tr>'
        '<tr><th style="text-align:left">right</th>'
        '<td style="text-align:left">&#x27;&lt;script&gt;&amp;&#x27;</td></tr></table>'
    )
    for kind in results():
        if kind.__name__ not in OTHERS:
            assert hasattr(kind, "_repr_html_"), kind


def test_a_notebook_shows_a_table_of_a_task_and_of_a_reservoir():
    task = replace(
        tasks.make_task("TPR4", random_state=0, samples_per_class=20), description="<b>short</b>"
    )
    shown = task._repr_html_()
    assert "<caption>TPR4: &lt;b&gt;short&lt;/b&gt;</caption>" in shown
    assert "80 of 4 classes" in shown
    shown = lsm.Reservoir.random(20, random_state=0)._repr_html_()
    for text in ("20: 15 excitatory, 5 inhibitory", ">lif<", "DistanceWiring(", "tau_m_ms"):
        assert text in shown
    assert len(shown) < 4000
