"""make_task: every task by name, and what it says to a wrong one."""

import inspect

import numpy as np
import pytest

from tasks import TASKS, Task, TaskKind, group_names, make_task, task_kind

GENERATED = ["FR5", "PR4", "PR8", "PR12", "TPR4", "TPR8", "TPR12", "TXOR"]
CLASSES = {"FR5": 5, "TXOR": 2}
#: With targets: name -> classes, channels and ms.
MEMORY = {
    "Evidence": (2, 40, 2250),
    "Parity2": (2, 40, 250),
    "Parity3": (2, 40, 350),
    "Parity4": (2, 40, 450),
    "Parity5": (2, 40, 550),
    "DelayedMatch1": (2, 40, 500),
    "DelayedMatch2": (2, 40, 700),
    "DelayedMatch3": (2, 40, 900),
    "Copy4": (4, 60, 700),
    "Machine4": (4, 40, 850),
    "Machine8": (8, 40, 850),
    "Path": (4, 40, 1000),
    "Pattern": (1, 100, 1000),
}


@pytest.mark.parametrize("name", GENERATED)
def test_task_is_as_it_says(name):
    task = make_task(name, random_state=1, samples_per_class=20)
    assert isinstance(task, Task)
    assert task.name == name
    n_classes = CLASSES.get(name) or int(name.lstrip("TPR"))
    n_samples = 80 if name == "TXOR" else 20 * n_classes
    assert task.spikes.shape == (n_samples, 4 if name == "FR5" else 8)
    assert task.labels.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(task.labels), n_samples // n_classes)
    used = np.concatenate([task.train, task.fitness, task.test])
    np.testing.assert_array_equal(np.sort(used), np.arange(n_samples))
    assert len(task.test) == n_samples * 3 // 10
    assert task.description
    assert task.source
    # Shuffled: no class waits for the end.
    assert len(np.unique(task.labels[: n_samples // 2])) == n_classes


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("TPR4", {"samples_per_class": 10**9}),
        ("Evidence", {"n_cues": 10**9 + 1}),
        ("Evidence", {"samples_per_class": 10**9}),
        ("Parity2", {"n_bits": 10**6}),
        ("DelayedMatch1", {"delay_ms": 1e9}),
        ("Copy4", {"n_symbols": 500}),
        ("Machine4", {"length": 10**8}),
        ("Path", {"samples_per_class": 10**6}),
        ("Pattern", {"n_patterns": 10**7}),
    ],
)
def test_what_takes_too_much_memory_is_refused_before_it_is_drawn(name, options):
    with pytest.raises(ValueError, match=r"samples_per_class: .* GB to be drawn, and may take 4"):
        make_task(name, random_state=0, **options)


@pytest.mark.parametrize("name", MEMORY)
def test_a_task_with_targets_is_as_it_says(name):
    n_classes, n_channels, duration_ms = MEMORY[name]
    task = make_task(name, random_state=1, samples_per_class=5)
    assert task.name == name
    assert task.spikes.shape == (5 * n_classes, n_channels)
    np.testing.assert_array_equal(task.spikes.durations_ms, duration_ms)
    np.testing.assert_array_equal(np.bincount(task.labels), [5] * n_classes)
    used = np.concatenate([task.train, task.fitness, task.test])
    np.testing.assert_array_equal(np.sort(used), np.arange(5 * n_classes))
    assert task.targets.steps(duration_ms).shape[:2] == (len(task.labels), duration_ms)
    assert f"targets  {task.targets}, in steps of 1 ms" in str(task)


@pytest.mark.parametrize("name", [*GENERATED, *MEMORY])
def test_one_seed_one_task(name):
    one, same, other = (
        make_task(name, random_state=seed, samples_per_class=8) for seed in (7, 7, 8)
    )
    assert one.spikes == same.spikes
    for field in ("labels", "train", "fitness", "test"):
        np.testing.assert_array_equal(getattr(one, field), getattr(same, field))
    if one.targets is not None:
        np.testing.assert_array_equal(one.targets.values, same.targets.values)
    assert one.spikes != other.spikes
    assert not np.array_equal(one.test, other.test)


def test_global_random_state_is_neither_read_nor_changed():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_task("TXOR", random_state=7, samples_per_class=2)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_thousand_samples_a_class_by_default():
    assert len(make_task("PR4", random_state=0).labels) == 4000


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("PR13", "PR12"), ("tpr12", "TPR12"), ("XOR", "TXOR"), ("fr", "FR5"), ("emg", "EMG")],
)
def test_unknown_name_gets_the_nearest_suggested(wrong, nearest):
    with pytest.raises(ValueError, match=rf"must be one of FR5, .*TXOR.*did you mean '{nearest}'"):
        make_task(wrong, random_state=0)


def test_unknown_name_far_from_all():
    with pytest.raises(ValueError, match=r"must be one of .* got 'zebra'$"):
        make_task("zebra")


@pytest.mark.parametrize("name", [*GENERATED, *MEMORY])
def test_generated_tasks_refuse_data(name):
    with pytest.raises(ValueError, match=f"task {name} is generated and takes no data"):
        make_task(name, random_state=0, data="recordings")


def test_options_are_checked():
    with pytest.raises(TypeError, match="options of task PR4 are samples_per_class; got gap_ms"):
        make_task("PR4", gap_ms=3)
    with pytest.raises(TypeError, match="got n_classes"):
        make_task("PR4", n_classes=3)
    with pytest.raises(ValueError, match="samples_per_class must be at least 1, got 0"):
        make_task("TPR4", samples_per_class=0)
    with pytest.raises(TypeError, match="samples_per_class must be an integer"):
        make_task("FR5", samples_per_class=2.5)


def test_a_new_task_is_one_entry(monkeypatch):
    def mine(random_state=None, data=None, *, size=2):
        return random_state, data, size

    monkeypatch.setitem(TASKS, "MINE", TaskKind(mine, groups=lambda data: ["a", f"of {data}"]))
    assert make_task("MINE", random_state=4, data="here", size=3) == (4, "here", 3)
    assert group_names("MINE", "here") == ["a", "of here"]


def test_kinds_say_what_is_recorded_and_what_has_groups():
    assert [name for name in TASKS if not TASKS[name].recorded] == [*GENERATED, *MEMORY]
    assert [name for name in TASKS if TASKS[name].groups] == [
        *("FSDD", "EMG", "SHD", "DVSGesture", "Watch"),
        *("SpokenPairs2", "SpokenPairs10", "SpokenOrder3", "SpokenSum3"),
        *("GesturePairs7", "GestureOrder7", "own"),
    ]
    assert task_kind("aeon:BasicMotions").recorded
    with pytest.raises(ValueError, match=r"with groups, FSDD, EMG, .*, own; got 'TXOR'"):
        group_names("TXOR")


@pytest.mark.parametrize("name", TASKS)
def test_every_task_can_be_made_small(name):
    kind = task_kind(name)
    options = inspect.signature(kind.make).parameters
    assert set(kind.quick) <= set(options)
    assert ("group" in options) == (kind.groups is not None)
