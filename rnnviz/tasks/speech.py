"""A second of made speech: no recording, but the model of how a vowel comes about."""

from __future__ import annotations

from functools import cache

import numpy as np

RATE = 8_000
"""Samples a second: the telephone's."""
SECONDS = 0.6
PITCH = 120.0
"""Hz, how often the vocal folds open."""
FORMANTS = {"a": (730.0, 1090.0, 2440.0), "i": (270.0, 2290.0, 3010.0)}
"""Hz, the resonances of the mouth: means for men, Peterson & Barney 1952, table II (as in f*a*ther and h*ee*d)."""
BANDWIDTHS = (60.0, 90.0, 120.0)
"""Hz, how wide each resonance is."""
FRAME, HOP = 256, 80
"""Samples that a spectrum is taken from, and from one to the next: 32 and 10 ms."""


@cache
def glide() -> np.ndarray:
    r"""A voice that glides from "a" to "i": (samples,), largest value 1. Read-only.

    Source and filter (Fant 1960, Acoustic Theory of Speech Production): the source is every harmonic n of the
    pitch, falling by 12 dB an octave, and the filter is the product of the formants' resonances:

    .. math::
        x(t) = \sum_n \frac{1}{n^2} \prod_k
            \frac{F_k^2}{\sqrt{(F_k^2 - f_n^2)^2 + (f_n B_k)^2}} \, \sin(2 \pi f_n t), \qquad f_n = n F_0 < rate / 2
    """
    t = np.arange(round(SECONDS * RATE)) / RATE
    share = t / SECONDS
    x = np.zeros_like(t)
    for n in range(1, int((RATE / 2 - 1) // PITCH) + 1):
        f = n * PITCH
        gain = np.full_like(t, 1 / n**2)
        for at_a, at_i, width in zip(FORMANTS["a"], FORMANTS["i"], BANDWIDTHS, strict=True):
            formant = (1 - share) * at_a + share * at_i
            gain *= formant**2 / np.hypot(formant**2 - f**2, f * width)
        x += gain * np.sin(2 * np.pi * f * t)
    x /= np.abs(x).max()
    x.setflags(write=False)
    return x


def spectrogram(x: np.ndarray) -> np.ndarray:
    r"""How strong each frequency is in each short stretch, in decibels below the strongest.

    x: (samples,) -> (frames, FRAME / 2 + 1), frequency k · RATE / FRAME. Hann window; what is 80 dB weaker than the
    strongest, or silent, stands at −80. Raises ValueError for fewer samples than a frame has.
    """
    if len(x) < FRAME:
        raise ValueError(f"x has {len(x)} samples; at least {FRAME} are needed")
    frames = np.lib.stride_tricks.sliding_window_view(x, FRAME)[::HOP] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames)) ** 2
    return 10 * np.log10(np.maximum(power / max(power.max(), np.finfo(float).tiny), 1e-8))
