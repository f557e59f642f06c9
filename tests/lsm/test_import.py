"""What imports cost: nothing that only some need."""

import subprocess
import sys

import pytest

import lsm

HEAVY = {"brian2", "matplotlib", "tonic", "aeon", "numba", "deap", "pooch", "experiments", "tasks"}


def loaded_by(statement):
    script = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_simulating_needs_no_scikit_learn():
    loaded = {name.split(".")[0] for name in loaded_by("import lsm")}
    assert loaded & {*HEAVY, "sklearn", "pandas"} == set()


def test_estimators_add_little_to_scikit_learns_linear_models():
    added = loaded_by("from lsm import LSMClassifier") - loaded_by("import sklearn.linear_model")
    assert {name.split(".")[0] for name in added} & HEAVY == set()
    # Of SciPy and scikit-learn nothing that the linear models don't need, but for pipelines.
    theirs = {name for name in added if name.startswith(("scipy.", "sklearn."))}
    assert {name.split(".")[1] for name in theirs} <= {"pipeline", "utils"}
    assert "lsm.plots" not in added
    assert "lsm.reservoir.brian" not in added


def test_public_paths_lead_to_where_things_are():
    from lsm.balance import balance
    from lsm.steps import rounded
    from lsm.synapses import ShortTermPlasticity

    assert balance is lsm.plasticity.balance.balance is lsm.balance.balance
    assert rounded is lsm.base.steps.rounded is lsm.steps.rounded
    assert ShortTermPlasticity is lsm.ShortTermPlasticity is lsm.synapses.ShortTermPlasticity


def test_everything_is_there_when_it_is_asked_for():
    script = "import lsm; [getattr(lsm, name) for name in {*lsm.__all__, *dir(lsm)}]"
    assert {"lsm.metrics", "lsm.plots", "lsm.estimators", "lsm.saving"} <= loaded_by(script)
    with pytest.raises(AttributeError, match="liquids"):
        _ = lsm.liquids
