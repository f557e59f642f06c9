"""Evolution of a liquid on a user's own data, as a scikit-learn classifier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted
from tqdm.auto import tqdm

from evolution.aims import several_aims
from evolution.encodings import Encode
from evolution.judge import Judge
from evolution.liquids import evolve_liquids
from evolution.pareto import ParetoResult
from evolution.recipe import Recipe
from evolution.recipes import RECIPES
from evolution.run import Row
from evolution.search import check_sizes
from evolution.seeds import generator, stream
from lsm.base.checks import nearest, positive
from lsm.base.seeds import RandomState, numpy_seed
from lsm.base.watching import telling
from lsm.encoders import Encoder
from lsm.estimators import LiquidTransformer, LSMClassifier
from lsm.estimators.classifier import class_labels
from lsm.estimators.parameters import NestedParameters
from lsm.estimators.readout import readout_has
from lsm.perturb import Disturbance, checked_disturbances
from lsm.plasticity.pretraining import Pretraining, make_pretraining
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.splits import fitness_split
from lsm.states import State, make_state
from readouts import make_readout
from readouts.labels import check_two_classes
from readouts.threads import blas_threads_for

#: Streams of the seed.
_SPLIT, _ENCODER, _REFERENCE, _CALIBRATION, _SEARCH = range(5)


class LiquidEvolution(ClassifierMixin, NestedParameters):
    """Evolve a liquid on labelled data, then classify with the best one.

    Of the samples that ``fit`` is given some train readouts and the others choose among liquids:
    30 % of each class, or of the groups. The readout of the liquid that is chosen is then trained
    on all of them; samples to test on are never part of them.

    Parameters
    ----------
    recipe : str or Recipe, default="varied"
        What all liquids share, and what evolves: a name from :data:`evolution.RECIPES` or a
        :class:`evolution.Recipe`. One with a rate scales its weights to the training data.
    neurons : int, default=100
        Neurons of a liquid, four at least; where ``"neurons"`` is an aim, the most.
    population : int, default=20
        Liquids of a generation.
    generations : int, default=10
        Generations after the first, which is drawn at random.
    encode : {"both", "configurations", "positions"}, default="both"
        What of a neuron evolves, as :class:`evolution.GenomeSpace` has it.
    aims : sequence of str, optional
        ``"accuracy"`` and at least one of ``"spikes"`` (in a sample) and ``"neurons"``, of which
        less is better: NSGA-II looks for all compromises, of which the most accurate is chosen.
    pretraining : str, callable or list of these, optional
        Rules by which a liquid settles before it is scored, as :class:`evolution.Judge` has them:
        with ``"eprop"`` what evolves is where learning starts from. Each liquid is then trained, so
        that few iterations are in order, by ``partial(lsm.learning.eprop, trainer=...)``.
    disturbances : sequence of lsm.perturb.Disturbance, optional
        Fitness is the mean over disturbed copies, as :class:`evolution.Judge` has it.
    state, readout, encoder, sensor_size, dt_ms, n_jobs
        As :class:`lsm.LSMClassifier` has them.
    random_state : int, RandomState, Generator or None
        Decides everything that is drawn.
    checkpoint : str or Path, optional
        File that is written after each generation.
    resume : bool, default=False
        Go on from the checkpoint, with the same data, parameters and integer `random_state`;
        `generations` may be more.
    callback : callable, optional
        Called with each new row of the logbook, once it is in the checkpoint.
    verbose : bool, default=False
        Show a bar with the best fitness and the time left, and say before a program is compiled.

    Attributes
    ----------
    best_reservoir_ : Reservoir
        As it evolved; ``classifier_.reservoir_`` is the same after pre-training.
    best_fitness_ : float
        Its accuracy on the samples that chose it: more than it will have on others.
    logbook_ : list of dict
        A row for each generation: generation, evaluations, best, mean, std, min.
    pareto_front_ : list of dict
        Only with aims: ``reservoir`` and the value of each aim, the most accurate first.
    classifier_ : LSMClassifier
        The best reservoir with its readout, to be saved, streamed or looked into.
    recipe_ : Recipe
        With the weights that were used.
    split_ : (int array, int array)
        The samples that trained readouts, and those that chose.
    classes_ : array (classes,)
    n_features_in_ : int

    Examples
    --------
    >>> from evolution import LiquidEvolution
    >>> from tasks import make_task
    >>> task = make_task("PR4", random_state=0, samples_per_class=20)
    >>> model = LiquidEvolution(neurons=20, population=4, generations=1, random_state=0)
    >>> model = model.fit(task.spikes[task.training], task.labels[task.training])
    >>> model.logbook_[0]["evaluations"]
    4
    """

    _kind = "classifier"

    def __init__(
        self,
        recipe: str | Recipe = "varied",
        *,
        neurons: int = 100,
        population: int = 20,
        generations: int = 10,
        encode: Encode = "both",
        aims: Sequence[str] | None = None,
        pretraining: Pretraining = None,
        disturbances: Sequence[Disturbance] | None = None,
        state: str | State = "bins:3",
        readout: Any = "ridge",
        encoder: str | Encoder = "auto",
        sensor_size: SensorSize | None = None,
        dt_ms: float = 1.0,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        callback: Callable[[Row], None] | None = None,
        verbose: bool = False,
    ) -> None:
        self.recipe = recipe
        self.neurons = neurons
        self.population = population
        self.generations = generations
        self.encode = encode
        self.aims = aims
        self.pretraining = pretraining
        self.disturbances = disturbances
        self.state = state
        self.readout = readout
        self.encoder = encoder
        self.sensor_size = sensor_size
        self.dt_ms = dt_ms
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.resume = resume
        self.callback = callback
        self.verbose = verbose

    def fit(self, X: Any, y: ArrayLike, groups: ArrayLike | None = None) -> LiquidEvolution:
        """Evolve, and train the readout of the best liquid on all samples.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`lsm.LiquidTransformer.fit` has it. Whatever an encoder learns, it learns from
            all samples.
        y : array (samples,)
        groups : array (samples,), optional
            What must not be torn apart, such as the speaker: liquids are chosen by groups that no
            readout was trained on.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, too few samples, a parameter that doesn't fit; before
            anything is simulated.
        CheckpointError
            The checkpoint is of other data or parameters, or damaged. A ValueError too.
        """
        labels = class_labels(X, y)
        check_two_classes("y", np.unique(labels))
        recipe, aims, seed = self._recipe(), self._aims(), self._seed()
        dt_ms, state = positive(self.dt_ms, "dt_ms"), make_state(self.state)
        make_readout(self.readout)
        rules = make_pretraining(self.pretraining)
        disturbances = checked_disturbances(self.disturbances or ())
        space = recipe.space(self.neurons, encode=self.encode)
        space = space.with_reference(generator(seed, _REFERENCE))
        calibrated_on = space.random(generator(seed, _CALIBRATION))
        split = fitness_split(labels, generator(seed, _SPLIT), groups=groups)
        options: dict[str, Any] = {
            "encoder": self.encoder,
            "sensor_size": self.sensor_size,
            "dt_ms": dt_ms,
            "random_state": int(generator(seed, _ENCODER).integers(2**31)),
            "n_jobs": self.n_jobs,
        }
        liquid = LiquidTransformer(recipe.reservoir(calibrated_on), state=state, **options)
        spikes = liquid.fit(X).encode(X)

        with telling(self.verbose):
            recipe = recipe.calibrated(spikes[split[0]], genome=calibrated_on, dt_ms=dt_ms)
        judge = Judge(
            spikes,
            labels,
            train_samples=split[0],
            fitness_samples=split[1],
            state=state,
            readout=self.readout,
            dt_ms=dt_ms,
            n_jobs=self.n_jobs,
            pretraining=self.pretraining,
            disturbances=disturbances,
        )
        bar = tqdm(total=1 + self.generations, disable=not self.verbose, unit="generation")
        with bar, telling(self.verbose):
            result = evolve_liquids(
                recipe,
                space,
                lambda _: judge,
                aims=aims,
                population=self.population,
                generations=self.generations,
                random_state=stream(seed, _SEARCH),
                callback=self._progress(bar),
                checkpoint=self.checkpoint,
                resume=self.resume,
                configuration={
                    "data": _digest(spikes, labels, *split),
                    "aims": list(aims),
                    "state": repr(state),
                    "readout": repr(self.readout),
                    "dt_ms": dt_ms,
                    "recipe": recipe.describe(),
                    **({"pretraining": list(map(_description, rules))} if rules else {}),
                    **({"disturbances": list(map(repr, disturbances))} if disturbances else {}),
                },
            )
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)  # an earlier fit may have had others
        best = recipe.reservoir(result.best)
        model = LSMClassifier(
            best, pretraining=self.pretraining, state=state, readout=self.readout, **options
        )
        with blas_threads_for(1):  # as the judge has it
            model.fit(X, labels)

        self.best_reservoir_, self.best_fitness_ = best, result.best_fitness
        self.logbook_ = [dict(row) for row in result.logbook]
        if isinstance(result, ParetoResult):
            self.pareto_front_ = [
                {"reservoir": recipe.reservoir(result.population[i])}
                | dict(zip(aims, result.fitnesses[i].tolist(), strict=True))
                for i in result.front
            ]
        self.recipe_, self.split_ = recipe, split
        self.classes_, self.n_features_in_ = model.classes_, model.n_features_in_
        if hasattr(model, "feature_names_in_"):
            self.feature_names_in_ = model.feature_names_in_
        self.classifier_ = model
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (samples,); errors as :meth:`lsm.LSMClassifier.predict` has them."""
        check_is_fitted(self)
        return self.classifier_.predict(X)

    @available_if(readout_has("decision_function"))
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The readout's scores (samples, classes), or (samples,) for two classes."""
        check_is_fitted(self)
        return self.classifier_.decision_function(X)

    @available_if(readout_has("predict_proba"))
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of the classes (samples, classes), as the readout gives them."""
        check_is_fitted(self)
        return self.classifier_.predict_proba(X)

    def _progress(self, bar: tqdm) -> Callable[[Row], None]:
        """A callback for each generation that moves the bar and calls the user's own."""

        def ended(row: Row) -> None:
            bar.set_postfix_str(f"fitness {row['best']:.1%}", refresh=False)
            bar.update(row["generation"] + 1 - bar.n)
            if self.callback is not None:
                self.callback(row)

        return ended

    def _recipe(self) -> Recipe:
        """The recipe that a name stands for, once all sizes fit it."""
        recipe = self.recipe
        if isinstance(recipe, str):
            if recipe not in RECIPES:
                raise ValueError(
                    f"recipe must be a Recipe or one of {', '.join(RECIPES)}; got {recipe!r}, "
                    f"did you mean {nearest(recipe, RECIPES)!r}?"
                )
            recipe = RECIPES[recipe]
        if not isinstance(recipe, Recipe):
            raise TypeError(f"recipe must be a Recipe or a recipe's name, got {recipe!r}")
        check_sizes(self.population, self.generations, elites=recipe.operators.elites)
        return recipe

    def _aims(self) -> tuple[str, ...]:
        """Names of the aims, accuracy first; none where there is just the one."""
        if self.aims is None:
            return ()
        return several_aims(self.aims, encode=self.encode, population=self.population)

    def _seed(self) -> SeedSequence:
        seed = numpy_seed(self.random_state)
        if self.resume and self.checkpoint is None:
            raise ValueError("resume needs the path of a checkpoint, got checkpoint=None")
        if self.resume and not isinstance(self.random_state, int | np.integer):
            raise ValueError(
                f"resume needs the random_state of the run, an integer; got {self.random_state!r}"
            )
        if isinstance(seed, np.random.Generator):
            seed = int(seed.integers(2**63))
        return SeedSequence(seed)

    def _as_object(self, name: str) -> Any:
        return make_state(self.state) if name == "state" else None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "classifier_")  # the last that fit learns

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _description(rule: Any) -> str:
    """A rule of pre-training with what a ``functools.partial`` has set."""
    function = getattr(rule, "func", rule)
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{name} {getattr(rule, 'keywords', {})}"


def _digest(spikes: SpikeTrains, *arrays: NDArray[Any]) -> str:
    """A digest that tells whether two data sets with their labels and splits are the same."""
    of_spikes: list[NDArray[Any]] = [spikes.times_ms, spikes.channels]
    of_spikes += [spikes.offsets, spikes.durations_ms]
    digest = hashlib.sha256(str(spikes.shape).encode())
    for array in [*of_spikes, *arrays]:
        digest.update(repr((array.dtype, array.shape)).encode())
        digest.update(repr(array.tolist()).encode() if array.dtype == object else array.tobytes())
    return digest.hexdigest()
