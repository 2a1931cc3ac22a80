"""SQL expressions: they compute, their mistakes are explained in a sentence, and they never open a file."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.exported_layers import exported_layers

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.sql_filter import FUNCTIONS, WORDS, condition, evaluated, sql_expression

SECRET = "secret-of-the-file"
CARDS = exported_layers(5).table()


class WatchedFiles:
    """A folder with files in every format that polars reads. A pipe notices that a program opens it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        frame = pl.DataFrame({"a": [SECRET]})
        frame.write_csv(folder / "x.csv")
        frame.write_parquet(folder / "x.parquet")
        frame.write_ipc(folder / "x.ipc")
        frame.write_json(folder / "x.json")
        sqlite3.connect(folder / "x.db").close()
        self.opened = threading.Event()
        self._pipe = folder / "pipe.csv"
        os.mkfifo(self._pipe)
        threading.Thread(target=self._wait_for_reader, daemon=True).start()
        self._files = self._list()

    def _wait_for_reader(self) -> None:
        # Opening a pipe to write blocks until somebody opens it to read.
        with suppress(BrokenPipeError), self._pipe.open("w", encoding="utf-8") as file:
            self.opened.set()
            file.write(f"a\n{SECRET}\n")

    def _list(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in self.folder.iterdir()}

    def untouched(self) -> bool:
        """Return whether nobody has opened the pipe, and no file is new or changed."""
        return not self.opened.is_set() and self._list() == self._files

    def release(self) -> None:
        """End the thread that waits at the pipe."""
        os.close(os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[WatchedFiles]:
    found = WatchedFiles(tmp_path)
    yield found
    found.release()


def test_the_danger_is_real(files: WatchedFiles) -> None:
    """Without the check, polars opens files while it reads an expression, which the pipe notices."""
    with suppress(OSError):  # polars opens the pipe, but cannot read it
        pl.sql_expr(f"front = (SELECT a FROM read_csv('{files.folder}/pipe.csv'))")
    assert files.opened.wait(5)


@pytest.mark.parametrize(
    "expression",
    [
        "front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = (select max(a) from read_csv('{0}/pipe.csv'))",
        "front IN (SELECT a FROM read_parquet('{0}/x.parquet'))",
        "front IN (SELECT a FROM read_ipc('{0}/x.ipc'))",
        "front IN (SELECT a FROM read_json('{0}/x.json'))",
        "front IN (TABLE read_csv('{0}/pipe.csv'))",
        "front = ANY(SELECT a FROM read_csv('{0}/pipe.csv'))",
        "EXISTS (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "EXISTS (FROM read_csv('{0}/pipe.csv'))",
        "front = (WITH x AS (SELECT * FROM read_csv('{0}/pipe.csv')) SELECT a FROM x)",
        "front = (VALUES (read_csv('{0}/pipe.csv')))",
        "front = (\nSELECT\ta\nFROM\nread_csv\n('{0}/pipe.csv'))",
        "front = (SELECT a FROM\"read_csv\"('{0}/pipe.csv'))",
        'front = (SELECT a FROM "{0}/pipe.csv")',
        "front = (SELECT a FROM '{0}/pipe.csv')",
        "front = (SELECT a FROM [read_csv]('{0}/pipe.csv'))",
        "front = (SELECT a FROM `read_csv`('{0}/pipe.csv'))",
        "front = (SELECT/**/a/**/FROM/**/read_csv('{0}/pipe.csv'))",
        "front = (SEL/**/ECT a FROM read_csv('{0}/pipe.csv'))",
        "front = (/*!SELECT a FROM read_csv('{0}/pipe.csv')*/)",
        "front = 'x' --\n OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = '\\' OR front = (SELECT a FROM read_csv(''{0}/pipe.csv'')) OR front = '\\'",
        "front = '\\' OR front = (SELECT a FROM read_csv($${0}/pipe.csv$$)) -- '",
        "front = $$x$$ OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = $a$'$a$ OR front = (SELECT a FROM read_csv('{0}/pipe.csv')) OR front = $a$'$a$",
        "front = U&'\\0027' OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = E'\\'' OR front = (SELECT a FROM read_csv('{0}/pipe.csv')) OR front = E'\\''",
        "front = r'\\' OR front = (SELECT a FROM read_csv('{0}/pipe.csv')) OR front = r'\\'",
        "front = N'x' OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = X'27' OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = '''x' OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = \"x'\" OR front = (SELECT a FROM read_csv('{0}/pipe.csv')) OR front = \"x'\"",
        "front = ＇x＇ OR front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = (ＳＥＬＥＣＴ a FROM read_csv('{0}/pipe.csv'))",
        "front = (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = (\\u0053ELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = 'x'; COPY (SELECT 1) TO '{0}/new.csv'",
        "1 = 1); SELECT * FROM read_csv('{0}/pipe.csv'); --",
        "front IN (SELECT 1 INTO OUTFILE '{0}/new.csv')",
        "COPY cards TO '{0}/new.csv'",
        "CREATE TABLE x AS SELECT * FROM read_csv('{0}/pipe.csv')",
        "ATTACH '{0}/x.db' AS x",
        "read_csv('{0}/pipe.csv')",
        "READ_CSV('{0}/pipe.csv') IS NOT NULL",
        "\"read_csv\"('{0}/pipe.csv')",
        "scan_csv('{0}/pipe.csv')",
        "scan_parquet('{0}/x.parquet')",
        "read_database('{0}/x.db')",
        "read_text('{0}/pipe.csv')",
        "load_extension('{0}/x.so')",
        "pg_read_file('{0}/pipe.csv')",
        "LENGTH(read_csv('{0}/pipe.csv')) > 0",
        "COALESCE(front, (SELECT a FROM read_csv('{0}/pipe.csv'))) = 'x'",
        "CASE WHEN EXISTS(SELECT a FROM read_csv('{0}/pipe.csv')) THEN TRUE END",
        "front LIKE (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "ROW_NUMBER() OVER (ORDER BY (SELECT a FROM read_csv('{0}/pipe.csv'))) = 1",
        "score > ALL (SELECT a FROM read_csv('{0}/pipe.csv'))",
        "front = cards.front",
        "front = @x",
        "front = :x",
        "front = ?",
        "UNNEST(tags) = 'x'",
    ],
)  # fmt: skip
def test_an_expression_cannot_read_or_write_a_file(expression: str, files: WatchedFiles) -> None:
    text = expression.replace("{0}", str(files.folder))
    with pytest.raises(SettingsError) as caught:
        CARDS.filter(condition(text))
    assert files.untouched()
    assert SECRET not in str(caught.value)
    assert not any(word in str(caught.value) for word in ("Error", "polars", "Traceback", "sqlparser"))


_PIECES = st.sampled_from(
    [*CARD_COLUMNS, *FUNCTIONS, *WORDS, "SELECT", "FROM", "WITH", "x AS", "read_csv", "read_parquet", "EXISTS", "COPY", "TO",
     "INTO OUTFILE", "(", ")", ",", "'", "''", '"', "`", "[", "]", "$$", "$a$", "--", "/*", "*/", "\\", "\\'", ";", "::",
     "E'", "U&'", "X'", "N'", "=", "<>", "||", "-", "*", ".", "#", "\n", " ", "1", "0.5", "1e9", "'{0}/pipe.csv'",
     "('{0}/pipe.csv')", "(SELECT a FROM read_csv('{0}/pipe.csv'))", "\x00", "＇", "\u2028", "한국"]
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, max_size=12), st.sampled_from(["", " "]))
def test_no_mixture_of_pieces_opens_a_file(files: WatchedFiles, pieces: list[str], joint: str) -> None:
    expression = joint.join(pieces).replace("{0}", str(files.folder))
    try:
        evaluated(CARDS, expression, sql_expression(expression))
    except SettingsError as error:
        assert SECRET not in str(error)
    assert files.untouched()


