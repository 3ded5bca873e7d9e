from __future__ import annotations

from pathlib import Path

import pytest

from indexer.training.settings import Settings, load_settings
from indexer.training.steps import files_fingerprint, fingerprint, run_step


class Maker:
    """Writes a file, and counts how often; dies half-way when told to."""

    def __init__(self, dies: bool = False) -> None:
        self.runs = 0
        self.dies = dies

    def __call__(self, folder: Path) -> None:
        self.runs += 1
        (folder / "result").write_text("half")
        if self.dies:
            raise KeyboardInterrupt
        (folder / "result").write_text("whole")


def test_a_finished_step_is_kept_for_the_same_key_only(tmp_path: Path) -> None:
    make = Maker()
    first = run_step(tmp_path, "pairs", "a", make)
    assert run_step(tmp_path, "pairs", "a", make) == first
    assert make.runs == 1
    other = run_step(tmp_path, "pairs", "b", make)
    assert other != first
    assert (first / "result").is_file(), "going back to earlier settings costs nothing"
    assert make.runs == 2


def test_a_killed_step_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_step(tmp_path, "pairs", "a", Maker(dies=True))
    assert not (tmp_path / "pairs-a").exists()
    again = Maker()
    folder = run_step(tmp_path, "pairs", "a", again)
    assert again.runs == 1
    assert (folder / "result").read_text() == "whole"


def test_fingerprints_follow_content_and_names_not_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    before = files_fingerprint([one, two])
    assert files_fingerprint([two, one]) == before
    two.write_text("3")
    assert files_fingerprint([one, two]) != before
    assert fingerprint("a", {"b": 1, "c": 2}) == fingerprint("a", {"c": 2, "b": 1})
    assert fingerprint("a", "b") != fingerprint("ab")


def test_settings_are_overridden_by_known_names_only(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"dim": 64, "matryoshka": [16, 32]}')
    assert load_settings(file) == Settings(dim=64, matryoshka=(16, 32))
    file.write_text('{"dims": 64}')
    with pytest.raises(ValueError, match="dims"):
        load_settings(file)
