"""Targets of closed-loop learning: what a reservoir that hears its own outputs learns to say.

A target is asked for by name, ``make_target("sine", duration_ms=15_000, dt_ms=0.05)``, and comes
as a `Target`: values at the end of each step, inputs where it has some, its period where it has
one, and, for each neuron model for which they are known, the settings that learn it.

========================  =========================================================================
sine, sawtooth            5 Hz; the "sawtooth" is the arcsine of a sine, a triangle
van-der-pol-harmonic,     Van der Pol's oscillator, mu 0.5 and 5, both variables
van-der-pol-relaxation
product, product-noisy    product of sines of 4 and 6 Hz, clean and with noise
lorenz                    the chaotic system, three variables
ode-to-joy,               the melody's first bars on five outputs; with sixteen more that mark time
ode-to-joy-timed
songbird                  a synthetic song on many channels, and 500 inputs that mark time
pitchfork                 a switch that pulses throw from one state to the other
classification            points in the plane, to be told apart
========================  =========================================================================

:func:`timing_inputs` marks time for any other. :func:`make_protocol` gives the settings that learn
a target with a neuron model, :mod:`tasks.closed_loop` trains by them.
"""

from tasks.targets.base import ForceSettings, Target, TargetTask
from tasks.targets.protocols import Protocol, make_protocol, published_settings
from tasks.targets.registry import TARGETS, make_target
from tasks.targets.waves import timing_inputs

__all__ = [
    "TARGETS",
    "ForceSettings",
    "Protocol",
    "Target",
    "TargetTask",
    "make_protocol",
    "make_target",
    "published_settings",
    "timing_inputs",
]
