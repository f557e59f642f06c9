"""Numbers too small to be normal are 0 in every target, so that silence costs nothing."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import lsm.simulation
from lsm.simulation import record
from tests.lsm.force.loops import EVERYTHING, network, train
from tests.lsm.liquids import lone_neurons, one_sample

TINY = np.finfo(np.float32).tiny
CROSS = "aarch64-linux-gnu-g++"


def test_targets_agree_bit_for_bit_through_a_long_silence():
    # Potentials and currents pass through 1.2e-38 at many steps each; and what a neuron with its
    # threshold at rest does depends on whether they are 0: 144 spikes with subnormal numbers, 172
    # without, of one such neuron.
    rng = np.random.default_rng(0)
    n = 60
    at_rest = np.arange(n) % 2 == 0
    reservoir = lone_neurons(
        n=n,
        tau_m_ms=rng.uniform(2, 8, n),
        tau_syn_ms=rng.uniform(1, 5, n),
        t_ref_ms=rng.uniform(0, 4, n),
        v_threshold_mV=np.where(at_rest, -70.0, -50.0),
        v_reset_mV=np.where(at_rest, -70.0, -72.0),
        v_rest_mV=-70.0,
    )
    sample = one_sample(0.0, 1.0, 3.0, duration_ms=900.0)
    cpp, numpy = (record(reservoir, sample, target=target) for target in ("cpp", "numpy"))
    np.testing.assert_array_equal(numpy.spike_times_ms, cpp.spike_times_ms)
    np.testing.assert_array_equal(numpy.spike_neurons, cpp.spike_neurons)
    for name, values in cpp.variables.items():
        np.testing.assert_array_equal(numpy.variables[name], values, err_msg=name)
        size = np.abs(values)
        assert not ((size > 0) & (size < TINY)).any()
        assert (size[:, -1] == 0).all()
        assert (size < TINY * 10).any()  # on its way to 0 it came as close
    assert len(cpp.spike_neurons) > 50 * n


def test_a_closed_loop_does_so_too():
    # Filtered spikes are double numbers: after 708 time constants they are subnormal.
    reservoir = network(n=40, i_background_pA=-300.0)
    options = {
        "feedback": 0.0,
        "learn": None,
        "rise_ms": 0.05,
        "decay_ms": 0.1,
        "start_mV": np.linspace(-65.0, 30.0, 40),
        "probes": EVERYTHING,
    }
    target = np.zeros((1600, 1))
    cpp, numpy = (train(reservoir, target, execution=one, **options) for one in ("cpp", "numpy"))
    assert len(cpp.spike_neurons) >= 20
    for name in ("potentials", "filtered", "spike_times_ms"):
        np.testing.assert_array_equal(getattr(numpy, name), getattr(cpp, name), err_msg=name)
    assert (cpp.filtered[-1] == 0).all()
    assert not ((cpp.filtered > 0) & (cpp.filtered < np.finfo(np.float64).tiny)).any()


def test_the_same_bit_is_set_on_aarch64(tmp_path):
    # FZ is bit 24 of FPCR (Arm Architecture Reference Manual, C5.2.8). Compiled, not run.
    if shutil.which(CROSS) is None:
        pytest.skip(f"no cross-compiler {CROSS} here (Debian: g++-aarch64-linux-gnu)")
    source = tmp_path / "flush.cpp"
    source.write_text('#include "job.h"\nvoid flush() { lsm::flush_denormals(); }\n')
    headers = Path(lsm.simulation.__file__).parent
    compile_ = [CROSS, "-std=c++17", "-O2", "-S", f"-I{headers}", str(source), "-o", "-"]
    assembly = subprocess.run(compile_, capture_output=True, text=True, check=True).stdout
    flush = assembly[assembly.index("_Z5flushv:") :]
    flush = flush[: flush.index("ret")]
    assert flush.index("fpcr") < flush.index("orr") < flush.rindex("fpcr")
    assert "16777216" in flush or "0x1000000" in flush
