"""Tasks: labelled spikes and signals with a split, generated or read from recordings.

A task is asked for by name, ``make_task("TXOR", random_state=0)``, and comes as a `Task`; printed,
it says its shapes, split, groups, source and licence:

======================  ======================================================================
FR5                     high and low Poisson rates on 4 channels; the best possible is known
PR4, PR8, PR12          jittered patterns whose spike counts give the class away
TPR4, TPR8, TPR12       jittered patterns with equal counts; only the times tell
TXOR                    two patterns with a gap between, same or different
Evidence                cues on two sides, a delay: which side had more
Parity2 to Parity5      bits one after the other: is the number of ones odd
DelayedMatch1 to 3      two words of bits, a delay between: are they the same
Copy4                   symbols, a delay, and the same symbols again
Machine4, Machine8      symbols drive a machine of so many states: in which is it
Path                    from a velocity the position
Pattern                 frozen noise in, a sum of sines out
FSDD                    spoken digits of six speakers
NMNIST                  handwritten digits before a moving event camera
EMG                     wrist gestures in the electromyogram of the forearm
SHD                     spoken digits as spikes of an artificial cochlea
DVSGesture              gestures before an event camera
Braille                 letters under a robot's fingertip
Bonn2, Bonn3, Bonn5     brains of healthy people, of patients, and in a seizure
Watch                   shoulder exercises, by a watch on the wrist
SpokenPairs2, ...       two spoken digits in a row: the same, in which order, their sum
GesturePairs7, ...      two gestures in a row
own                     samples of one's own, from a file or a folder (`task_from`)
aeon:NAME               any time-series classification set that aeon knows, such as
                        ``aeon:JapaneseVowels``
======================  ======================================================================

``task.targets``, of those from Evidence to Pattern, is what should be known of a sample or at each
step, and where it counts (`lsm.learning.Targets`); `step_controls` says how well it is known
without a network.

``task.folds("group")`` is cross-validation by speaker or participant, ready for scikit-learn's
`cv`. Data are read from a folder, and downloaded only with ``download=True``; `read_wav` reads
recordings of one's own. Encoded recordings are kept where the environment variable ``LSM_ENCODED``
names a folder (`tasks.encoded`).

A series to forecast comes from ``make_series("MackeyGlass", random_state=0)`` as a `Series`:
NARMA10, NARMA30, MackeyGlass, Lorenz, SantaFe.

What a closed loop learns to say comes from ``make_target("sine", duration_ms=15_000, dt_ms=0.05)``
as a `Target`: see :mod:`tasks.targets`. :mod:`tasks.closed_loop` trains networks to do so, as
published, and says how well they go on alone.

``print(compare(X, y))`` sets a liquid on data of one's own beside the same without recurrence, the
baselines without a liquid (`tasks.baselines`) and other ways to classify (`tasks.rivals`), some of
which hear samples as they come and count what they keep (`tasks.online`);
`compare_estimators` scores any classifiers on any tasks, and `Scores` says which is better;
`tasks.forecasters` are those for series, `tasks.forecasts` problems with settings for them, and
`tasks.robustness` spoils inputs and liquids.

Networks and online readouts have tasks of their own: `tasks.cognitive`, with
`tasks.cognitive_networks` to train, convert and test networks, and `tasks.what_when` with rules
that learn what comes, and when.

A new task is one module with a factory and its `TaskKind`, and one line in `tasks.registry`. Tasks
know `lsm`, and nothing of evolution or experiments.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
