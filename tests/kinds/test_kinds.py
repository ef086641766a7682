"""What evidence weighs, what is said of it, and what strangers may write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.items import Kind
from pipeline.kinds import Evidence, Guess, guess_kind
from pipeline.kindwords import table
from tests.kinds.reading import told


def test_kinds_are_those_of_items() -> None:
    assert set(table().over) == {kind.value for kind in Kind}


@pytest.mark.parametrize(
    ("evidence", "guess"),
    [
        (
            Evidence(object_names=["Hanging scroll"]),
            Guess("scroll", 'object name "Hanging scroll" → scroll (AAT 300265079)', "certain"),
        ),
        (
            Evidence(["http://vocab.getty.edu/aat/300033618", "Malerei"]),
            Guess(
                "painting",
                'classification "paintings (visual works)" → painting (AAT 300033618)',
                "certain",
            ),
        ),
        (
            Evidence(object_names=["Bierkrug mit Zinndeckel"]),
            Guess("vessel", 'object name "Bierkrug mit Zinndeckel": -krug → vessel', "certain"),
        ),
        (
            Evidence(medium="Oil on\n panel"),
            Guess("painting", 'medium "Oil on panel": oil → painting', "likely"),
        ),
        (
            Evidence(["prints"], medium="Gelatin silver print"),
            Guess(
                "photograph",
                'medium "Gelatin silver print" → photograph (AAT 300128695); more exact than '
                'classification "prints" → print (AAT 300041273)',
                "likely",
            ),
        ),
        (
            Evidence(["Prints"], ["Plate"]),
            Guess(
                "vessel",
                'object name "Plate" → vessel (AAT 300042991); but classification '
                '"Prints" → print (AAT 300041273)',
                "likely",
            ),
        ),
        (
            Evidence(depth_m=0.3, height_m=0.5, width_m=0.4),
            Guess("sculpture", "a depth of 0.3 m and no flat technique → sculpture", "guess"),
        ),
        (
            Evidence(["Varia"], ["Ding"], title="Untitled"),
            Guess("other", "nothing in object name, classification, title says what it is → other",
                  "guess"),
        ),
        (
            Evidence(),
            Guess("other", "the entry has no object name, classification, medium, title or size "
                  "→ other", "guess"),
        ),
    ],
)  # fmt: skip
def test_the_reason_is_a_sentence(evidence: Evidence, guess: Guess) -> None:
    assert guess_kind(evidence) == guess


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (Evidence(["aat:300047600"]), Evidence(object_names=["Vase"])),
        (Evidence(object_names=["Vase"]), Evidence(["Sculpture"])),
        (Evidence(["Drawings"]), Evidence(medium="Woven wool")),
        (Evidence(medium="Etching"), Evidence(title="Teapot")),
        (Evidence(title="Teapot"), Evidence(medium="Marble")),
    ],
)
def test_order_of_evidence(stronger: Evidence, weaker: Evidence) -> None:
    kinds = [guess_kind(one).kind for one in (stronger, weaker)]
    both = Evidence(
        *(a or b for a, b in zip(stronger[:4], weaker[:4], strict=True)),
    )

    assert kinds[0] != kinds[1]
    assert guess_kind(both).kind == kinds[0]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Cabbage-Leaf Bowl", "vessel"),
        ("Jar with lid", "vessel"),
        ("Vase of Flowers", "other"),
        ("The Broken Jug", "other"),
        ("A Song", "other"),
        ("Church", "other"),
        ("Two Old Women in the Market Carrying a Jug", "other"),
        ("Photograph of a wedding", "photograph"),
    ],
)
def test_only_names_of_things_count_in_titles(title: str, kind: str) -> None:
    assert guess_kind(Evidence(title=title)).kind == kind


def test_a_depth_says_nothing_of_things_with_names() -> None:
    deep = Evidence(depth_m=0.3, height_m=0.5, width_m=0.4)

    assert guess_kind(deep).kind == "sculpture"
    assert guess_kind(deep._replace(object_names=["Thingummy"])).kind == "other"
    assert guess_kind(deep._replace(medium="Pencil on paper")).kind == "print"
    assert guess_kind(deep._replace(depth_m=0.03)).kind == "other"


def test_case_accents_and_spelling_do_not_matter() -> None:
    for row, evidence in [*told("gold.csv"), *told("traps.csv")]:
        loud = Evidence(
            [text.upper() for text in evidence.classifications],
            [text.upper() for text in evidence.object_names],
            evidence.medium.upper(),
            evidence.title.upper(),
            *evidence[4:],
        )
        assert guess_kind(loud).kind == guess_kind(evidence).kind, row


@given(
    st.lists(st.text(max_size=30), max_size=3),
    st.lists(st.text(max_size=30), max_size=3),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_any_text_is_read(classes: list[str], names: list[str], medium: str, title: str) -> None:
    guess = guess_kind(Evidence(classes, names, medium, title))

    assert guess.kind in set(Kind)
    assert guess.reason.isprintable()
    assert guess == guess_kind(Evidence(classes, names, medium, title))


def test_long_texts_cost_little() -> None:
    long = ["vase of " * 200_000, "花" * 1_000_000, "hanging " * 200_000, "ﷺ" * 1_000_000]
    table()

    start = time.process_time()
    guesses = [guess_kind(Evidence([text] * 1000, [text] * 1000, text, text)) for text in long]

    assert time.process_time() - start < 1
    assert max(len(guess.reason) for guess in guesses) < 300


def test_what_is_shown_cannot_deceive() -> None:
    reason = guess_kind(Evidence(object_names=["Vase\x00\x1b[31m \u202egnp.exe\u2066"])).reason

    assert reason == 'object name "Vase[31m gnp.exe": vase → vessel (AAT 300132254)'
