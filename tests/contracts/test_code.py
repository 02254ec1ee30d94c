"""What holds for every module: its size, who reads the clock, what the public names are."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import customer_factory
from customer_factory import statistics

ROOT = Path(__file__).parents[2]
CLOCK = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime"}


def lengths(paths):
    return {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}


def test_modules_are_small(modules):
    sizes = lengths(path for path in modules if path.read_text(encoding="utf-8").strip())
    ordered = sorted(sizes.values())
    assert ordered[len(ordered) // 2] <= 150
    assert ordered[int(len(ordered) * 0.9)] <= 400
    large = [f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > 600]
    assert not large, large


def test_so_are_tests():
    large = {str(path): size for path, size in lengths((ROOT / "tests").rglob("*.py")).items() if size > 600}
    assert not large, large


def asks(call: ast.Attribute) -> bool:
    """Whether a call asks the machine for the time; ``events.time()`` and the like are other things."""
    return call.attr in CLOCK and (call.attr not in {"time", "time_ns"} or ast.unparse(call.value) == "time")


def test_only_the_clock_asks_for_the_time(trees):
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {ast.unparse(node.func)}()"
        for path, tree in trees.items()
        if path.parts[-2:] != ("basics", "clock.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and asks(node.func)
    ]
    assert not wrong, "time is a parameter:\n" + "\n".join(wrong)


def test_nor_does_anybody_import_the_asking(trees):
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time" and {each.name for each in node.names} & CLOCK
    ]
    assert not wrong, wrong


def documented(package, names):
    for name in names:
        found = getattr(package, name)
        if not isinstance(found, str):
            yield name, inspect.getdoc(found) or ""


def test_public_names_exist_and_say_what_they_are():
    assert sorted(customer_factory.__all__) == sorted(set(customer_factory.__all__))
    silent = [name for name, words in documented(customer_factory, customer_factory.__all__) if len(words) < 20]
    assert not silent, f"these have no docstring: {', '.join(silent)}"


def test_so_do_those_of_statistics():
    silent = [name for name, words in documented(statistics, statistics.__all__) if len(words) < 20]
    assert not silent, f"these have no docstring: {', '.join(silent)}"


def test_every_public_function_and_method_has_a_docstring(trees):
    silent = []
    for path, tree in trees.items():
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        for owner in [tree, *classes]:
            for node in owner.body:
                public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                if public and ast.get_docstring(node) is None and not overridden(node):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not silent, "\n".join(silent)


def overridden(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Overloads and overrides are described where they are first declared."""
    return any("over" in ast.unparse(each) for each in node.decorator_list)


def test_a_version_is_declared_once():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert customer_factory.__version__ == project["version"]
