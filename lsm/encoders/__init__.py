"""From signals to spikes: encoders and audio front ends, as scikit-learn transformers.

An :class:`Encoder` learns the scale of each channel from training data and turns signals into
`SpikeTrains`; most can also encode a sample as it comes (``stream``) and give back a signal
(``inverse_transform``). An :class:`AudioFrontEnd` turns waveforms into signals, an
:class:`EnvelopeFrontEnd` those of electrodes into envelopes of their random sums::

    front_end = AudioFrontEnd(8000, bank="gammatone")
    make_pipeline(front_end, IntegrateAndFire(step_ms=front_end.step_ms))

==================== ============================== ========== =================================
name                 encoder                        channels   a channel's spikes say
==================== ============================== ========== =================================
integrate-and-fire   :class:`IntegrateAndFire`      2 (4)      how far above or below the mean
gaussian-population  :class:`GaussianPopulation`    n_fields   how near to a value of the field
poisson              :class:`PoissonRate`           1          how large, by chance
latency              :class:`Latency`               1          how large, by how soon
step-forward         :class:`StepForward`           2          up or down, once a step at most
level-crossing       :class:`LevelCrossing`         2          up or down, at each level
bens-spiker          :class:`BensSpiker`            1          the signal, through a filter
sign-magnitude       :class:`SignMagnitude`         2 n_bits   a binary digit of the distance
==================== ============================== ========== =================================

Channels are for each channel of the signal. :func:`make_encoder` makes an encoder of a name,
:func:`default_encoder` chooses one by the signals; an encoder of one's own is a subclass of
:class:`Encoder`. :func:`integrate_and_fire` and :class:`MelFrontEnd` are for signals that need no
scale, and single recordings.
"""

from lsm.encoders.audio import AudioFrontEnd, MelFrontEnd
from lsm.encoders.banks import erb_centres, erb_number, gammatone_filters, mel, mel_bank
from lsm.encoders.base import Encoder, EncoderStream, Fired
from lsm.encoders.bens_spiker import BensSpiker
from lsm.encoders.envelope import EnvelopeFrontEnd
from lsm.encoders.integrate import GaussianPopulation, IntegrateAndFire, integrate_and_fire
from lsm.encoders.rate import Latency, PoissonRate
from lsm.encoders.registry import ENCODERS, default_encoder, make_encoder
from lsm.encoders.signed import SignMagnitude
from lsm.encoders.threshold import LevelCrossing, StepForward

__all__ = [
    "ENCODERS",
    "AudioFrontEnd",
    "BensSpiker",
    "Encoder",
    "EncoderStream",
    "EnvelopeFrontEnd",
    "Fired",
    "GaussianPopulation",
    "IntegrateAndFire",
    "Latency",
    "LevelCrossing",
    "MelFrontEnd",
    "PoissonRate",
    "SignMagnitude",
    "StepForward",
    "default_encoder",
    "erb_centres",
    "erb_number",
    "gammatone_filters",
    "integrate_and_fire",
    "make_encoder",
    "mel",
    "mel_bank",
]
