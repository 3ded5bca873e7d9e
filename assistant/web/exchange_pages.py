"""The desk's page for importing files and exporting knowledge; it gets its data from the API."""

from __future__ import annotations

from flask import render_template

from assistant.web import context, listing
from kb.formats import limits
from kb.model import Audience, Kind

FORMATS = ("xlsx", "csv", "markdown")


def show() -> str:
    """Choosing files, what an import would do, carrying it out, the imports before, exporting."""
    catalogue = context.services().catalogue.current()
    owners = {entry.stewardship.owner for entry, _shown in listing.visible(catalogue)}
    return render_template(
        "import.html",
        most_mib=limits.MAX_FILE // limits.MIB,
        most_rows=limits.MAX_ROWS,
        most_together=limits.MAX_TOGETHER,
        audiences=[audience.value for audience in Audience],
        kinds=[kind.value for kind in Kind],
        formats=FORMATS,
        owners=sorted(owners - {""}),
        entries=len(catalogue.entries),
    )
