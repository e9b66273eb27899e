"""The measured series are whole and in order; the made voice has the pitch and the resonances that it says."""

import numpy as np
import pytest

from rnnviz.tasks.series import co2, sunspots
from rnnviz.tasks.speech import FORMANTS, FRAME, HOP, PITCH, RATE, glide, spectrogram


def test_sunspots_are_one_number_a_year_without_a_gap():
    table = sunspots()
    assert table["time"].to_list() == list(range(1700, 2009))
    assert table["value"].notna().all() and (table["value"] >= 0).all()
    assert table.set_index("time")["value"][1957] == pytest.approx(190.2)  # the highest of them


def test_co2_is_weekly_and_rises():
    table = co2()
    np.testing.assert_allclose(np.diff(table["time"]), 7 / 365.25, atol=2e-3)
    assert table["time"].min() >= 1990 and table["time"].max() < 2002
    yearly = table.groupby(table["time"].astype(int))["value"].mean()
    assert (yearly.diff().dropna() > 0).all()


def test_the_voice_repeats_at_its_pitch_and_stays_within_one():
    x = glide()
    assert np.abs(x).max() == 1 and not x.flags.writeable
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x))))
    frequency = np.fft.rfftfreq(len(x), 1 / RATE)
    between = (frequency % PITCH > 0.3 * PITCH) & (frequency % PITCH < 0.7 * PITCH)
    assert spectrum[between].max() < 0.01 * spectrum.max()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_voice_is_loudest_where_the_mouth_resonates(share):
    x = glide()
    middle = int(share * len(x))
    part = x[middle - 200 : middle + 200]
    frequency = np.fft.rfftfreq(4096, 1 / RATE)
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)), 4096)) ** 2 * np.maximum(frequency, 1) ** 4
    for k in (1, 2):  # without the source's fall of 12 dB an octave, the second and third resonance stand out
        formant = (1 - share) * FORMANTS["a"][k] + share * FORMANTS["i"][k]
        around = np.abs(frequency - formant) < 240
        assert abs(frequency[around][power[around].argmax()] - formant) <= PITCH


def test_a_spectrogram_finds_a_tone_where_it_is_and_silence_at_the_bottom():
    k = 40
    tone = np.sin(2 * np.pi * k * RATE / FRAME * np.arange(2_000) / RATE)
    levels = spectrogram(tone)
    assert levels.shape == (1 + (2_000 - FRAME) // HOP, FRAME // 2 + 1)
    assert (levels.argmax(axis=1) == k).all() and levels.max() == 0 and levels.min() == -80
    assert (spectrogram(np.zeros(FRAME)) == -80).all()
    with pytest.raises(ValueError, match="255"):
        spectrogram(np.zeros(255))
