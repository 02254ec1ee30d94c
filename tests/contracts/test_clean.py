"""Nothing in the project depends on, or tells of, the machine that it was made on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "docs", "benchmarks", ".ci")
BINARY = {".png", ".parquet", ".pq", ".gz", ".duckdb", ".ico", ".woff2"}

# In pieces, so that this file does not hold what it looks for.
PATHS = ["/" + place + "/" for place in ("work", "root", "home", "Users", "opt", "var", "tmp")]
HOSTS = ["py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".org", "crates" + ".io", "proxy.golang" + ".org"]
HOSTS += ["arti" + "factory", "index" + "-url h", "local" + "host", "127.0.0" + ".1"]


def tracked() -> list[Path]:
    """The files under version control; without one, all files of the project's folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
        done = subprocess.run([*listed, "--exclude-standard"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout:
            return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in [*inside, *ROOT.glob("*")] if path.is_file()]


def lines() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        if path.suffix not in BINARY:
            text = path.read_text(encoding="utf-8")
            found += [(f"{path.relative_to(ROOT)}:{n}", line) for n, line in enumerate(text.splitlines(), start=1)]
    return found


def test_there_are_files_to_look_at():
    assert len(tracked()) > 100


def test_no_paths_of_a_machine():
    pattern = re.compile("(^|[\\s\"'`(=:])(" + "|".join(re.escape(path) for path in PATHS) + ")|[A-Z]:\\\\\\\\?Users")
    wrong = [f"{where}: {line.strip()[:100]}" for where, line in lines() if pattern.search(line)]
    assert not wrong, "\n".join(wrong)


def test_no_hosts_of_registries():
    wrong = [f"{where}: {line.strip()[:100]}" for where, line in lines() if any(host in line for host in HOSTS)]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_to_do():
    words = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK"]) + r")\b")
    wrong = [f"{where}: {line.strip()[:100]}" for where, line in lines() if words.search(line)]
    assert not wrong, "\n".join(wrong)


def test_no_data_of_others_is_kept():
    large = [str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > 1_000_000]
    assert not large, f"over a megabyte: {large}"
