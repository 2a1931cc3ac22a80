"""Rules for the layout of the package: unique names, no circular imports, documented folders and short files."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "korean_flashcards"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ENTRY_POINTS = {"__init__.py", "cli.py", "hooks.py", "pipeline_registry.py", "settings.py"}
# Each pipeline has nodes and a definition. Modules in checks/ are named after those in korean/ that they use.
SHARED_NAMES = {"__init__.py", "nodes.py", "pipeline.py", "hanja.py", "ipa.py"}
LONGEST = 500

Graph = dict[str, set[str]]


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the syntax tree of each module. Parsing takes a second, which only the process with these tests needs."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(_shown(path))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_no_two_files_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        if path.name not in SHARED_NAMES and "commands" not in path.parts:
            places[path.name].append(_shown(path))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_the_root_of_the_package_holds_entry_points_only() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == ENTRY_POINTS


def test_each_folder_has_a_docstring() -> None:
    folders = {path.parent for path in SOURCES if "migrations" not in path.parts}
    assert not [_shown(folder) for folder in sorted(folders) if not _purpose(folder)]


def test_no_file_is_too_long() -> None:
    lengths = {_shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_there_are_no_circular_imports_even_inside_functions() -> None:
    modules = {_module(path): path for path in SOURCES}
    graph = {name: set(_imported(trees()[path], name, set(modules))) for name, path in modules.items()}
    assert not [sorted(circle) for circle in _circles(graph)]


def test_the_search_finds_circular_imports() -> None:
    assert [sorted(circle) for circle in _circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a", "c"}})] == [
        ["b", "c"]
    ]
    assert list(_circles({"a": {"a"}})) == [{"a"}]
    assert list(_circles({"a": {"b"}, "b": set()})) == []


def test_an_import_inside_a_function_has_a_comment_with_the_reason() -> None:
    silent = [
        f"{_shown(path)}:{node.lineno}"
        for path, tree in trees().items()
        for node in _inside_functions(tree)
        if not _explained(path.read_text(encoding="utf-8").splitlines(), node)
    ]
    assert not silent


def _shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _purpose(folder: Path) -> str | None:
    tree = trees().get(folder / "__init__.py")
    return ast.get_docstring(tree) if tree else None


def _runtime(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are executed, which excludes those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield other
                yield from _runtime(other)
            continue
        yield child
        yield from _runtime(child)


def _imported(tree: ast.Module, importer: str, modules: set[str]) -> Iterator[str]:
    """Yield the modules of the package that a module imports, at any level."""
    for node in _runtime(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, importer)
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                if whole in modules:
                    yield whole
                elif source in modules:
                    yield source


def _source(node: ast.ImportFrom, importer: str) -> str:
    """Return the full name of the imported module. No __init__.py of the package uses relative imports."""
    folder = importer.split(".")[: -node.level] if node.level else []
    return ".".join([*folder, *([node.module] if node.module else [])])


def _circles(graph: Graph) -> Iterator[set[str]]:
    """Yield sets of modules that import each other, and modules that import themselves."""
    reached = {name: _reachable(graph, name) for name in graph}
    seen: set[str] = set()
    for name in graph:
        if name in reached[name] and name not in seen:
            circle = {other for other in reached[name] if name in reached[other]}
            seen |= circle
            yield circle


def _reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(graph[name])
    return found


def _inside_functions(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    found = {
        node: None
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return list(found)


def _explained(lines: list[str], node: ast.Import | ast.ImportFrom) -> bool:
    """Return whether the import has a comment on its line or above it. Consecutive imports share one comment."""
    first = node.lineno - 1
    if "#" in "".join(lines[first : node.end_lineno]):
        return True
    above = first - 1
    while lines[above].strip().startswith(("import ", "from ")) or lines[above].strip() == ")":
        above -= 1
    return lines[above].strip().startswith("#")
