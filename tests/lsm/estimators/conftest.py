"""What the tests of estimators share."""

import pytest

from lsm.simulation import programs


@pytest.fixture
def no_simulation(monkeypatch):
    """Fail where anything is simulated or built: bad input is refused before that."""

    def refuse(*args, **kwargs):
        pytest.fail("something was simulated")

    for name in ("run", "start", "command"):
        monkeypatch.setattr(programs, name, refuse)
