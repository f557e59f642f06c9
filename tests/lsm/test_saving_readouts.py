"""Readouts of scikit-learn's own in files: kept to the last bit, or refused by the class's name."""

import io
import json
import zipfile

import numpy as np
import pytest
from joblib import cpu_count
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import (
    DotProduct,
    ExpSineSquared,
    Matern,
    PairwiseKernel,
    RationalQuadratic,
    WhiteKernel,
)
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

from lsm import LSMClassifier
from lsm.saving import LoadError, load, save
from lsm.saving.reviewed import _check_part
from lsm.saving.skops_bytes import loaded
from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout
from tests.lsm.estimators.data import pitches
from tests.lsm.test_saving import again, same

skops = pytest.importorskip("skops.io")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(30, 16))
Y = np.arange(30) % 3
MLP = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "random_state": 0}
KERNEL = 2.0 * Matern(nu=1.5) + WhiteKernel() * DotProduct() ** 2
OTHER_KERNEL = RationalQuadratic() + ExpSineSquared() * PairwiseKernel()


@pytest.mark.parametrize(
    ("readout", "y"),
    [
        (MLPClassifier(**MLP), np.array(["a", "b", "c"])[Y]),
        (MLPClassifier(**MLP, solver="sgd"), Y > 0),
        (MLPRegressor(**MLP, solver="lbfgs"), X[:, :2]),
        (CalibratedClassifierCV(LogisticRegression(), cv=2), Y),
        (
            CalibratedClassifierCV(RidgeReadout(), method="isotonic", cv=2, ensemble=False),
            np.digitize(X[:, 0], (-0.4, 0.4)),
        ),
        (CalibratedClassifierCV(LinearDiscriminantAnalysis(), method="temperature", cv=2), Y),
        (VotingClassifier([("a", RidgeReadout()), ("b", SVC())]), Y),
        (VotingClassifier([("a", MLPClassifier(**MLP)), ("b", RidgeReadout())], voting="soft"), Y),
        (VotingRegressor([("a", Ridge()), ("b", GaussianProcessRegressor())]), X[:, 0]),
        (GaussianProcessRegressor(KERNEL, optimizer=None, normalize_y=True), X[:, :2]),
        (GaussianProcessClassifier(OTHER_KERNEL, optimizer=None), Y),
        (GaussianProcessClassifier(multi_class="one_vs_one", optimizer=None), Y),
        (StackingClassifier([("a", RidgeReadout()), ("b", Perceptron())], cv=2), Y),
        (StackingRegressor([("a", RidgeRegressionReadout()), ("b", ForceReadout())]), X[:, 0]),
        (BaggingClassifier(LogisticRegression(), 2, max_features=0.5, random_state=0), Y),
        (SVC(kernel="poly"), Y),
        (SVR(), X[:, 0]),
        (KNeighborsClassifier(), Y),
        (SGDClassifier(average=True, random_state=0), Y),
    ],
    ids=lambda one: type(one).__name__,
)
def test_readouts_of_arrays_are_kept_to_the_last_bit(readout, y, tmp_path):
    readout.fit(X, y)
    loaded = again(readout, tmp_path)
    assert repr(loaded) == repr(readout)
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(readout, method) and getattr(readout, "multi_class", "") != "one_vs_one":
            same(getattr(loaded, method)(X), getattr(readout, method)(X))
    if hasattr(readout, "partial_fit"):
        for one in (loaded, readout):
            one.partial_fit(X[::-1], y)
        same(loaded.predict(X), readout.predict(X))