@given(st.text(max_size=50))
def test_a_text_is_never_read_as_sql(text: str) -> None:
    """Quotes within a text are written twice. Nothing else in it, such as a backslash, means anything."""
    quoted = "'" + text.replace("'", "''") + "'"
    value = evaluated(CARDS, quoted, sql_expression(quoted))
    assert value.to_list() == [text] * CARDS.height


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_every_function_works(name: str) -> None:
    example, description = FUNCTIONS[name]
    assert name in example and description
    assert evaluated(CARDS, example, sql_expression(example)).len() == CARDS.height


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("score < 3 AND card_type <> 'Hanja'", ["낱말0", "낱말0", "낱말1", "낱말1"]),
        ("word LIKE '%4' and not card_type IN ('Scene', 'Hanja')", ["낱말4", "낱말4"]),
        ("level IS NULL AND card_type = 'Scene'", ["낱말0"]),
        ("list = 'unit2.csv' AND \"card_type\" = 'Scene'", ["낱말1", "낱말4"]),
        ("ARRAY_CONTAINS(tags, 'unit3') AND card_type = 'Scene'", ["낱말3"]),
        ("imported_on >= DATE '2026-11-01' AND card_type = 'Reverse'", ["낱말1", "낱말3"]),
        ("level BETWEEN 2 AND 3 AND CASE WHEN card_type = 'Scene' THEN TRUE ELSE FALSE END", ["낱말2", "낱말3"]),
        ("TRY_CAST(word AS INTEGER) IS NULL AND TERM_NUMBER = 1 AND score > -1", ["낱말0"] * 3),
        ("REPLACE(REPLACE(LEFT(word, 3), '낱', ''), '''', ',)') = '말1' AND score > 0", ["낱말1"] * 3),
        ("word = 'x'' OR ''1''=''1'", []),
    ],
)  # fmt: skip
def test_a_condition_selects_cards(expression: str, expected: list[str]) -> None:
    assert sorted(CARDS.filter(condition(expression))["word"]) == sorted(expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "is empty"),
        ("scor < 80", "There is no column named scor. Did you mean score? The columns are guid, item_id, word"),
        ("lenght(word) > 1", "There is no function named lenght. Did you mean LENGTH"),
        ("MAX(score) = 1", "There is no function named MAX."),
        ("length > 1", "The function LENGTH needs parentheses"),
        ("card_type = \"Scene\"", "Write text in single quotes: 'Scene'."),
        ("card_type = 'Scene", "has no closing quote"),
        ("word > 5", "cannot be computed, for example because it compares text with a number"),
        ("imported_on > '2026-11-30'", "a date as DATE '2026-11-30'"),
        ("score", "is not a condition. Compare two values, as in score < 80."),
        ("score <", "is not valid SQL"),
        ("(" * 31 + "score" + ")" * 31 + " > 1", "more than 30 parentheses"),
        ("score > 1" + " AND score > 1" * 200, "is longer than 2,000 characters"),
        ("1+" * 200 + "1 > 1", "more than 300 words, numbers, and signs"),
        ("SELECT 1", "SELECT is not allowed in an expression"),
        ("score > 1; score", "The character ; is not allowed"),
        ("score > 1 -- x", "Comments (-- or /*) are not allowed"),
        ("REGEXP_LIKE(word, '(')", "cannot be computed"),
        ("LEAST() = 1", "LEAST needs a value in parentheses."),
        ("REPLACE(word, front, '') = ''", "REPLACE needs a text, and two texts in quotes"),
        ("REPLACE(word, '', 'x') = ''", "REPLACE looks for an empty text."),
        ("REPLACE(REPLACE(word, 'a', 'bbbb'), 'b', 'cccc') = ''", "more than 10 times as long"),
        ("REPLACE(ARRAY_TO_STRING(tags, 'ttttttttttt'), 't', 'u') = ''", "separator of ARRAY_TO_STRING must be a text in"),
        ("ARRAY_TO_STRING(tags, back) = ''", "in quotes with at most 10 characters"),
        ("CONCAT_WS(back, word, word) = ''", "The separator of CONCAT_WS must be a text in quotes with at most 10"),
        ("concat_ws('ttttttttttt', word, word) = ''", "separator of CONCAT_WS"),
        ("ARRAY_TO_STRING(tags) = ''", "separator of ARRAY_TO_STRING"),
        ("REPLACE(" + "word || " * 20 + "word, 'a', 'bb') = ''", "longer that has more than 20 columns and functions"),
        ("REPLACE(word, 'a') = ''", "REPLACE needs a text, and two texts in quotes"),
        ("LEFT(word, 99999999999999999999) = 'x'", "is not valid SQL"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained_in_a_sentence(expression: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        condition(expression)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


_MEASURED = """
import resource, polars as pl
from support.exported_layers import exported_layers
from korean_flashcards.exports.sql_filter import evaluated, sql_expression
few = exported_layers(5).table()
count = 4121
cards = pl.concat([few] * (count // few.height + 1)).head(count)
cards = cards.with_columns(back=pl.Series(["t" * 300] * count), tags=pl.Series([["t" * 20] * 10] * count))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
text = {expression!r}
assert evaluated(cards, text, sql_expression(text)).all()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "REPLACE(" + "||".join(["back"] * 20) + ", 't', 'uuuuuuuuuu')",
        "REPLACE(" + "||".join(["ARRAY_TO_STRING(tags, 'tttttttttt')"] * 10) + ", 't', 'uuuuuuuuuu')",
        "REPLACE(REPLACE('" + "t" * 1800 + "' || word, 't', 'uuu'), 'u', 'vvv')",
        "REPLACE(CONCAT_WS('tttttttttt'" + ", 'ttttt'" * 140 + ", word), 't', 'uuuuuuuuuu')",
        "||".join(["back"] * 140),
    ],
)
def test_the_longest_texts_that_are_allowed_fit_into_the_memory(text: str) -> None:
    """Every character of each card is replaced by 10 others. Real cards need far less."""
    code = _MEASURED.format(expression=f"LENGTH({text}) > 1")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert int(ended.stdout) < 700_000, "kB"
