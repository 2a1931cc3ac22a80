"""Test that the markup of Anki and web pages is removed, and that everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.formats.markup import without_markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<b>우산</b>[sound:naver_usan.mp3]", "우산"),
        ("장갑&nbsp;", "장갑"),
        ("목도리<br>", "목도리"),
        ("첫 줄<br>둘째 줄", "첫 줄\n둘째 줄"),
        ("<div>비가 와서 <b>우산</b>을 썼어요.</div><div>It rained.</div>", "비가 와서 우산을 썼어요.\nIt rained."),
        ('장갑을 <span style="color: rgb(255, 0, 0);">꼈</span>어요.', "장갑을 꼈어요."),
        ("날씨가 {{c1::춥다::cold}}.", "날씨가 춥다."),
        ("{{c1::날씨가 {{c2::춥다}}}}.", "날씨가 춥다."),
        ("scarf &amp; shawl", "scarf & shawl"),
        ("&#54620;국", "한국"),
        ("&#x1F;우산&#8203;", "우산"),
        ("<BR/>우산<img src='a b.png' />", "우산"),
        ("<style>.card { color: red }</style>우산<!-- old -->", "우산"),
        ("<ruby>漢字<rp>(</rp><rt>한자</rt><rp>)</rp></ruby>", "漢字(한자)"),
        ("<ul><li>하나</li><li>둘</li></ul>", "하나\n둘"),
        ("<td>우산</td><td>umbrella</td>", "우산 umbrella"),
        ("[anki:tts lang=ko_KR]우산[/anki:tts]", "우산"),
    ],
)
def test_markup_is_removed(markup, text):
    assert without_markup(markup) == text


@pytest.mark.parametrize(
    "text",
    [
        "1 <= n <= 10, a<b, <int, int>",
        "a<b and b>c",
        "if i<p then p>i",
        "R&D, AT&T; Tom & Jerry",
        "3 < 5",
        "<표시>",
        "[감기]에 걸리다",
        "{가}",
        "-(으)ㄹ",
        "a  b\n",
    ],
)
def test_other_text_stays_as_it_is(text):
    assert without_markup(text) == text


PIECES = st.sampled_from(["<b>", "<", ">", "</div>", "&", "&amp;", "lt;", "{{c1::", "::", "}}", "[sound:", "]", "<!--"])


@given(st.lists(PIECES | st.text(max_size=4)).map("".join))
def test_any_text_is_read(text):
    assert clean(without_markup(clean(text))) == without_markup(clean(text))
