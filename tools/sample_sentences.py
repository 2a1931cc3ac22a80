"""Draw random sentences from the README, the docs, the messages, and the docstrings, for a review of their English.

    python tools/sample_sentences.py [--each 15] [--seed 14]

Print a numbered list: the same number of sentences from each of the four sources. Messages are the strings in the
source code and in the report's templates. Values inserted at run time appear as ``…``.
"""

import argparse
import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "korean_flashcards"
GENERATED = {"commands.md", "parameters.md", "layers.md", "ledger-tables.md"}
MINIMUM_WORDS = 4
# Code, SQL, regular expressions and other texts that are not for people.
_NOT_PROSE = re.compile(
    r"^(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|WITH|ALTER|CASE|CAST|AND|ORDER|WHERE)\b|^[\w.,*|\[\]()-]+$|[{}<>$]|::"
    r"|\(\?|\\[bdswBDSW.]|^kedro "
)
# The start of an item in the sections "Args" and "Attributes".
_ITEM = re.compile(r"\n(?=\s+\w+: )")


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=15, help="sentences from each source (default: 15)")
    parser.add_argument("--seed", type=int, default=14, help="random seed (default: 14)")
    options = parser.parse_args()
    sources = {
        "README": readme_sentences(), "docs": docs_sentences(), "message": message_sentences(),
        "docstring": docstring_sentences(),
    }  # fmt: skip
    number = 0
    for name, sentences in sources.items():
        found = sorted(set(sentences))
        for sentence in sorted(random.Random(options.seed).sample(found, min(options.each, len(found)))):
            number += 1
            print(f"{number:>2}. [{name}] {sentence}")


def readme_sentences() -> Iterator[str]:
    """Yield the sentences in the README."""
    yield from _markdown_sentences(ROOT / "README.md")


def docs_sentences() -> Iterator[str]:
    """Yield the sentences in all handwritten pages except the README."""
    pages = [*(ROOT / "docs").rglob("*.md"), *(path for path in ROOT.glob("*.md") if path.name != "README.md")]
    for page in sorted(pages):
        if page.name not in GENERATED:
            yield from _markdown_sentences(page)


def message_sentences() -> Iterator[str]:
    """Yield the sentences in string literals other than docstrings, and in the report's templates."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node) for node in _docstring_nodes(tree)}
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield from _sentences("".join(_literal(part) for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
                yield from _sentences(node.value)
    for path in sorted((ROOT / "conf" / "base").rglob("*.j2")):
        text = re.sub(r"{#.*?#}|{%.*?%}|<style>.*?</style>", "\n", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for line in re.sub(r"<[^>]+>", "\n", re.sub(r"{{.*?}}", "…", text)).splitlines():
            yield from _sentences(line)


def docstring_sentences() -> Iterator[str]:
    """Yield the sentences in all docstrings in the source code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in _docstring_nodes(ast.parse(path.read_text(encoding="utf-8"))):
            for paragraph in re.split(r"\n\s*\n", str(node.value)):
                for item in _ITEM.split(re.sub(r"^\s*(Args|Attributes|Returns|Raises|Yields):", "", paragraph)):
                    yield from _sentences(re.sub(r"^\s*\w+: ", "", item))


def _docstring_nodes(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            assert isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            yield first.value


def _literal(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "…"


def _markdown_sentences(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```|<!--.*?-->|!\[[^\]]*\]\([^)]*\)", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    for paragraph in re.split(r"\n\s*\n|\n(?=[-|#]|\d+\. )", text):
        for cell in paragraph.strip().lstrip("#").split("|") if paragraph.strip().startswith("|") else [paragraph]:
            for sentence in _sentences(re.sub(r"^\s*(?:#+|-|\d+\.) ", "", cell)):
                if sentence[-1] in ".!?:":  # not the noun phrases in tables
                    yield sentence


def _sentences(text: str) -> Iterator[str]:
    joined = " ".join(text.split())
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"`(…])", joined):
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"`[^`]*`", "", sentence))
        if len(words) >= MINIMUM_WORDS and " " in sentence and not _NOT_PROSE.search(sentence):
            yield sentence.strip()


if __name__ == "__main__":
    main()
