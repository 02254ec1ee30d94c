"""The documentation runs: its code is executed, its blueprints are loaded, its links lead somewhere.

A page is one session, read from top to bottom in a folder of its own. The words behind a fence's language say what
becomes of the block:

- ``python``          every block is a doctest; names live on to the end of the page
- ``toml``            loads as a blueprint; with ``fragment`` it is completed to one first
- ``LANGUAGE file=P`` is written to the file P
- ``sh run``          its ``customer-factory`` commands are executed; without ``run`` they are only parsed
- ``console run``     the same with ``$`` before each command, and what it prints below it, ``…`` standing for anything
"""

from __future__ import annotations

import doctest
import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from customer_factory.blueprint.loading import check
from customer_factory.cli.commands import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = {"python", "toml", "sh", "console", "csv", "json", "jsonl", "sql", "text"}
RULES = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
COMPLETE = {"acquisition": "signed_up", "activation": "first_result", "retention": "session_started",
            "revenue": "invoice_paid", "referral": "invite_accepted"}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words behind it, its text, and the line that it begins on."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def file(self) -> str | None:
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)


def blocks(page: Path) -> list[Block]:
    found, opened = [], None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if opened is None and line.startswith("```"):
            opened = (number, line[3:].split(), [])
        elif opened is not None and line.startswith("```"):
            start, words, lines = opened
            found.append(Block(words[0] if words else "", tuple(words[1:]), "\n".join([*lines, ""]), start))
            opened = None
        elif opened is not None:
            opened[2].append(line)
    assert opened is None, f"{page}: a fence is never closed"
    return found


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return {}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_runs(page, session, capsys):
    for block in blocks(page):
        where = f"{name(page)}, line {block.line}"
        assert block.language in LANGUAGES, f"{where}: say which language it is, one of {sorted(LANGUAGES)}"
        if block.language == "python":
            run_python(block, session, where)
        if block.language == "json":
            json.loads(block.text)
        if block.language == "toml":
            load_blueprint(block, where)
        if block.file is not None:
            write(block)
        if block.language in {"sh", "console"}:
            run_shell(block, where, capsys)


def run_python(block: Block, session: dict[str, Any], where: str) -> None:
    assert ">>>" in block.text, f"{where}: Python in the documentation is a doctest"
    test = doctest.DocTestParser().get_doctest(block.text, session, where, where, block.line)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=RULES, verbose=False)
    runner.run(test, out=told.append, clear_globs=False)
    session.update(test.globs)
    assert not told, "".join(told)


def load_blueprint(block: Block, where: str) -> None:
    words = tomllib.loads(block.text)
    if "fragment" in block.words:
        words = {**words, "steps": {**COMPLETE, **words.get("steps", {})}}
    check(words, where)


def write(block: Block) -> None:
    path = Path(block.file or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def run_shell(block: Block, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    prompt = "$ " if block.language == "console" else ""
    checker = doctest.OutputChecker()
    for command, expected in commands(block.text, prompt):
        program, *arguments = shlex.split(command, comments=True) or [""]
        if program != "customer-factory":
            assert "run" not in block.words, f"{where}: only customer-factory is run here, not '{program}'"
            continue
        parse(arguments, where)
        if "run" not in block.words:
            continue
        capsys.readouterr()
        code = app(arguments, standalone_mode=False)
        assert not code, f"{where}: '{command}' ended with {code}"
        printed = capsys.readouterr().out
        wanted = expected.replace("…", "...")
        assert not wanted or checker.check_output(wanted, printed, RULES), f"{where}: '{command}' printed\n{printed}"


def commands(text: str, prompt: str) -> list[tuple[str, str]]:
    """Each command of a block, with the output that the block shows for it."""
    found: list[list[str]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith(prompt) and line.strip():
            found.append([line.removeprefix(prompt)])
        elif found and prompt:
            found[-1].append(line)
    return [(command, "\n".join(output).strip() + "\n" if any(output) else "") for command, *output in found]


def parse(arguments: list[str], where: str) -> None:
    """Refuse a command or option that does not exist."""
    known: Any = typer.main.get_command(app)
    command = known.commands.get(arguments[0]) if arguments else None
    if arguments and arguments[0].startswith("-"):
        return
    assert command is not None, f"{where}: there is no command {arguments}"
    if "--help" not in arguments:
        command.make_context(arguments[0], arguments[1:])


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """A page without its code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", lambda code: "`" * len(code[0]), text)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, made as forges make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    for target in LINK.findall(prose(page)):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f"{name(page)}: the link to {target} leads nowhere"
        assert not anchor or anchor in anchors(place), f"{name(page)}: {target} names no heading of that page"


def targets(page: Path) -> set[Path]:
    return {(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(page))}


def test_every_page_is_linked_from_the_index():
    index = ROOT / "docs" / "index.md"
    inner = [ROOT / "docs" / folder / "index.md" for folder in ("decisions", "measures")]
    linked = set().union({index}, *(targets(page) for page in [index, *inner]))
    generated = {ROOT / "docs" / "operating-characteristics.md"}
    missing = {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - linked - generated
    assert not missing, f"docs/index.md leads to none of: {', '.join(sorted(name(page) for page in missing))}"
