"""Saved reservoirs: whole or not at all, without pickle, and older ones still readable."""

import json
import zipfile

import numpy as np
import pytest

from lsm.neurons import LIF_ALPHA
from lsm.reservoir import FORMAT, Reservoir
from lsm.simulation import simulate
from tests.lsm.liquids import liquid, samples


def test_the_states_of_a_saved_reservoir_are_the_same(tmp_path):
    reservoir = liquid(6, model=LIF_ALPHA)
    reservoir.save(tmp_path / "liquid.npz")
    spikes = samples(0, [20])
    states = simulate(reservoir, spikes)
    assert states.sum() > 0
    np.testing.assert_array_equal(simulate(Reservoir.load(tmp_path / "liquid.npz"), spikes), states)


def test_a_saved_reservoir_holds_no_pickle(tmp_path):
    path = tmp_path / "liquid.npz"
    liquid(9).save(path)
    with np.load(path, allow_pickle=False) as file:
        assert all(not file[name].dtype.hasobject for name in file.files)
        assert json.loads(str(file["header"]))["format"] == FORMAT


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "liquid.npz"
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(ValueError, match=r"not a saved reservoir: .*header"):
        Reservoir.load(path)
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ValueError, match="not a saved reservoir"):
        Reservoir.load(path)
    with pytest.raises(FileNotFoundError):
        Reservoir.load(tmp_path / "none.npz")


def resave(path, **header):
    """Write a saved reservoir again with another header."""
    with np.load(path) as file:
        arrays = dict(file)
    arrays["header"] = np.array(json.dumps(json.loads(str(arrays["header"])) | header))
    np.savez(path, **arrays)


def test_what_a_newer_version_wrote_is_refused(tmp_path):
    path = tmp_path / "liquid.npz"
    liquid(11).save(path)
    resave(path, format=FORMAT)
    assert Reservoir.load(path) == liquid(11)
    resave(path, format=FORMAT + 1)
    with pytest.raises(ValueError, match=f"has format {FORMAT + 1}; this .* reads up to {FORMAT}"):
        Reservoir.load(path)
    resave(path, format=FORMAT, model="none such")
    with pytest.raises(ValueError, match=r"unknown neuron model 'none such'; known are .*lif"):
        Reservoir.load(path)
    resave(path, format=FORMAT, wiring={"rule": "Ring", "length": 3})
    with pytest.raises(ValueError, match="unknown wiring rule 'Ring'; known are DistanceWiring"):
        Reservoir.load(path)


# What the first format wrote for `liquid(7)`, but for the arrays.
FIRST_HEADER = (
    '{"format": 1, "model": "lif", "wiring": {"rule": "DistanceWiring", "probability": '
    '[1.0, 1.0, 1.0, 0.0], "weight_pA": [900.0, 700.0, -500.0, 0.0], "delay_ms": '
    '[3.0, 1.0, 2.0, 5.0], "length": 1.4142135623730951, "weight_falls": true}, "inputs": '
    '{"fraction": 0.3, "weight_pA": 600.0, "weight_sd_pA": 100.0}, "side": 6.0, "seed": SEED}'
)


def test_the_first_format_is_read(tmp_path):
    reservoir = liquid(7)
    arrays = {"excitatory": reservoir.excitatory, "positions": reservoir.positions}
    arrays |= {f"parameters.{name}": value for name, value in reservoir.parameters.items()}
    header = FIRST_HEADER.replace("SEED", str(reservoir.seed))
    path = tmp_path / "liquid.npz"
    np.savez(path, keys=reservoir.keys, header=np.array(header), **arrays)
    assert Reservoir.load(path) == reservoir


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "liquid.npz"
    liquid(12).save(path)

    def fail(file, **_):
        file.write(b"half of ")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="No space left"):
        liquid(13).save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["liquid.npz"]
    assert zipfile.is_zipfile(path)
    assert Reservoir.load(path) == liquid(12)
