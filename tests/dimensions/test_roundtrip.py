"""A known size, written in any form of the grammar, is read as that size."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dimensions import parse_dimensions

_UNITS = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1.0,
    "in.": 0.0254,
    "inches": 0.0254,
    '"': 0.0254,
    "公分": 0.01,
}
_NAMES = {
    "en": ("H.", "W.", "D."),
    "fr": ("Hauteur :", "Largeur :", "Profondeur :"),
    "de": ("Höhe", "Breite", "Tiefe"),
    "es": ("Alto:", "Ancho:", "Fondo:"),
    "it": ("altezza", "larghezza", "profondità"),
    "nl": ("hoogte", "breedte", "diepte"),
    "zh": ("高", "寬", "深"),
    "ja": ("高さ", "幅", "奥行"),
}
_VULGAR = {Fraction(1, 2): "½", Fraction(1, 4): "¼", Fraction(3, 4): "¾", Fraction(7, 8): "⅞"}
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")

tenths = st.integers(1, 9999).map(lambda tenth: Fraction(tenth, 10))
eighths = st.integers(1, 799).map(lambda eighth: Fraction(eighth, 8))


def _decimal(value: Fraction, mark: str) -> str:
    return f"{float(value):g}".replace(".", mark)


def _fraction(value: Fraction, joint: str) -> str:
    whole, part = divmod(value, 1)
    if not part:
        return str(whole)
    written = (
        _VULGAR.get(part, f"{part.numerator}/{part.denominator}") if joint == "" else str(part)
    )
    if joint == "" and "/" in written:
        joint = " "
    return f"{whole}{joint}{written}" if whole else written


@given(
    st.lists(tenths, min_size=2, max_size=3),
    st.sampled_from([" x ", "x", " × ", "×", " X ", "\u00a0× ", " * "]),
    st.sampled_from(sorted(_UNITS)),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " "]),
)
def test_in_order(values: list[Fraction], times: str, unit: str, mark: str, gap: str) -> None:
    if max(values) * Fraction(_UNITS[unit]) > 100:
        return
    found = parse_dimensions(times.join(_decimal(value, mark) for value in values) + gap + unit)
    expected = [float(value) * _UNITS[unit] for value in values] + [None]

    assert found.height_m == pytest.approx(expected[0])
    assert found.width_m == pytest.approx(expected[1])
    assert found.depth_m == (None if expected[2] is None else pytest.approx(expected[2]))
    assert (found.sure, found.notes) == ("order", ())


@given(
    st.sampled_from(sorted(_NAMES)),
    st.permutations([0, 1, 2]),
    st.lists(tenths, min_size=3, max_size=3),
    st.sampled_from([", ", "; ", "\n", " x ", " × ", " "]),
    st.booleans(),
)
def test_by_name(
    language: str, order: list[int], values: list[Fraction], joint: str, full_width: bool
) -> None:
    written = []
    for axis in order:
        number = _decimal(values[axis], "," if language in {"fr", "de", "es", "it", "nl"} else ".")
        if full_width and language in {"zh", "ja"}:
            number = number.translate(_FULL_WIDTH)
        written.append(f"{_NAMES[language][axis]} {number} cm")
    found = parse_dimensions(joint.join(written), language)

    assert (found.height_m, found.width_m, found.depth_m) == tuple(
        pytest.approx(float(value) / 100) for value in values
    )
    assert found.sure == "stated"


@given(
    st.lists(eighths, min_size=2, max_size=3),
    st.sampled_from([" ", "-", ""]),
    st.sampled_from(["in.", " inches", '"', "″", "''"]),
)
def test_fractions_of_an_inch(values: list[Fraction], joint: str, unit: str) -> None:
    found = parse_dimensions(" x ".join(_fraction(value, joint) for value in values) + unit)

    assert found.height_m == pytest.approx(float(values[0]) * 0.0254)
    assert found.width_m == pytest.approx(float(values[1]) * 0.0254)


@given(st.lists(eighths, min_size=2, max_size=3), st.booleans())
def test_centimetres_beside_inches(values: list[Fraction], inches_first: bool) -> None:
    inches = " x ".join(_fraction(value, " ") for value in values) + " in."
    metric = " x ".join(f"{float(value) * 2.54:.1f}" for value in values) + " cm"
    text = f"{inches} ({metric})" if inches_first else f"{metric} ({inches})"
    found = parse_dimensions(text)

    assert found.height_m == pytest.approx(round(float(values[0]) * 2.54, 1) / 100)
    assert found.width_m == pytest.approx(round(float(values[1]) * 2.54, 1) / 100)
    assert found.notes == ()


@given(st.integers(1, 30), eighths.filter(lambda value: value < 12))
def test_feet_and_inches(feet: int, inches: Fraction) -> None:
    written = _fraction(inches, " ")

    for text in (f"{feet}' {written}\" high", f"{feet} ft. {written} in. high"):
        assert parse_dimensions(text).height_m == pytest.approx(
            (feet * 12 + float(inches)) * 0.0254
        )


@given(
    st.sampled_from(["frame", "Rahmen", "cadre", "marco", "cornice", "lijst", "mount", "base"]),
    st.lists(tenths, min_size=4, max_size=4),
    st.booleans(),
)
def test_the_frame_is_never_the_work(name: str, values: list[Fraction], first: bool) -> None:
    height, width, *outer = (_decimal(value, ".") for value in values)
    clauses = [f"{height} x {width} cm", f"{name}: {outer[0]} x {outer[1]} cm"]
    # Said last, the work needs a name: what follows a frame without one is the frame's.
    text = "; ".join([clauses[1], f"object: {clauses[0]}"] if first else clauses)
    found = parse_dimensions(text)

    assert found.height_m == pytest.approx(float(values[0]) / 100)
    assert found.width_m == pytest.approx(float(values[1]) / 100)
