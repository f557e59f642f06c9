"""Sign and magnitude in binary digits."""

import numpy as np
import pytest

from lsm.encoders import SignMagnitude
from tests.lsm.encoders.cases import signals

STANDARD = np.array([[-1.0, 1.0]])  # mean 0, deviation 1


def test_digits_of_known_values():
    encoder = SignMagnitude(n_bits=3, unit=0.5).fit(STANDARD)
    values = np.array([0.0, 0.2, 0.3, -0.6, 1.7, -3.5, 9.0])
    spikes = encoder.transform([values])
    # Above and below for 1, 2 and 4 units: 0, 0, 1, -1, 3, -7 and, at most, 7 of them.
    dense = spikes.to_dense(1.0)[0].astype(int)
    np.testing.assert_array_equal(
        dense,
        [
            [0, 0, 1, 0, 1, 0, 1],
            [0, 0, 0, 1, 0, 1, 0],
            [0, 0, 0, 0, 1, 0, 1],
            [0, 0, 0, 0, 0, 1, 0],
            [0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 1, 0],
        ],
    )
    np.testing.assert_array_equal(spikes.times_ms % 1, 0)


@pytest.mark.parametrize("n_bits", [1, 4, 8])
def test_the_inverse_is_within_half_a_unit(n_bits):
    X = signals()
    unit = 8.0 / 2**n_bits
    encoder = SignMagnitude(n_bits=n_bits, unit=unit).fit(X)
    error = np.abs(encoder.inverse_transform(encoder.transform(X)) - X) / encoder.scale_[:, None]
    z = np.abs((X - encoder.offset_[:, None]) / encoder.scale_[:, None])
    inside = z < (2**n_bits - 0.5) * unit
    assert inside.mean() > 0.95
    assert error[inside].max() <= unit / 2 + 1e-9


def test_slopes_are_changes_in_their_own_deviations():
    X = signals()
    encoder = SignMagnitude(n_bits=6, unit=0.1, slopes=True).fit(X)
    dense = encoder.transform(X).to_dense(1.0).reshape(len(X), 6, 4, 3, -1)
    worth = 0.1 * 2.0 ** np.arange(6)
    rise = np.einsum("b,sbct->sct", worth, dense[:, :, 2]) - np.einsum(
        "b,sbct->sct", worth, dense[:, :, 3]
    )
    x = (X - encoder.offset_[:, None]) / encoder.scale_[:, None]
    slope = np.diff(x, axis=2, prepend=x[..., :1]) / encoder.slope_scale_[:, None]
    np.testing.assert_allclose(rise, slope, atol=0.05 + 1e-9)
    assert np.sqrt(np.mean(slope[..., 1:] ** 2)) == pytest.approx(1, rel=1e-6)


def test_a_channel_fires_once_a_step_at_most():
    X = signals()
    spikes = SignMagnitude(n_bits=5, unit=0.1, slopes=True).fit(X).transform(X)
    assert spikes.to_dense(1.0).max() == 1


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"n_bits": 0}, ValueError, "n_bits must be at least 1"),
        ({"n_bits": 17}, ValueError, "n_bits must be at most 16"),
        ({"unit": 0.0}, ValueError, "unit must be finite and above 0"),
        ({"slopes": 1}, TypeError, "slopes must be True or False"),
    ],
)
def test_settings_that_can_not_be_are_refused(settings, error, message):
    with pytest.raises(error, match=message):
        SignMagnitude(**settings).fit(STANDARD)
