"""The pages that are lists: features, decisions, changes, the licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ROWS = """
M1 M2a M2b M2c M3 M4a M4b M4c M5a M5b M5c M6 M7a M7b M7c M7d M8a M8b M8c M8d M8e M9a M9b M9c M9d
M10a M10b M10c M10d M11a M11b M11c M12a M12b
G1–G5 G6 G7 G8–G14 G15 G16 G17 G18 G19 G20 G21 G22 G23,G36,G38 G24–G27 G28 G29 G30 G31 G32–G34 G35 G37 G39
G40–G46 G47 G48 G49 G50 G51
"""
DECISIONS = sorted(path for path in (DOCS / "decisions").glob("[0-9]*.md"))


def features() -> list[list[str]]:
    lines = (DOCS / "features.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| [MG]\d", line)]
    assert all(len(row) == 5 for row in rows)
    return rows


def test_every_row_is_there_once_and_in_order():
    assert [row[0].replace(" ", "") for row in features()] == ROWS.split()


@pytest.mark.parametrize("row", features(), ids=lambda row: row[0])
def test_a_row_says_what_exists_and_which_test_shows_it(row):
    _, _, status, exists, shown = row
    assert status in {"works", "partly", "not yet"}
    code = [path for path in re.findall(r"`([\w/.-]+)`", exists) if "/" in path]
    tests = re.findall(r"`([^`]+)`", shown)
    absent = [path for path in code if not (ROOT / "src" / "customer_factory" / path).exists()]
    absent += [path for path in tests if not (ROOT / path).exists()]
    assert not absent, f"{row[0]} names what is not there: {absent}"
    if status == "not yet":
        assert not tests, f"{row[0]} is not built, and yet a test shows it"
    else:
        assert code or status == "partly", f"{row[0]}: say where it lives"
        assert tests, f"{row[0]}: say which test shows it"


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts(path):
    text = path.read_text(encoding="utf-8")
    number = int(path.name[:4])
    assert re.match(rf"# {number} \S", text)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]
    title = text.splitlines()[0].removeprefix(f"# {number} ")
    assert f"[{title}]({path.name})" in (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_changes_are_told_in_full_sentences():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.findall(r"^- (.+(?:\n  .+)*)", text, flags=re.MULTILINE)
    assert entries
    wrong = [entry for entry in entries if not re.match(r"[A-Z`].* .* .* .*\.$", " ".join(entry.split()))]
    assert not wrong, f"each entry is a sentence that begins with a capital and ends with a full stop: {wrong}"


def test_the_version_has_its_changes():
    import customer_factory

    assert f"## {customer_factory.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
