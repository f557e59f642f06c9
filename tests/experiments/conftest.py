"""What the tests of the experiments share."""

import pytest

from experiments.studies.evolve import evolving
from tests.experiments.runs import run


@pytest.fixture(scope="session")
def full(cache, tmp_path_factory):
    """Folder and summary of a run with all controls and pictures; not to be written to."""
    folder = tmp_path_factory.mktemp("full")
    return folder, run(folder, controls="full")


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    """Drawing takes longer than a small run; fixtures of a wider scope do draw."""
    monkeypatch.setattr(evolving, "figures_of", lambda *_: {})
