"""Uploading pictures: taken by content, refused with a reason, served as nothing but pictures."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.images import MAX_IMAGE
from tests.kb.test_image_metadata import SECRET, XMP, exif
from tests.kb.test_images import HUGE, a_jpeg, a_png, part

IMAGES = "/api/v1/images"


def upload(client: FlaskClient, data: bytes, name: str = "截图.png", **fields: str) -> Any:
    """Written out here: the client's own forms leave a file open when they are large."""
    parts = [(f'name="file"; filename="{name}"', data)]
    parts += [(f'name="{key}"', value.encode()) for key, value in fields.items()]
    body = b"".join(
        b"--line\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + part + b"\r\n"
        for head, part in parts
    )
    return client.post(
        IMAGES, data=body + b"--line--\r\n", content_type="multipart/form-data; boundary=line"
    )


def test_a_picture_is_kept_and_shown(editor: FlaskClient, agent: FlaskClient) -> None:
    data = a_png(2, 2)
    made = upload(editor, data + b"PK\x03\x04", "../../../etc/passwd\x00.svg")
    assert made.status_code == 201
    found = made.json
    assert (found["width"], found["height"], found["bytes"]) == (2, 2, len(data))
    assert found["markdown"] == f"![](image:{found['name']})"
    assert found["url"] == f"/api/v1/images/{found['name']}"
    shown = agent.get(found["url"], buffered=True)
    assert shown.data == data
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    content = {"kind": "guide", "title": "步骤", "body": found["markdown"]}
    preview = editor.post("/api/v1/entries/preview", json={"content": content}).json
    assert found["url"] in preview["html"]
    assert upload(editor, data).json == found


def test_where_a_photograph_was_taken_is_not_kept(editor: FlaskClient, agent: FlaskClient) -> None:
    one = a_jpeg(5, 3, exif(6), part(0xFE, SECRET))
    other = a_jpeg(5, 3, part(0xE1, XMP), exif(6, ">")) + SECRET
    answer, again = upload(editor, one), upload(editor, other)
    assert (answer.status_code, again.status_code) == (201, 201)
    made = answer.json
    assert made == again.json
    shown = agent.get(made["url"], buffered=True).data
    assert SECRET in one and SECRET not in shown
    assert made["bytes"] == len(shown) < len(one)
    assert (made["width"], made["height"]) == (3, 5), "as it is shown: turned"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (a_png(HUGE, HUGE), "40 百万像素"),
        (a_jpeg()[:-2], "已损坏或不完整"),
        (b"<svg onload=alert(1)>", "不是 PNG"),
        (b"", "不是 PNG"),
        (a_png() + b"\0" * (MAX_IMAGE - 50), "5 MiB"),
    ],
    ids=["bomb", "cut off", "svg", "empty", "large"],
)
def test_a_refusal_says_why(editor: FlaskClient, data: bytes, reason: str) -> None:
    answer = upload(editor, data)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "file"
    assert reason in answer.json["errors"][0]["message"]


def test_what_is_no_upload_is_refused(editor: FlaskClient, agent: FlaskClient) -> None:
    assert upload(editor, b"\0" * (MAX_IMAGE + 100_000)).status_code == 413
    assert upload(editor, a_png(), surprise="1").status_code == 422
    assert editor.post(IMAGES, json={"file": "x"}).status_code == 415
    nothing = editor.post(IMAGES, data={"file": "text"}, content_type="multipart/form-data")
    assert nothing.status_code == 422
    assert upload(agent, a_png()).status_code == 403


def test_a_full_disk_keeps_nothing(editor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = upload(editor, a_png(2, 2))
    assert answer.status_code == 507
    again = upload(editor, a_png(2, 2))
    assert again.status_code == 201
    assert editor.get(again.json["url"], buffered=True).status_code == 200
