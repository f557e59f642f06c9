"""Files that are damaged or made by hand: one clear error, nothing run, nothing large allocated.

What is broken at random, in every way, is for `tests.fuzz`.
"""

import io
import json
import pickle
import re
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from lsm import LSMClassifier, Reservoir
from lsm.neurons import NeuronModel
from lsm.saving import LoadError, load, save
from lsm.topology import MatrixWiring
from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout
from tests.lsm.estimators.data import ramps
from tests.lsm.liquids import liquid
from tests.lsm.saved_files import parts, rewrite

STATES = np.random.default_rng(0).normal(size=(20, 5))


FUZZ = settings(
    deadline=None,
    max_examples=60,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def matrix_liquid():
    weights = np.random.default_rng(0).random((6, 6)) * 100
    return Reservoir.random(6, random_state=0, wiring=MatrixWiring(weights, delay_ms=1.0))


MODELS = {
    "ridge": lambda: RidgeReadout().fit(STATES, np.arange(20) % 3),
    "regression": lambda: RidgeRegressionReadout().fit(STATES, STATES[:, 0]),
    "force": lambda: ForceReadout().fit(STATES, STATES[:, :2]),
    "liquid": lambda: LSMClassifier(20, random_state=0).fit(*ramps(8)),
    "matrix": matrix_liquid,
}


@pytest.fixture(scope="module", params=MODELS)
def saved(request, tmp_path_factory):
    """A model, and the path and bytes of its file."""
    model = MODELS[request.param]()
    path = tmp_path_factory.mktemp("broken") / "model.npz"
    save(model, path)
    return model, path, path.read_bytes()


def predictions(model):
    """What tells a model from another: a reservoir itself, or predictions."""
    if isinstance(model, Reservoir):
        return model
    readout = getattr(model, "readout_", model)
    return readout.predict(np.ones((3, getattr(readout, "n_features_in_", 1)))).tolist()


def loaded_or_refused(path):
    """What the file holds, or None where it is refused as it should be."""
    try:
        return load(path)
    except LoadError as error:
        assert re.match(r".*model\.npz (is not a saved|has format)", str(error))  # noqa: PT017
        return None


@FUZZ
@given(st.data())
def test_turned_bytes_are_seen_or_make_no_difference(saved, data):
    model, path, whole = saved
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    loaded = loaded_or_refused(path)
    assert loaded is None or predictions(loaded) == predictions(model)


class Bomb:
    def __reduce__(self):
        return pytest.fail, ("a file was unpickled",)


def npy(shape, descr="<f8", content=b""):
    """The bytes of an NPY file that says what it likes."""
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + content


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (npy((1,), "|O", pickle.dumps(Bomb())), "object, which is neither numbers nor strings"),
        (pickle.dumps(Bomb()), "magic string"),
        (npy((10**15,)), r"shape \(1000000000000000,\), for 0 bytes"),
        (npy((2**62, 4, 2)), "for 0 bytes"),
        (npy((10**12, 0)), "no entries"),
        (npy((10**12,), "<U0"), "neither numbers nor strings"),
        (npy((-1,), content=bytes(8)), "shape"),
        (npy((1,), [("x", "<f8")], bytes(8)), "neither numbers nor strings"),
        (npy((2,), "|b1", b"\x02\x01"), "booleans"),
        (npy((1,), "<U1", b"\xff\xff\xff\xff"), "no character"),
    ],
)
def test_arrays_that_are_none_are_refused_before_memory_is_taken(tmp_path, member, why):
    path = tmp_path / "model.npz"
    save(MODELS["force"](), path)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (members | {"a0.npy": member}).items():
            file.writestr(name, content)
    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match=rf"model\.npz is not a saved.*{why}"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


def test_zip_bombs_are_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a0.npy", npy((2**23,), content=bytes(2**26)))
    with pytest.raises(LoadError, match="compressed"):
        load(path)
    # Members that share their bytes: each entry of the directory names the same ones.
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a0.npy", bytes(10_000))
        first = file.infolist()[0]
        for k in range(1, 50):
            twin = zipfile.ZipInfo(f"a{k}.npy")
            for name in ("header_offset", "file_size", "compress_size", "CRC", "compress_type"):
                setattr(twin, name, getattr(first, name))
            file.filelist.append(twin)
            file.NameToInfo[twin.filename] = twin
    with pytest.raises(LoadError, match="larger than the file"):
        load(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("header.npy", b"")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("header.npy", b"")
    with pytest.raises(LoadError, match="one name"):
        load(path)


RIDGE = {"object": ["RidgeReadout", {}, {}]}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"object": ["Popen", {"args": "false"}, {}]}, "'Popen' is none of LiquidTransformer"),
        ({"object": ["os.system", {}, {}]}, "'os.system' is none of"),
        ({"rule": "system"}, "system"),
        ({"eval": "1"}, "nothing is of the kind 'eval'"),
        ({"object": ["RidgeReadout", {}, {"predict": 1}]}, "learns no 'predict'"),
        ({"object": ["RidgeReadout", {}, {"__class__": 1}]}, "learns no '__class__'"),
        ({"object": ["ForceReadout", {"C": 1}, {}]}, "unexpected keyword argument 'C'"),
        ({"object": ["ForceReadout", {"alpha": "1"}, {}]}, "alpha"),
        ({"object": ["TimeBins", {"bins": 10**9}, {}]}, "bins can't be 1000000000"),
        ({"object": ["TimeBins", {"bins": 3}, {}]}, "TimeBins, which is no model"),
        ({"object": ["LSMClassifier", {"state": "first+bins:100001"}, {}]}, "at most 100000"),
        ({"object": ["CombinedState", {"parts": ["counts"] * 10**5}, {}]}, "parts must be 2 to 20"),
        (
            {"object": ["MelFrontEnd", {"rate_Hz": 1e12, "n_bands": 9000}, {}]},
            "filters so long, or so many",
        ),
        ({"object": ["LSMClassifier", {"dt_ms": -1.0}, {}]}, "dt_ms must be finite and above 0"),
        ({"object": ["Pipeline", {"steps": [], "memory": "/tmp"}, {}]}, "memory"),
        (
            {"object": ["Pipeline", {"steps": [{"tuple": [n, RIDGE]} for n in "ab"]}, {}]},
            "Pipeline: a can't transform",
        ),
        ({"skops": "a0"}, "zip"),
        (3, "int, which is no model"),
    ],
)
def test_descriptions_of_what_no_model_is_are_refused(tmp_path, content, why):
    path = tmp_path / "model.npz"
    rewrite(path, {"format": 1, "content": content}, {"a0": np.zeros(3, np.uint8)})
    with pytest.raises(LoadError, match=rf"model\.npz is not a saved .*: .*{why}"):
        load(path)


