"""Saved questions, kept by the API."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

URL = "/api/v1/questions"


def saved(client: FlaskClient, **more: Any) -> dict[str, Any]:
    answer = client.post(URL, json={"text": "门锁没电了进不去", "expects": ["lock-power"], **more})
    assert answer.status_code == 201, answer.json
    return answer.json  # type: ignore[no-any-return]
