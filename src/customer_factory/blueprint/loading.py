"""Reading and checking a blueprint; its errors name the file, the key, what was found and what is legal."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from customer_factory.basics.errors import BlueprintError, suggestion
from customer_factory.blueprint.blueprint import Blueprint

FILE = "factory.toml"


def load(origin: Blueprint | Mapping[str, Any] | str | Path) -> Blueprint:
    """A blueprint from a file, a folder that holds ``factory.toml``, a dict, or a blueprint.

    Raises:
        BlueprintError: The file is absent or no TOML, or says something that cannot be meant.

    >>> load({"steps": {"acquisition": "signed_up"}}).factory.happy
    ['acquisition']
    >>> load({"steps": {"acquisition": "signed_up", "activaton": "shared"}})
    Traceback (most recent call last):
    customer_factory.basics.errors.BlueprintError: blueprint: steps.activaton: this key is not known. Did you ...
    """
    if isinstance(origin, Blueprint):
        return origin
    if isinstance(origin, Mapping):
        return check(origin, "blueprint")
    path = Path(origin)
    path = path / FILE if path.is_dir() else path
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BlueprintError(
            "There is no blueprint here.", where=str(path), hint="`customer-factory init FOLDER` writes one."
        ) from None
    except UnicodeDecodeError as error:
        raise BlueprintError(f"The file is not UTF-8 (byte {error.start}).", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise BlueprintError(f"This is not TOML: {error}.", where=str(path)) from None
    return check(words, str(path))


def check(words: Mapping[str, Any], where: str) -> Blueprint:
    """The blueprint that the words declare, or one error that lists everything wrong with them."""
    try:
        return Blueprint.model_validate(dict(words))
    except ValidationError as error:
        complaints = list(dict.fromkeys(_complaint(each) for each in error.errors()))
        raise BlueprintError("\n  ".join(complaints), where=where) from None


def _complaint(error: Any) -> str:
    place = [part for part in error["loc"] if not _is_internal(part)]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    found = error.get("input")
    if error["type"] == "extra_forbidden":
        return f"{key}: this key is not known. {suggestion(str(place[-1]), _legal_keys(place[:-1]))}"
    if error["type"] == "missing":
        return f"{key}: this is missing, and needed."
    if error["type"] == "literal_error":
        legal = [word.strip(" '") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"{key}: {found!r} is not legal here. {suggestion(str(found), legal)}"
    message = str(error["msg"]).removeprefix("Value error, ")
    shown = f" (found {found!r})" if isinstance(found, (str, int, float, bool)) and repr(found) not in message else ""
    return f"{key}: {message}{shown}." if key else f"{message}."


def _is_internal(part: Any) -> bool:
    return isinstance(part, str) and (part.startswith(("function-", "literal[")) or part in {"str", "date", "float"})


def _legal_keys(place: list[Any]) -> list[str]:
    """The keys that the model at a place in the blueprint knows, as they are written in TOML."""
    model: type[BaseModel] = Blueprint
    for part in place:
        if isinstance(part, int):
            continue
        field = next((f for n, f in model.model_fields.items() if part in {n, f.alias}), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            break
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
