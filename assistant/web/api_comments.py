"""API: what people say about a revision before it goes live, and settling it."""

from __future__ import annotations

from http import HTTPMethod

from assistant.accounts.policy import Action
from assistant.editing.comments import Shown
from assistant.editing.model import Comment
from assistant.web import context, editing_views
from assistant.web.canned_responses import DeletedOut
from assistant.web.contact_requests import NothingIn
from assistant.web.editing_requests import CommentIn
from assistant.web.editing_responses import CommentOut, CommentsOut
from assistant.web.lookup import known_entry, known_revision
from assistant.web.requests import NoQuery
from assistant.web.routing import Routes

routes = Routes()
_COMMENTS = "/entries/<entry_id>/revisions/<int:number>/comments"


@routes.get(_COMMENTS, Action.ENTRIES_WRITE, query=NoQuery, returns=CommentsOut)
def list_comments(entry_id: str, number: int, query: NoQuery) -> CommentsOut:
    """List the comments of a revision, with open ones of earlier revisions that still apply."""
    _catalogue, entry = known_entry(entry_id)
    shown = context.services().comments.on(entry, known_revision(entry, number))
    caller = context.principal()
    return {"comments": [editing_views.comment_out(one, caller) for one in shown]}


@routes.post(_COMMENTS, Action.ENTRIES_WRITE, body=CommentIn, returns=CommentOut, status=201)
def add_comment(entry_id: str, number: int, body: CommentIn) -> CommentOut:
    """Comment on a revision, about some of its words if given, or reply to a comment."""
    _catalogue, entry = known_entry(entry_id)
    made = context.services().comments.add(
        known_revision(entry, number),
        context.principal().name,
        body.text,
        quote=body.quote,
        field=body.field,
        reply_to=body.reply_to,
    )
    return _told(made)


@routes.post(
    "/comments/<int:comment_id>/resolve", Action.ENTRIES_WRITE, body=NothingIn, returns=CommentOut
)
def resolve_comment(comment_id: int, body: NothingIn) -> CommentOut:
    """Settle the thread that a comment begins."""
    _expect_known(comment_id)
    return _told(context.services().comments.resolve(comment_id, context.principal().name))


@routes.post(
    "/comments/<int:comment_id>/reopen", Action.ENTRIES_WRITE, body=NothingIn, returns=CommentOut
)
def reopen_comment(comment_id: int, body: NothingIn) -> CommentOut:
    """Open a settled thread again."""
    _expect_known(comment_id)
    return _told(context.services().comments.reopen(comment_id, context.principal().name))


@routes.add(
    HTTPMethod.DELETE,
    "/comments/<int:comment_id>",
    Action.ENTRIES_WRITE,
    query=NoQuery,
    returns=DeletedOut,
)
def take_comment_back(comment_id: int, query: NoQuery) -> DeletedOut:
    """Delete a comment of the caller's own that nobody has answered."""
    _expect_known(comment_id)
    context.services().comments.take_back(comment_id, context.principal().name)
    return {"deleted": True}


def _expect_known(comment_id: int) -> None:
    """A comment on what the caller may not read is as good as none."""
    comment = context.services().comments.get(comment_id)
    _catalogue, entry = known_entry(comment.entry_id)
    known_revision(entry, comment.revision)


def _told(comment: Comment) -> CommentOut:
    return editing_views.comment_out(Shown(comment, carried=False), context.principal())
