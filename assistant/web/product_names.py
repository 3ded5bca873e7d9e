"""Products as people know them, on pages that would show an id otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from assistant.web import context


def names() -> dict[str, str]:
    """The known names of products by id; asked for once in a request."""
    if "product_names" not in g:
        g.product_names = context.services().kb.product_names()
    found: dict[str, str] = g.product_names
    return found


def name(product: str) -> str:
    """What a product is called; its id where that is not known."""
    return names().get(product, product)


def named(products: Iterable[str]) -> dict[str, str]:
    """The names of those of `products` that have one."""
    known = names()
    return {product: known[product] for product in products if product in known}
