"""What the company's products are called: entries name them by their ids, people by their names.

A folder of content tells it in `products.yaml`; there is no other place to write it down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb import ledger, store
from kb.errors import InvalidInput, Problem
from kb.tables import kb_meta
from kb.validation import line_problem

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

FILE = "products.yaml"
_KEY = "products"
_LARGEST = 1024 * 1024
_LONGEST = 200
_MOST = 5_000
# What the loader raises for values that are not what they look like (a 13th month) or are tagged.
_NO_VALUE = (ValueError, ArithmeticError, LookupError, AttributeError)


def read_products(path: Path) -> dict[str, str]:
    """Ids of products and their names, empty where the file gives none.

    The file is a list of mappings with `id` and `name`, or a mapping by id, or either under the
    key `products`. Raises InvalidInput for one that is none of these.
    """
    import yaml

    try:
        if path.stat().st_size > _LARGEST:
            raise _refusal(path, f"is larger than {_LARGEST // 1024 // 1024} MiB")
        found = dict(_named(yaml.safe_load(path.read_text("utf-8"))))
    except (yaml.YAMLError, OSError, RecursionError, *_NO_VALUE) as error:
        raise _refusal(path, f"cannot be read: {error}") from None
    if len(found) > _MOST:
        raise _refusal(path, f"has {len(found)} products; at most {_MOST} are taken")
    found.pop("", None)
    for product, name in found.items():
        for text in (product, name):
            if message := line_problem(text[: _LONGEST + 1]):
                raise _refusal(path, f"{product[:40]!r}: {message}")
            if len(text) > _LONGEST:
                raise _refusal(path, f"{product[:40]!r} has more than {_LONGEST} characters")
    return found


def _named(listed: object) -> Iterator[tuple[str, str]]:
    if isinstance(listed, Mapping):
        inner = listed.get("products")
        if inner is not None:
            yield from _named(inner)
        else:
            yield from ((_word(key), _name(value)) for key, value in listed.items())
    elif isinstance(listed, list):
        products = [item for item in listed if isinstance(item, Mapping)]
        yield from ((_word(item["id"]), _name(item)) for item in products if "id" in item)


def _name(value: object) -> str:
    return " ".join(_word(value.get("name") if isinstance(value, Mapping) else value).split())


def _word(value: object) -> str:
    """A value as a word; what holds more than one, by itself perhaps, is none."""
    return str(value) if isinstance(value, str | int | float) else ""


def _refusal(path: Path, message: str) -> InvalidInput:
    return InvalidInput([Problem(path.name, 0, "", message)])


class Products:
    """The part of the knowledge base that knows what products are called."""

    engine: Engine
    clock: Callable[[], datetime]

    def product_names(self) -> dict[str, str]:
        """Names of products by id, as far as they are known."""
        with store.read(self.engine) as connection:
            return _known(connection)

    def learn_products(
        self, folder: Path, actor: str, *, dry_run: bool = False
    ) -> tuple[Problem, ...]:
        """Learn the names that a folder of content tells; gives what is wrong with its file."""
        path = folder / FILE
        if not path.is_file():
            return ()
        try:
            names = read_products(path)
        except InvalidInput as error:
            return tuple(error.problems)
        if not dry_run:
            self.name_products(names, actor)
        return ()

    def name_products(self, names: Mapping[str, str], actor: str) -> int:
        """Learn names by id, in place of those known before; gives how many are new or changed.

        Products that are not among them keep theirs.
        """
        with store.write(self.engine) as connection:
            known = _known(connection)
            told = {product: name for product, name in names.items() if name}
            fresh = {product for product, name in told.items() if known.get(product) != name}
            if fresh:
                value = json.dumps(known | told, ensure_ascii=False)
                connection.execute(kb_meta.delete().where(kb_meta.c.key == _KEY))
                connection.execute(kb_meta.insert().values(key=_KEY, value=value))
                detail = {"products": sorted(fresh)[:50], "count": len(fresh)}
                ledger.note(connection, self.clock(), actor, "name_products", "", 0, detail)
            return len(fresh)


def _known(connection: Connection) -> dict[str, str]:
    value = connection.execute(sa.select(kb_meta.c.value).where(kb_meta.c.key == _KEY)).scalar()
    found: dict[str, str] = json.loads(value) if value else {}
    return found
