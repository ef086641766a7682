"""Music at the length and the loudness that were asked for, measured by another road."""

from __future__ import annotations

import resource
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter, resample_poly

from pipeline.errors import StageFailed
from pipeline.media.loudness import Track, read_sound, read_track, write_track
from pipeline.media.soundtrack import RATE_HZ


def tone(seconds: float, amplitude: float = 0.1) -> np.ndarray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    swell = 0.3 + 0.7 * np.abs(np.sin(t * 1.3))
    return np.stack([amplitude * swell * np.sin(2 * np.pi * hz * t) for hz in (330, 440)])


def clicks_over_noise(seconds: float) -> np.ndarray:
    """Quiet, with peaks that one gain for all would lift over the ceiling."""
    noise = 0.01 * np.random.default_rng(1).standard_normal((2, round(seconds * RATE_HZ)))
    noise[:, ::RATE_HZ] = 0.9
    return noise


def write(path: Path, sound: np.ndarray, rate: int = RATE_HZ) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((len(sound), 2, rate, 0, "NONE", ""))
        file.writeframes(np.rint(np.clip(sound.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def level(track: Track, path: Path) -> tuple[np.ndarray, object]:
    levelled = write_track(track, path)
    return np.concatenate(list(read_track(path))).T, levelled


def bs1770(sound: np.ndarray) -> float:
    """Integrated loudness. Source: ITU-R BS.1770-5, annex 1, at 48 kHz."""
    shelf = (
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1, -1.69065929318241, 0.73248077421585],
    )
    high_pass = ([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621])
    weighted = lfilter(*high_pass, lfilter(*shelf, sound, axis=1), axis=1)
    block, step = round(0.4 * RATE_HZ), round(0.1 * RATE_HZ)
    starts = range(0, sound.shape[1] - block + 1, step)
    power = np.array([(weighted[:, s : s + block] ** 2).mean(axis=1).sum() for s in starts])
    loud = power[-0.691 + 10 * np.log10(power + 1e-12) > -70]
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    loud = loud[-0.691 + 10 * np.log10(loud) > gate]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def true_peak(sound: np.ndarray) -> float:
    """True peak in dBTP, four times oversampled. Source: ITU-R BS.1770-5, annex 2."""
    return float(20 * np.log10(np.abs(resample_poly(sound, 4, 1, axis=1)).max()))


@pytest.mark.parametrize(
    ("sound", "rides"),
    [(tone(30), False), (tone(30, 0.004), False), (clicks_over_noise(30), True)],
    ids=["music", "quiet", "clicks"],
)
def test_it_is_as_loud_as_asked_by_another_measure(
    tmp_path: Path, sound: np.ndarray, rides: bool
) -> None:
    # Of less than half a minute loudnorm's own measure, and so what it does, is up to 0.5 LU off.
    track = Track(write(tmp_path / "a.wav", sound), length_s=40.0)
    heard, levelled = level(track, tmp_path / "out.f32")

    assert bs1770(heard) == pytest.approx(-16, abs=0.5)
    assert true_peak(heard) <= -1.0
    assert levelled.rides is rides
    assert levelled.after.integrated_lufs == pytest.approx(bs1770(heard), abs=0.3)


def test_one_gain_for_all_leaves_the_music_as_it_is(tmp_path: Path) -> None:
    track = Track(write(tmp_path / "a.wav", tone(12)), 10.0, fade_in_s=0, fade_out_s=0)
    heard, _ = level(track, tmp_path / "out.f32")
    source = np.concatenate(list(read_sound(track.path)), axis=1)[:, : heard.shape[1]]

    gain = (heard * source).sum() / (source * source).sum()
    inner = slice(100, -100)  # the fade of one sample at either end
    np.testing.assert_allclose(heard[:, inner], gain * source[:, inner], atol=1e-4)


@pytest.mark.parametrize("length_s", [7.3, 3.0, 21.7])
def test_it_is_exactly_as_long_as_the_reel(tmp_path: Path, length_s: float) -> None:
    track = Track(write(tmp_path / "a.wav", tone(5)), length_s)
    heard, levelled = level(track, tmp_path / "out.f32")

    assert heard.shape == (2, round(length_s * RATE_HZ))
    assert levelled.rounds == {7.3: 2, 3.0: 1, 21.7: 6}[length_s]


def test_a_loop_has_no_gap(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(2).standard_normal((2, 4 * RATE_HZ))
    track = Track(write(tmp_path / "a.wav", noise), 14.0, fade_in_s=0, fade_out_s=0)
    heard, _ = level(track, tmp_path / "out.f32")

    power = (heard[:, : 13 * RATE_HZ].reshape(2, -1, RATE_HZ // 10) ** 2).mean(axis=(0, 2))
    assert power.min() > 0.7 * np.median(power)
    assert power.max() < 1.4 * np.median(power)


def test_it_begins_where_asked_and_fades(tmp_path: Path) -> None:
    sound = tone(10)
    sound[:, : 4 * RATE_HZ] = 0
    track = Track(write(tmp_path / "a.wav", sound), 5.0, start_s=4.0, fade_in_s=1, fade_out_s=2)
    heard, _ = level(track, tmp_path / "out.f32")

    def strength(at_s: float) -> float:
        part = heard[:, round(at_s * RATE_HZ) :][:, :2400]
        return float(np.abs(part).max())

    assert strength(0.0) < 0.05 * strength(1.5)
    assert strength(4.94) < 0.05 * strength(2.5)


def test_the_same_music_gives_the_same_samples(tmp_path: Path) -> None:
    track = Track(write(tmp_path / "a.wav", clicks_over_noise(3)), 4.0)
    first, _ = level(track, tmp_path / "1.f32")
    second, _ = level(track, tmp_path / "2.f32")

    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_other_rates_and_one_channel_are_understood(tmp_path: Path, rate: int) -> None:
    t = np.arange(3 * rate) / rate
    path = write(tmp_path / "a.wav", 0.2 * np.sin(2 * np.pi * 440 * t)[None], rate)
    heard = np.concatenate(list(read_sound(path)), axis=1)

    assert heard.shape[0] == 2
    assert heard.shape[1] == pytest.approx(3 * RATE_HZ, abs=64)
    np.testing.assert_array_equal(heard[0], heard[1])


def test_silence_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "silence.wav", np.zeros((2, 3 * RATE_HZ)))
    with pytest.raises(StageFailed, match=r"silence\.wav is silent: -inf LUFS, expected more"):
        write_track(Track(path, 5.0), tmp_path / "out.f32")


@pytest.mark.parametrize(
    ("seconds", "start_s", "said"),
    [(0.08, 0.0, "lasts 0.08 s; expected at least 1 s"), (5, 4.5, "lasts 0.50 s from 4.5 s on")],
)
def test_what_is_too_short_is_named(
    tmp_path: Path, seconds: float, start_s: float, said: str
) -> None:
    path = write(tmp_path / "bell.wav", tone(seconds))
    with pytest.raises(StageFailed, match=f"bell.wav {said}"):
        write_track(Track(path, 5.0, start_s), tmp_path / "out.f32")


def test_what_is_no_sound_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.mp3").write_text("not a sound")
    with pytest.raises(StageFailed, match=r"note\.mp3 cannot be read: .* Expected a sound file"):
        write_track(Track(tmp_path / "note.mp3", 5.0), tmp_path / "out.f32")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss differs")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(10))
    write_track(Track(path, 10.0), tmp_path / "short.f32")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_track(Track(path, 90.0), tmp_path / "long.f32")

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000  # KiB; it is 34 MB
