"""scikit-learn's meta-estimators and tools: as by hand, or refused, as the documentation says.

Every sample has the same number of spikes on each channel, and only their times tell its class:
whatever takes spike trains for counts loses all. By hand, states are simulated beforehand and the
same tool gets a readout on them; where a tool changes the columns of a table, it gets an estimator
that simulates for itself.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin, clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import all_estimators

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, SpikeTrains, simulate
from lsm.states import TimeBins
from tests.lsm.estimators.meta import (
    COLUMNS,
    OF_CLASSIFIERS,
    OF_REGRESSORS,
    OF_TRANSFORMERS,
    Targets,
)
from tests.lsm.liquids import liquid

PAGE = Path(__file__).parents[3] / "docs" / "scikit_learn.md"
TOOLS = {**OF_CLASSIFIERS, **OF_REGRESSORS, **OF_TRANSFORMERS}
LIQUID = liquid(0, n=12)
STATE = TimeBins(2)
CHANNELS, SAMPLES = 4, 36


def rasters():
    """Spikes (samples, channels, steps): each channel has its three in a third of the sample."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(SAMPLES) % 3)
    spikes = np.zeros((SAMPLES, CHANNELS, COLUMNS))
    for i, label in enumerate(y):
        for channel in range(CHANNELS):
            third = (label + channel) % 3 if rng.random() < 0.9 else rng.integers(3)
            spikes[i, channel, 5 * third + rng.choice(5, 3, replace=False)] = 1
    return spikes, y


def as_spikes(signals):
    """SpikeTrains of rasters (channels, steps), or of rows of numbers with a bit a channel."""
    lists = []
    for signal in signals:
        rows = np.atleast_2d(signal)
        if len(rows) == 1:
            rows = rows.astype(int) >> np.arange(CHANNELS)[:, np.newaxis] & 1
        lists.append([np.flatnonzero(row) for row in rows])
    return SpikeTrains.from_lists(lists, duration_ms=[np.shape(s)[-1] for s in signals])


RASTERS, CLASSES = rasters()
SPIKES = as_spikes(RASTERS)
CONTAINERS = {
    "SpikeTrains": SPIKES,
    "events": SPIKES.to_events((CHANNELS, 1, 1)),
    "array": RASTERS,
    "list": [raster[:, : COLUMNS - i % 2] for i, raster in enumerate(RASTERS)],
    "table": (RASTERS * 2 ** np.arange(CHANNELS)[:, np.newaxis]).sum(axis=1),
}
Y = Targets(CLASSES)
MODEL = {
    "reservoir": LIQUID,
    "state": STATE,
    "encoder": FunctionTransformer(as_spikes),
    "sensor_size": (CHANNELS, 1, 1),
}
CLASSIFIER = GaussianNB()
REGRESSOR = Ridge()


@pytest.fixture(scope="module", autouse=True)
def heard(cache):
    """States of samples by their content, on which alone they depend: each is simulated once."""
    known = {}

    def remembered(reservoir, spikes, **settings):
        assert reservoir == LIQUID
        contents = [(s.times_ms.tobytes(), s.channels.tobytes(), *s.durations_ms) for s in spikes]
        new = [i for i, content in enumerate(contents) if content not in known]
        if new:
            states = simulate(reservoir, spikes[new], state=STATE)[0]
            known.update(zip([contents[i] for i in new], states, strict=True))
        return np.array([[known[content] for content in contents]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lsm.simulation.state_cache.simulate", remembered)
        yield remembered


class OnStates(BaseEstimator):
    """A readout of states that were simulated before, or of a table's rows that are simulated."""

    hear = None

    def __init__(self, readout=None, random_state=None):
        self.readout = readout
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        if isinstance(self.random_state, np.random.RandomState):
            self.random_state.randint(2**31)  # RANSAC shares its own; a liquid takes one number
        self.readout_ = clone(self.readout).fit(self._states(X), y, sample_weight)
        return self

    def predict(self, X):
        return self.readout_.predict(self._states(X))

    def _states(self, X):
        return X if self.hear is None else self.hear(LIQUID, as_spikes(X))[0].astype(float)


class ClassifierOnStates(ClassifierMixin, OnStates):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.classes_ = self.readout_.classes_
        return self

    def predict_proba(self, X):
        return self.readout_.predict_proba(self._states(X))


class RegressorOnStates(RegressorMixin, OnStates):
    pass


class SameStates(TransformerMixin, OnStates):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return self._states(X)


def models(name):
    """A model of a liquid for a tool, and what stands for it by hand."""
    if name in OF_CLASSIFIERS:
        return LSMClassifier(**MODEL, readout=CLASSIFIER), ClassifierOnStates(CLASSIFIER)
    if name in OF_REGRESSORS:
        return LSMRegressor(**MODEL, readout=REGRESSOR), RegressorOnStates(REGRESSOR)
    return LiquidTransformer(**MODEL), SameStates()


def documented():
    """Name of a tool -> container -> what the documentation's table says."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    found = {}
    for line in lines:
        tools, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if len(cells) == len(CONTAINERS) and "`" in tools:
            for tool in re.findall("`([^`]+)`", tools):
                found[tool] = dict(zip(CONTAINERS, cells, strict=True))
    return found


TABLE = documented()


def test_counts_tell_nothing_and_the_liquid_does():
    assert np.ptp(SPIKES.counts(), axis=0).max() == 0
    model = LSMClassifier(**MODEL, readout=CLASSIFIER)
    assert cross_val_score(model, SPIKES, Y.classes, cv=3).mean() > 0.7  # chance is 1/3


def test_the_documentation_has_all_of_scikit_learns_meta_estimators():
    inner = {"estimator", "estimators", "regressor", "steps", "transformers", "transformer_list"}
    nested = {
        name
        for name, kind in all_estimators()
        if inner & set(kind._get_param_names()) and "Imputer" not in name  # these fill tables
    }
    assert {name for name in TABLE if name[0].isupper() and "(" not in name} == nested
    assert TABLE.keys() == TOOLS.keys()


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("tool", TOOLS)
def test_as_by_hand_or_refused(tool, container, heard, monkeypatch):
    X = CONTAINERS[container]
    model, by_hand = models(tool)
    if TABLE[tool][container] == "refused":
        with pytest.raises((TypeError, ValueError)) as refusal:
            TOOLS[tool](model, X, Y)
        assert container != "SpikeTrains" or "SpikeTrains" in str(refusal.value)
        return
    assert TABLE[tool][container] == "works"
    if container == "table":
        monkeypatch.setattr(OnStates, "hear", staticmethod(heard))
        X_by_hand = X
    else:
        X_by_hand = LiquidTransformer(**MODEL).fit_transform(X)
    found, expected = (TOOLS[tool](*pair, Y) for pair in ((model, X), (by_hand, X_by_hand)))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)
