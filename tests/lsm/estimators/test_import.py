"""What `import lsm` costs: nothing that only some need."""

import subprocess
import sys

HEAVY = {"brian2", "matplotlib", "tonic", "aeon", "numba", "deap", "pooch", "experiments", "tasks"}


def loaded_by(statement):
    script = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_adds_little_to_scikit_learns_linear_models():
    added = loaded_by("import lsm") - loaded_by("import sklearn.linear_model")
    assert {name.split(".")[0] for name in added} & HEAVY == set()
    # Of SciPy and scikit-learn nothing that the linear models don't need, but for pipelines.
    theirs = {name for name in added if name.startswith(("scipy.", "sklearn."))}
    assert {name.split(".")[1] for name in theirs} <= {"pipeline", "utils"}
    assert "lsm.plots" not in added
    assert "lsm.brian" not in added
