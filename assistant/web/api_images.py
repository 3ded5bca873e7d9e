"""API: taking pictures of entries into the store. They are read in `api_exchange`."""

from __future__ import annotations

from flask import request, url_for

from assistant.accounts.policy import Action
from assistant.web import context
from assistant.web.contact_requests import NothingIn
from assistant.web.editing_responses import ImageOut
from assistant.web.import_jobs import jobs
from assistant.web.problems import Refusal
from assistant.web.routing import FORM, Routes
from kb.errors import StorageFull
from kb.formats.wording import said
from kb.images import MAX_IMAGE, SCHEME, problem_of
from kb.store import is_full

routes = Routes()


@routes.post(
    "/images",
    Action.ENTRIES_WRITE,
    body=NothingIn,
    returns=ImageOut,
    status=201,
    accepts=(FORM,),
    upload=MAX_IMAGE,
)
def add_image(body: NothingIn) -> ImageOut:
    """Keep a picture for use in entries; what it is, its content says and not its name.

    Where it was taken and what else its file tells besides is left out.
    """
    data = request.files["file"].stream.read(MAX_IMAGE + 1)
    if problem := problem_of(data):
        message = said(problem, context.lang())
        raise Refusal(422, "fields", {"count": 1}, [{"field": "file", "message": message}])
    store = jobs().imports.images
    try:
        name = store.put(data)
    except OSError as error:
        if is_full(error):
            raise StorageFull("the disk is full; the picture was not kept") from error
        raise
    path = store.path(name)
    width, height = store.size(name) or (0, 0)
    return {
        "name": name,
        "url": url_for("api.read_image", name=name),
        "markdown": f"![]({SCHEME}{name})",
        "width": width,
        "height": height,
        "bytes": path.stat().st_size if path else 0,
    }
