"""What the tests of estimators share."""

import pytest


@pytest.fixture
def no_simulation(monkeypatch):
    """Fail where anything is simulated or built: bad input is refused before that."""

    def refuse(*args, **kwargs):
        pytest.fail("something was simulated")

    for name in ("run", "start", "Program.command"):
        monkeypatch.setattr(f"lsm.simulation.programs.{name}", refuse)
