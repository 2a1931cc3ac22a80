"""Tests for the patterns that are compiled when they are first used."""

import os
import re
import subprocess
import sys

import pytest

from korean_flashcards.domain.lazy_regex import lazy_regex

# A new process, because the garbage collector does not list the objects that pytest's process has frozen.
_COMPILE_ALL = """
import gc, importlib, pkgutil, re
from korean_flashcards.domain.lazy_regex import _LazyRegex
for folder in ("checks", "confusables", "domain", "exports", "formats", "korean", "llm"):
    package = importlib.import_module(f"korean_flashcards.{folder}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)
patterns = [each for each in gc.get_objects() if type(each) is _LazyRegex]
print(sum(isinstance(re.compile(each.pattern, each.flags), re.Pattern) for each in patterns))
"""


def test_every_pattern_of_the_package_is_valid() -> None:
    """An invalid pattern would otherwise raise its error only where it is first used."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    compiled = subprocess.run(
        [sys.executable, "-c", _COMPILE_ALL], capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert int(compiled.stdout) > 500


def test_a_pattern_behaves_like_a_compiled_one() -> None:
    lazy, compiled = lazy_regex("(?P<word>B+)", re.I), re.compile("(?P<word>B+)", re.I)
    assert lazy.sub("-", "abc") == compiled.sub("-", "abc") == "a-c"
    assert (lazy.pattern, lazy.flags, lazy.groupindex) == (compiled.pattern, compiled.flags, compiled.groupindex)
    found = lazy.search("abc")
    assert found and found["word"] == "b" and lazy.fullmatch("abc") is None


def test_a_pattern_is_compiled_at_its_first_use() -> None:
    pattern = lazy_regex("(")
    assert pattern.pattern == "("
    for _ in range(2):
        with pytest.raises(re.error, match="missing"):
            pattern.search("")
