"""The HTML deck without a browser: it is one file, it allows no request, and its cards are read back unchanged."""

import dataclasses
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from support.export_content import card_table, content_of
from support.hostile import hostile_content

from korean_flashcards.exports.formats import html_deck


class Elements(HTMLParser):
    """Note the elements of a page, with their attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_hostile_deck_is_read_back() -> None:
    content = hostile_content()
    page = html_deck.write(content)
    assert page == html_deck.write(content)
    read = html_deck.read(page)
    assert_frame_equal(read, html_deck.expected(content))
    assert all(kind == pl.String for kind in read.dtypes) and read.null_count().sum_horizontal().item() == 0
    assert read["front"].to_list() == content.front.to_list()
    # No text becomes an element: the page has the same elements as a page without cards.
    without = Elements(html_deck.write(content_of(card_table([{}])[:0])))
    assert [tag for tag, _ in Elements(page).tags] == [tag for tag, _ in without.tags]


@given(st.lists(st.tuples(st.text(), st.text(st.sampled_from("</script>!-- \u2028{}&'\"")))))
@settings(max_examples=50)
def test_any_text_is_read_back(texts: list[tuple[str, str]]) -> None:
    content = content_of(card_table([{}] * len(texts)))
    own = dataclasses.replace(
        content,
        front=pl.Series([front for front, _ in texts], dtype=pl.String),
        back=pl.Series([back for _, back in texts], dtype=pl.String),
    )
    page = html_deck.write(own)
    assert html_deck.read(page).select("front", "back").rows() == texts
    assert page.count(b"</script>") == 2 and page.count(b"<!--") == 0


def test_the_page_allows_only_its_own_script_and_style() -> None:
    page = html_deck.write(content_of(card_table([{}])))
    elements = Elements(page)
    style, _, script = re.findall(r"<(?:style|script[^>]*)>(.*?)</(?:style|script)>", page.decode(), re.DOTALL)
    (policy,) = (attributes["content"] for tag, attributes in elements.tags if "http-equiv" in attributes)
    hashes = [f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; base-uri 'none'; form-action 'none'"
    )
    for _, attributes in elements.tags:
        assert not attributes.keys() & {"src", "href", "style", "action", "srcset"}
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(rb"https?:|url\(|@import|innerHTML|outerHTML|insertAdjacentHTML|eval\(|localStorage", page)
    # Without scripts, the page says what it needs, and shows no controls.
    assert b"<noscript>" in page
    (controls,) = (attributes for tag, attributes in elements.tags if tag == "form")
    assert "hidden" in controls


def test_a_page_shows_the_word_and_shortens_repetitions_unless_the_profile_has_a_template() -> None:
    back = "남성 [nam.sʌŋ] — man, male (noun).\nA man stands there."
    content = content_of(card_table([{"back": back}]))
    assert html_deck.read(html_deck.write(content))["back"].to_list() == ["A man stands there."]
    own = dataclasses.replace(content, front=pl.Series(["남성"]))
    page = html_deck.write(own)
    assert html_deck.read(page)["back"].to_list() == [back]
    assert b'"own_sides":true' in page


def test_shared_texts_are_stored_once() -> None:
    cards = [{"item_id": "a", "card_type": kind, "primer": "p" * 1000} for kind in ("Scene", "Hanja", "Grammar")]
    assert html_deck.write(content_of(card_table(cards))).count(b"p" * 1000) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda page: page[:-20],
        lambda page: page.replace(b'"front":["front"]', b'"front":[]'),
        lambda page: page.replace(b'"cards":[0]', b'"cards":[9]'),
        lambda page: page.replace(b'{"own_sides"', b'{own_sides"'),
        lambda page: page.replace(b'"guid"', b'"other"'),
        lambda page: b"",
        lambda page: page.replace(b"front", b"\xff"),
    ],
)
def test_a_damaged_page_is_an_error(damage: Callable[[bytes], bytes]) -> None:
    page = html_deck.write(content_of(card_table([{}])))
    with pytest.raises(ValueError):
        html_deck.read(damage(page))
