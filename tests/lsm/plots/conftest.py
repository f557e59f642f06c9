"""What the tests of plots share."""

import pytest
from matplotlib.figure import Figure


@pytest.fixture
def axes():
    return Figure().subplots()
