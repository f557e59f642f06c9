"""Where data are, packages that may be missing, and arrays of ragged signals."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lsm import Reservoir, load
from lsm.simulation.cache import cache_folder
from tasks import data as data_module
from tasks.data import as_array, data_folder, optional


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.delenv("LSM_DATA", raising=False)
    monkeypatch.setattr(data_module, "_SHARED", tmp_path / "shared")


def test_an_argument_goes_before_the_environment_and_that_before_the_shared_folder(
    tmp_path, monkeypatch
):
    for place in ("mine", "lsm_data/fsdd", "shared/fsdd"):
        (tmp_path / place).mkdir(parents=True)
    assert data_folder("fsdd", obtain="") == tmp_path / "shared" / "fsdd"
    monkeypatch.setenv("LSM_DATA", str(tmp_path / "lsm_data"))
    assert data_folder("fsdd", obtain="") == tmp_path / "lsm_data" / "fsdd"
    assert data_folder("fsdd", str(tmp_path / "mine"), obtain="") == tmp_path / "mine"


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    (tmp_path / "fsdd").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder("fsdd", "~/fsdd", obtain="") == tmp_path / "fsdd"
    monkeypatch.setenv("LSM_DATA", "~")
    assert data_folder("fsdd", obtain="") == tmp_path / "fsdd"
    monkeypatch.setenv("LSM_CACHE", "~/cache")
    assert cache_folder() == tmp_path / "cache"
    Reservoir.random(5, random_state=0).save("~/liquid.npz")
    assert load("~/liquid.npz") == Reservoir.load(tmp_path / "liquid.npz")


def test_a_folder_that_is_not_there(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"data must name the folder of emg.* To get it: ask them"):
        data_folder("emg", obtain="ask them")
    with pytest.raises(ValueError, match=r"data must name an existing folder: .*gone"):
        data_folder("emg", tmp_path / "gone", obtain="")
    monkeypatch.setenv("LSM_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"LSM_DATA must name an existing folder: .*emg"):
        data_folder("emg", obtain="")
    with pytest.raises(TypeError, match="data must be the path of a folder, got 3"):
        data_folder("emg", 3, obtain="")


def test_a_folder_to_download_into_is_made_where_it_was_named(tmp_path, monkeypatch):
    assert data_folder("emg", tmp_path / "a" / "b", obtain="", create=True).is_dir()
    with pytest.raises(ValueError, match="data must name the folder of emg"):
        data_folder("emg", obtain="", create=True)
    monkeypatch.setenv("LSM_DATA", str(tmp_path))
    assert data_folder("emg", obtain="", create=True) == tmp_path / "emg"


def test_a_missing_package_is_named_with_its_extra():
    assert optional("collections.abc", "standard").Sequence
    with pytest.raises(
        ImportError, match=r'the package not_there: pip install "liquidstate\[events\]"'
    ):
        optional("not_there.datasets", "events")


def test_signals_of_one_length_are_stacked_and_others_kept_apart():
    one, two = np.zeros((2, 5)), np.ones((2, 6))
    assert as_array([one, one]).shape == (2, 2, 5)
    ragged = as_array([one, two, one])
    assert ragged.shape == (3,)
    np.testing.assert_array_equal(ragged[[1, 0]][0], two)
    assert as_array([two]).shape == (1, 2, 6)


def test_what_a_package_leaves_goes_with_the_process(tmp_path):
    # reservoirpy 0.4.2 makes a folder for temporary files when it is imported, and leaves it.
    (tmp_path / "leaving.py").write_text("import tempfile\nfolder = tempfile.mkdtemp()\n")
    (tmp_path / "kept").mkdir()
    code = (
        "import os, tempfile; from tasks.data import optional; "
        "made = optional('leaving', 'series').folder; assert os.path.isdir(made); "
        "print(os.path.relpath(made, tempfile.gettempdir()).count(os.sep))"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    environment = os.environ | {"PYTHONPATH": path, "TMPDIR": str(tmp_path / "kept")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"1\n", b"")
    assert not any((tmp_path / "kept").iterdir())