def test_a_liquid_keeps_such_a_readout(tmp_path):
    X, y = pitches(12)
    readout = VotingClassifier([("a", MLPClassifier(**MLP)), ("b", RidgeReadout())], voting="soft")
    model = LSMClassifier(20, random_state=0, readout=readout).fit(X, y)
    same(again(model, tmp_path).predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("readout", "name"),
    [
        (DecisionTreeClassifier(), "DecisionTreeClassifier"),
        (RandomForestClassifier(2), "RandomForestClassifier"),
        (GradientBoostingRegressor(n_estimators=2), "GradientBoostingRegressor"),
        (HistGradientBoostingClassifier(max_iter=2), "TreePredictor"),
        (BaggingClassifier(n_estimators=2), "DecisionTreeClassifier"),
        (VotingClassifier([("a", RandomForestClassifier(2))]), "RandomForestClassifier"),
        (KNeighborsClassifier(algorithm="kd_tree"), "KDTree"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_trees_in_any_place_are_refused_by_name(readout, name, tmp_path):
    with pytest.raises(
        TypeError, match=rf"{type(readout).__name__}.*it holds .*{name}.*which no file may; docs/"
    ):
        save(readout.fit(X, Y), tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_sparse_weights_are_refused(tmp_path):
    with pytest.raises(TypeError, match=r"scipy\.sparse\..*, which no file may"):
        save(LogisticRegression().fit(X, Y).sparsify(), tmp_path / "model.npz")


def test_nothing_is_kept_in_a_folder(tmp_path):
    """Such a folder is one to read pickles from."""
    inner = make_pipeline(LogisticRegression(), memory=str(tmp_path))
    with pytest.raises(TypeError, match=r"(?s)OneVsRestClassifier.*Pipeline: memory must be None"):
        save(OneVsRestClassifier(inner), tmp_path / "model.npz")
    with pytest.raises(ValueError, match="Pipeline: memory must be None"):
        loaded(np.frombuffer(skops.dumps(inner), dtype=np.uint8))


def opened(estimator):
    """The parts of the file that skops makes: its description, and its members."""
    with zipfile.ZipFile(io.BytesIO(skops.dumps(estimator))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    return json.loads(members.pop("schema.json")), members


def closed(schema, members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in (members | {"schema.json": json.dumps(schema)}).items():
            file.writestr(name, data)
    return np.frombuffer(content.getvalue(), dtype=np.uint8)


def attribute(schema, *path):
    """The node at the end of attributes within attributes, and places in lists."""
    for name in path:
        node = schema["content"]
        schema = node[name] if isinstance(node, list) else node.get("content", node)[name]
    return schema


def changed(estimator, *path, to):
    """The bytes of an estimator with one attribute as another one has it."""
    schema, members = opened(estimator)
    other, others = opened({"to": to})
    node, new = attribute(schema, *path), other["content"]["to"]
    node.clear()
    node.update(json.loads(json.dumps(new)))
    return closed(schema, others | members)


def fitted_mlp():
    return MLPClassifier(**MLP).fit(X, Y)


def fitted_svc():
    return SVC().fit(X, Y)


@pytest.mark.parametrize(
    ("estimator", "path", "to", "why"),
    [
        (fitted_mlp, ["coefs_", 1], np.zeros((9, 3)), "coefs_ are not"),
        (fitted_mlp, ["coefs_", 1], np.zeros(4), r"MLPClassifier\.coefs_ can't be"),
        (fitted_mlp, ["coefs_"], [], "coefs_ are not"),
        (fitted_mlp, ["intercepts_", 0], np.zeros(1), "intercepts_ are not"),
        (fitted_mlp, ["hidden_layer_sizes"], (10**9,), "coefs_ are not"),
        (fitted_mlp, ["n_layers_"], 10**9, "n_layers_ is not 4"),
        (fitted_mlp, ["n_features_in_"], 10**9, "coefs_ are not"),
        (fitted_mlp, ["out_activation_"], "fit", "out_activation_ can't be 'fit'"),
        (fitted_mlp, ["activation"], "fit", "'activation' parameter"),
        (fitted_mlp, ["activation"], np.exp, "'activation' parameter"),
        (fitted_mlp, ["_optimizer", "ms", 0], np.zeros(3), "ms of the optimizer"),
        (fitted_mlp, ["_label_binarizer"], 3, "int"),
        (fitted_svc, ["kernel"], "precomputed", "kernel can't be 'precomputed'"),
        (fitted_svc, ["_sparse"], True, "_sparse can't be True"),
        (fitted_svc, ["_dual_coef_"], np.zeros((2, 50)), "_dual_coef_ can't be"),
        (
            lambda: StackingClassifier([("a", Perceptron())], cv=2).fit(X, Y),
            ["stack_method_", 0],
            "fit",
            r"stack_method_ can't be \['fit'\]",
        ),
        (
            lambda: GaussianProcessRegressor().fit(X, X[:, 0]),
            ["X_train_"],
            np.zeros((3, 16)),
            "can't be an array",
        ),
        (lambda: GaussianProcessRegressor().fit(X, X[:, 0]), ["kernel_"], 3, "not callable"),
        (lambda: KNeighborsClassifier().fit(X, Y), ["_fit_method"], "kd_tree", "_fit_method"),
        (lambda: SGDClassifier().fit(X, Y), ["coef_"], np.zeros((2, 16)), "not for 3 classes"),
        (
            lambda: LogisticRegression().fit(X, Y),
            ["intercept_"],
            np.zeros(7),
            "operands could not be broadcast",
        ),
    ],
)
def test_what_does_not_fit_is_refused(estimator, path, to, why, tmp_path):
    with pytest.raises((ValueError, TypeError, AttributeError), match=why):
        loaded(changed(estimator(), *path, to=to))


@pytest.mark.parametrize("name", ["predict", "_parameter_constraints", "_impl"])
def test_an_attribute_hides_nothing_of_its_class(name):
    schema, members = opened(fitted_svc())
    attributes = schema["content"]["content"]
    attributes[name] = attributes["kernel"]
    schema["content"]["key_types"]["content"].append(schema["content"]["key_types"]["content"][0])
    with pytest.raises(ValueError, match=f"SVC has a '{name}' of its own"):
        loaded(closed(schema, members))


def test_a_readout_says_how_many_features_it_was_fitted_on():
    schema, members = opened(make_pipeline(LogisticRegression()).fit(X, Y))
    del attribute(schema, "steps", 0, 1)["content"]["content"]["n_features_in_"]
    with pytest.raises(ValueError, match="n_features_in_ is missing"):
        loaded(closed(schema, members))


def test_what_skops_would_make_beyond_the_reviewed_is_refused():
    schema, members = opened(LogisticRegression().fit(X, Y))
    attributes = schema["content"]["content"]
    for change, why in [
        ({"__loader__": "SetNode"}, "numpy.ndarray, which no file may"),
        ({"__class__": "void"}, "numpy.void, which no file may"),
        ({"__id__": -1}, "-1 is no name"),
        ({"file": "other.npy"}, "isn't the file's member 'other.npy'"),
        ({"__id__": attributes["C"]["__id__"]}, "isn't the file's member"),
    ]:
        coef = dict(attributes["coef_"])
        attributes["coef_"] |= change
        with pytest.raises(ValueError, match=why):
            loaded(closed(schema, members))
        attributes["coef_"] = coef
    attributes["tol"] |= {"__id__": attributes["C"]["__id__"]}
    with pytest.raises(ValueError, match="two objects have the name"):
        loaded(closed(schema, members))
    with pytest.raises(ValueError, match="protocol 1 is older than 2"):
        loaded(closed(schema | {"protocol": 1}, members))


def test_a_generators_place_is_looked_at():
    class Beyond(np.random.RandomState):
        def get_state(self, legacy=True):
            return {"state": {"pos": 625}}

    _check_part(np.random.RandomState(0))
    with pytest.raises(ValueError, match="can't be at its number 625"):
        _check_part(Beyond())


def test_jobs_are_no_more_than_the_cores(tmp_path):
    inner = VotingClassifier([("a", OneVsRestClassifier(RidgeReadout(), n_jobs=10**6))])
    readout = make_pipeline(StandardScaler(), inner.set_params(n_jobs=50_000))
    save(LSMClassifier(20, n_jobs=50_000, readout=readout), tmp_path / "model.npz")
    model = load(tmp_path / "model.npz")
    jobs = {k: one for k, one in model.get_params().items() if k.endswith("n_jobs")}
    jobs |= {k: one for k, one in model.readout.get_params().items() if k.endswith("n_jobs")}
    assert set(jobs.values()) == {cpu_count()}
    save(LSMClassifier(20, n_jobs=-1), tmp_path / "model.npz")
    assert load(tmp_path / "model.npz").n_jobs == -1


def test_the_error_names_the_file(tmp_path):
    path = tmp_path / "model.npz"
    save(fitted_mlp(), path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["a0"] = changed(fitted_mlp(), "n_layers_", to=3)
    np.savez(path, **arrays)
    with pytest.raises(LoadError, match=r"model\.npz is not a saved.*n_layers_ is not 4"):
        load(path)
