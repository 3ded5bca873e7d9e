"""JSON tables that come with the product and can be overridden in the data folder.

A file of the same name in the folder of overrides replaces the top-level keys that it contains;
the rest stays as packaged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from kb.errors import Problem


def load(package: str, name: str, folder: Path | None, problems: list[Problem]) -> dict[str, Any]:
    """The table `name` of a package, overlaid by `folder`/`name` where that file exists.

    Added to `problems` is every defect of the override: not JSON, not an object, a key that the
    packaged file does not know, or a value of another type.
    """
    packaged = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(packaged)
    override = folder / name if folder else None
    if override and override.is_file():
        table.update(_read_override(override, table, problems))
    return table


def _read_override(
    path: Path, packaged: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    try:
        override = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        problems.append(Problem(str(path), getattr(error, "lineno", 0), "", f"not JSON: {error}"))
        return {}
    if not isinstance(override, dict):
        problems.append(Problem(str(path), 1, "", "must be a JSON object"))
        return {}
    for key, value in override.items():
        if key not in packaged:
            known = ", ".join(packaged)
            problems.append(Problem(str(path), 0, key, f"unknown key; known: {known}"))
        elif type(value) is not type(packaged[key]):
            wanted = type(packaged[key]).__name__
            problems.append(Problem(str(path), 0, key, f"must be a {wanted}"))
    return override
