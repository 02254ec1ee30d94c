"""Templates: a blueprint to start from, for each kind of business."""

from __future__ import annotations

from pathlib import Path

from customer_factory.basics.errors import FactoryError, suggestion
from customer_factory.blueprint.loading import FILE

NAMES = ("saas", "shop", "service", "marketplace", "multi-sided", "hardware")


def text(template: str, name: str) -> str:
    """A template's text, with the factory's name in it.

    Raises:
        FactoryError: There is no such template.

    >>> text("saas", "Acme").splitlines()[1]
    'name = "Acme"'
    """
    if template not in NAMES:
        raise FactoryError(f"There is no template '{template}'.", hint=suggestion(template, NAMES))
    words = (Path(__file__).parent / f"{template}.toml").read_text(encoding="utf-8")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return words.replace('name = "NAME"', f'name = "{escaped}"')


def write(folder: Path, template: str, name: str | None = None) -> Path:
    """Write a template into a folder, which is made where it is not there.

    Raises:
        FactoryError: There is a blueprint already, or no such template.
    """
    path = folder / FILE
    words = text(template, name or folder.resolve().name.replace("-", " ").replace("_", " ").capitalize())
    if path.exists():
        raise FactoryError("There is a blueprint already; nothing was written.", where=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    return path
