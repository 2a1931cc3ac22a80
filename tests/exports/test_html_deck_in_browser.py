"""The HTML deck in headless Chromium: study, list, search, filters, keyboard, print, and 40,000 cards in time."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pypdfium2
import pytest
from support.browser import CHROMIUM, printed
from support.deck_page import used
from support.export_content import card_table, content_of
from support.hostile import hostile_content

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import html_deck

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)"),
]
DARK = "--blink-settings=preferredColorScheme=0"
DECK = [
    {"word": "독립", "meaning": "independence", "sound": "동닙", "tags": ["pos:noun", "a b"], "deck": "K::1"},
    {"word": "나무", "meaning": "tree", "example": "나무가 커요.", "card_type": "Hanja", "tags": ["nature"], "deck": "K::2"},
    {"word": "나무꾼", "meaning": "woodcutter, not independence", "back": "He cuts a tree.", "deck": "K"},
    {"word": "남성", "card_type": "Reverse", "front": "man, male", "back": "남성", "deck": "Kx"},
]  # fmt: skip


def test_a_reader_studies_with_mouse_and_keyboard(tmp_path: Path) -> None:
    result = used(
        content_of(card_table(DECK)),
        tmp_path,
        """
        const terms = () => all("#card .term").map((term) => term.textContent).join();
        const note = () => result.steps.push(`${all(".place")[0].textContent} ${terms()} ${all("#card hr").length}`);
        result.steps = [];
        note();
        for (const key of [" ", "ArrowRight", " ", " ", "ArrowRight", "ArrowRight", "ArrowRight"]) { press(key); note(); }
        get("card").click(); note();
        get("previous").click(); note();
        press("/"); result.focus = page.activeElement.id;
        press(" ", get("query")); press("ArrowLeft", get("query")); note();
        result.korean = all("#card .term").every((term) => term.lang === "ko");
        result.language = page.documentElement.lang;
        const isNamed = (control) => control.textContent.trim() || control.closest("label");
        result.unnamed = all("button, input, select").filter((control) => !isNamed(control)).length;
        """,
    ).result
    assert result["steps"] == [
        "1 / 4 독립 0", "1 / 4 독립 1", "2 / 4 나무 0", "2 / 4 나무 1", "2 / 4 나무 0", "3 / 4 나무꾼 0",
        "4 / 4  0", "4 / 4  0", "4 / 4 남성 1", "3 / 4 나무꾼 0", "3 / 4 나무꾼 0",
    ]  # fmt: skip
    assert (result["focus"], result["korean"], result["language"], result["unnamed"]) == ("query", True, "en", 0)


def test_a_swipe_changes_the_card(tmp_path: Path) -> None:
    result = used(
        content_of(card_table(DECK)),
        tmp_path,
        """
        const point = (x, y) => new view.Touch({identifier: 1, target: get("card"), clientX: x, clientY: y});
        const touch = (type, touches, changedTouches) =>
          get("card").dispatchEvent(new view.TouchEvent(type, {touches, changedTouches, bubbles: true}));
        const swipes = [[300, 200, 5], [300, 200, 90], [300, 280, 0], [300, 200, 0], [200, 300, 0]];
        result.places = swipes.map(([from, to, down]) => {
          touch("touchstart", [point(from, 100)], [point(from, 100)]);
          touch("touchend", [], [point(to, 100 + down)]);
          return all(".place")[0].textContent;
        });
        """,
        390,
        ["--touch-events=enabled"],
    ).result
    # A swipe must be long enough, and must not be a scroll.
    assert result["places"] == ["2 / 4", "2 / 4", "2 / 4", "3 / 4", "2 / 4"]


def test_the_list_grows_while_the_reader_scrolls(tmp_path: Path) -> None:
    result = used(
        content_of(card_table([{"word": str(number)} for number in range(500)])),
        tmp_path,
        """
        result.rows = [words().length]; result.print = get("print").offsetWidth;
        for (let time = 0; time < 2; time++) {
          await pause(200);
          view.scrollTo(0, page.documentElement.scrollHeight);
          await pause(200);
          result.rows.push(all(".row").length);
        }
        """,
        390,
    ).result
    assert result["print"] > 60
    first, second, third = result["rows"]
    assert first == 50 and first < second < third < 500


def test_search_and_filters_find_cards(tmp_path: Path) -> None:
    queries = [
        "나무",
        "INDEPENDENCE",
        "tree",
        "커요",
        "#pos:noun",
        "#a b",
        "ㄴㅁ",
        "he cuts",
        "동닙",
        "cuts he",
        "xyz",
        " ",
    ]
    result = used(
        content_of(card_table(DECK)),
        tmp_path,
        f"""
        const search = (query) => {{ enter("query", query); return [words().join(" "), get("count").textContent]; }};
        result.found = {json.dumps(queries)}.map(search);
        enter("query", "");
        result.options = all("#deck option").map((option) => option.textContent);
        result.filtered = ["K", "K::1", "Kx"].map((deck) => {{ enter("deck", deck); return get("count").textContent; }});
        enter("deck", ""); enter("type", "Hanja"); result.type = words();
        enter("type", ""); enter("query", "xyz");
        result.nothing = get("nothing").textContent; result.hidden = get("list").hidden;
        enter("query", ""); get("show-study").click(); get("flip").click();
        all(".tag")[0].click(); result.tag = [get("query").value, get("count").textContent];
        """,
    ).result
    found = [words for words, _ in result["found"]]
    assert found == [
        "나무 나무꾼", "독립 나무꾼", "나무 나무꾼", "나무", "독립 나무꾼", "독립", "나무 나무꾼", "나무꾼", "독립",
        "나무꾼", "", "독립 나무 나무꾼",
    ]  # fmt: skip
    assert result["found"][0][1] == "2 of 4 cards" and result["found"][-1][1] == "4 cards"
    assert result["options"] == ["All decks", "K (3)", "K::1 (1)", "K::2 (1)", "Kx (1)"]
    assert result["filtered"] == ["3 of 4 cards", "1 of 4 cards", "1 of 4 cards"]
    assert result["type"] == ["나무"]
    assert (result["nothing"], result["hidden"]) == ("No card matches. Change the search or the filters.", True)
    assert result["tag"] == ["#pos:noun", "3 of 4 cards"]


def test_shuffling_keeps_all_cards(tmp_path: Path) -> None:
    result = used(
        content_of(card_table([{"word": str(number)} for number in range(200)])),
        tmp_path,
        """
        get("show-list").click(); get("shuffle").click();
        while (!get("more").hidden) get("more").click();
        result.shuffled = words();
        while (!get("more").hidden) get("more").click();
        result.shuffled = all(".row .word").map((word) => word.textContent);
        """,
    ).result["shuffled"]
    assert result != [str(number) for number in range(200)]
    assert sorted(result, key=int) == [str(number) for number in range(200)]


@pytest.mark.parametrize("flags", [(), (DARK,)], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1100])
def test_hostile_texts_stay_text_and_fit_the_screen(tmp_path: Path, width: int, flags: tuple[str, ...]) -> None:
    content = hostile_content()
    result = used(
        content,
        tmp_path,
        f"""
        const elements = ["script", "style", "img", "iframe", "a", "svg", "b"].map((name) => all(name).length);
        result.elements = elements; result.texts = []; result.looks = [];
        for (let card = 0; card < {content.cards.height}; card++) {{
          get("flip").click();
          result.texts.push(get("card").textContent);
          result.looks.push(look());
          get("next").click();
        }}
        get("show-list").click();
        while (!get("more").hidden) get("more").click();
        all(".row").forEach((row) => {{ row.open = true; }});
        await pause(300);
        result.looks.push(look());
        result.rows = all(".row").map((row) => row.textContent);
        result.after = ["script", "style", "img", "iframe", "a", "svg", "b"].map((name) => all(name).length);
        """,
        width,
        flags,
    ).result
    assert result["after"] == result["elements"] == [2, 1, 0, 0, 0, 0, 0]
    assert [wide for wide, _ in result["looks"] if wide] == []
    assert [faint for _, faint in result["looks"] if faint] == []
    cards = html_deck.expected(content)
    assert len(result["texts"]) == len(result["rows"]) == cards.height
    for shown in (result["texts"], result["rows"]):
        for card, text in zip(cards.rows(named=True), shown, strict=True):
            columns = ("front", "back", "meaning", "example", "hanja", "primer", "card_type", "tags")
            assert [name for name in columns if not all(part in text for part in card[name].split("\n"))] == []


def many_cards(count: int) -> ExportContent:
    """Return a deck with four cards per word and texts of the usual lengths."""
    words = pl.DataFrame({"number": range(count)}).with_columns(word=pl.col("number") // 4)
    syllables = [chr(0xAC00 + 28 * number) for number in range(399)]
    word = pl.concat_str(
        pl.col("word").mod(399).replace_strict(range(399), syllables, return_dtype=pl.String),
        (pl.col("word") // 399).replace_strict(range(399), syllables, return_dtype=pl.String),
    )
    plain = content_of(card_table([{}]))
    text = "An actor holds up the sign and says the word again, until everybody in the room knows it by heart. "
    cards = words.select(
        word.alias("word"),
        pl.format("{}{}", pl.lit("0" * 12), pl.col("number")).alias("guid"),
        pl.format("{} What does {} mean, and how is it said?", pl.lit(text), word).alias("front"),
        pl.format("{} {} {}", pl.lit(text * 8), word, "number").alias("back"),
        pl.format("meaning {}", "word").alias("meaning"),
        pl.format("{}이 커요.", word).alias("example"),
        pl.format("tags:{}", pl.col("number") % 50).alias("tag"),
        pl.format("Korean::TOPIK {}", pl.col("number") % 6).alias("deck"),
    )
    table = plain.cards.drop("word", "guid", "front", "back", "meaning", "example", "deck", "tags").join(
        cards.with_columns(tags=pl.concat_list("tag", pl.lit("pos:noun"))).drop("tag"), how="cross"
    )
    table = table.select(plain.cards.columns)
    return ExportContent(
        table, table, "Many cards", table["front"], table["back"], plain.notes, plain.note_types, plain.details
    )


def test_40_000_cards_are_shown_within_2_seconds_and_searched_within_200_milliseconds(tmp_path: Path) -> None:
    content = many_cards(40_000)
    queries = ["까가", "meaning 77", "#tags:7", "actor heart", "nowhere", "ㄱㄱ", "9999", "e"]
    script = f"""
        result.first = view.performance.getEntriesByName("first card")[0].startTime;
        result.count = get("count").textContent;
        const timed = (action) => {{
          const start = performance.now();
          action();
          page.body.offsetHeight;
          return performance.now() - start;
        }};
        const search = (query) => [query, timed(() => enter("query", query)), get("count").textContent];
        await pause(3000);
        result.searches = {json.dumps(queries)}.map(search);
        enter("query", "");
        result.list = timed(() => get("show-list").click());
        result.rows = all(".row").length;
    """
    results: list[dict[str, Any]] = []
    for attempt in range(8):  # Other tests run at the same time, and some use all cores for half a minute.
        folder = tmp_path / str(attempt)
        folder.mkdir()
        results.append(used(content, folder, script).result)
        slowest = max(time for _, time, _ in results[-1]["searches"])
        if results[-1]["first"] < 2000 and slowest < 200 and results[-1]["list"] < 200:
            break
    else:
        pytest.fail(f"too slow: {results}")
    found = {query: count for query, _, count in results[-1]["searches"]}
    assert results[-1]["count"] == "40,000 cards"
    assert found["nowhere"] == "0 of 40,000 cards" and found["e"] == "40,000 cards"
    assert found["#tags:7"] == "800 of 40,000 cards"
    assert results[-1]["rows"] < 200


def test_all_chosen_cards_are_printed_without_controls(tmp_path: Path) -> None:
    words = [f"낱말{number}" for number in range(60)]
    content = content_of(card_table([{"word": word, "back": f"answer {word}"} for word in words]))
    page = tmp_path / "deck.html"
    page.write_bytes(html_deck.write(content))
    pdf = pypdfium2.PdfDocument(printed(page, tmp_path, [DARK]))
    text = "".join("".join(page.get_textpage().get_text_bounded() for page in pdf).split())
    assert [word for word in words if f"answer{word}" not in text] == []
    for once in ("남성한명이왔다.", "Hanja:男性", "Easilyconfused:남정네", "IPA:["):
        assert text.count(once) == 60, once
    assert not [control for control in ("Shuffle", "Print", "Showanswer", "Search", "Next") if control in text]
    # The ink is dark and the paper is white, although the reader prefers dark colors.
    picture = pdf[0].render(scale=0.5).to_pil().convert("L")
    assert picture.getpixel((5, 5)) == 255
    assert len(pdf) < 20
