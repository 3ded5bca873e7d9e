import pytest

from assistant import progress


def test_it_is_silent_at_first_and_then_speaks_every_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    said: list[str] = []
    tell = progress.Progress(said.append, "files")
    for second in range(7):
        now[0] = 100.0 + second
        tell(second, 9)
    assert said == ["  2 of 9 files", "  4 of 9 files", "  6 of 9 files"]