def test_nesting_without_end_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    header = f'{{"format": 1, "content": {"[" * 10**5}{"]" * 10**5}}}'
    np.savez(path, header=np.array(header))
    with pytest.raises(LoadError, match="recursion"):
        load(path)


def test_skops_bytes_with_a_type_that_it_does_not_trust_are_refused(tmp_path):
    pytest.importorskip("skops")
    path = tmp_path / "model.npz"
    save(LogisticRegression(), path)
    header, arrays = parts(path.read_bytes())
    (name,) = arrays
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(arrays[name].tobytes())) as file:
        schema = json.loads(file.read("schema.json"))
    schema |= {"__class__": "system", "__module__": "os"}
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("schema.json", json.dumps(schema))
    rewrite(path, header, {name: np.frombuffer(content.getvalue(), np.uint8)})
    with pytest.raises(LoadError, match=r"it holds os\.system, which no file may"):
        load(path)


def test_the_equations_of_a_file_are_no_program(tmp_path):
    path = tmp_path / "model.npz"
    model = NeuronModel.from_equations(
        "own",
        "dv/dt = (I*R - v*(v/(10*mV))**2)/tau : volt\ndI/dt = -I/tau : amp",
        parameters={"tau": (10, "ms"), "R": (40, "Mohm")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
    )
    save(Reservoir.random(5, random_state=0, model=model, ranges={}), path)
    header, arrays = parts(path.read_bytes())
    for key, text in [
        ("reset", "v = __import__('os').system('false')"),
        ("threshold", "v > ().__class__"),
        ("equations", "dv/dt = open('x')/tau : volt\ndI/dt = -I*R/R/tau : amp"),
        ("equations", "dv/dt = (I*R - v)/tau*9**9**9**9 : volt\ndI/dt = -I/tau : amp"),
        ("equations", "dv/dt = (I*R - v)/tau : volt*9**99**99**9\ndI/dt = -I/tau : amp"),
        ("equations", "dv/dt = (I*R\n - v)/tau*9**(9*10**9) : volt\ndI/dt = -I/tau : amp"),
        ("threshold", "v > 9**999999999*mV"),
        ("reset", "v = v*(v/mV + 1)**400"),
        (
            "equations",
            "\n".join(
                [
                    "dv/dt = (I*R - v*x12)/tau : volt\ndI/dt = -I/tau : amp\nx0 = v/mV : 1",
                    *(f"x{k + 1} = x{k} + x{k} : 1" for k in range(12)),
                ]
            ),
        ),
        ("equations", "dv/dt = (I*R - v)/tau*((9**999)**999)**999 : volt\ndI/dt = -I/tau : amp"),
    ]:
        definition = json.loads(header["model"]) | {key: text}
        rewrite(path, header | {"model": json.dumps(definition)}, arrays)
        with pytest.raises(LoadError, match=r"unknown variable|cannot be read|equations too large"):
            load(path)


def test_a_matrix_that_points_outside_itself_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    save(matrix_liquid(), path)
    header, arrays = parts(path.read_bytes())
    for name, k, value in [("wiring.target", 0, 10**6), ("wiring.start", 1, 10**6)]:
        broken = arrays[name].copy()
        broken[k] = value
        rewrite(path, header, arrays | {name: broken})
        with pytest.raises(LoadError, match=r"model\.npz is not a saved reservoir"):
            load(path)


def test_a_reservoir_of_a_broken_file_is_refused_by_its_own_method(tmp_path):
    path = tmp_path / "model.npz"
    save(liquid(0), path)
    header, arrays = parts(path.read_bytes())
    del arrays["keys"]
    rewrite(path, header, arrays)
    with pytest.raises(LoadError, match=r"model\.npz is not a saved reservoir: 'keys'"):
        Reservoir.load(path)
