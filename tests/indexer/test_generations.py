from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer import generations, publishing
from indexer.catalogue import load, saver
from indexer.generations import DamagedGeneration
from kb.errors import NotAllowed, StorageFull


def content(text: str) -> dict[str, Callable[[Path], object]]:
    return {"data.txt": lambda path: path.write_text(text), "same.txt": lambda p: p.write_text("=")}


def publish(root: Path, text: str) -> tuple[str, bool]:
    with publishing.writer(root):
        return publishing.publish(root, content(text), {"version": 1})


def test_the_newest_is_live_and_three_are_kept(tmp_path: Path) -> None:
    made = [publish(tmp_path, f"text {n}")[0] for n in range(5)]
    assert generations.current(tmp_path) == made[-1]
    assert generations.names(tmp_path) == [made[4], made[3], made[2]]
    place = generations.folder(tmp_path, made[-1])
    manifest = generations.read_manifest(place)
    assert generations.damaged_files(place, manifest) == ()
    assert manifest.facts["version"] == 1


def test_identical_content_is_not_written_twice(tmp_path: Path) -> None:
    name, new = publish(tmp_path, "one")
    assert new
    assert publish(tmp_path, "one") == (name, False)
    assert publish(tmp_path, "two")[1]


def test_a_damaged_live_generation_is_written_anew(tmp_path: Path) -> None:
    name, _ = publish(tmp_path, "one")
    (generations.folder(tmp_path, name) / "data.txt").write_text("0ne")
    again, new = publish(tmp_path, "one")
    assert new and again != name
    assert generations.current(tmp_path) == again


@pytest.mark.parametrize("file", ["data.txt", "manifest.json", "manifest.sha256"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_every_kind_of_damage_is_seen(tmp_path: Path, file: str, harm: str) -> None:
    name, _ = publish(tmp_path, "content")
    path = generations.folder(tmp_path, name) / file
    old = path.read_bytes()
    if harm == "flip":
        path.write_bytes(bytes([old[0] ^ 1]) + old[1:])
    elif harm == "cut":
        path.write_bytes(old[:-3])
    else:
        path.unlink()
    place = path.parent
    try:
        damaged = generations.damaged_files(place, generations.read_manifest(place))
    except DamagedGeneration as error:
        damaged = error.files
    assert damaged


def test_numbers_go_on_after_quarantine(tmp_path: Path) -> None:
    name, _ = publish(tmp_path, "one")
    generations.quarantine(tmp_path, name)
    assert not generations.folder(tmp_path, name).exists()
    again, new = publish(tmp_path, "one")
    assert new and again > name


def test_numbers_never_go_back(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    name, _ = publish(tmp_path, "two")
    shutil.rmtree(tmp_path / "generations")
    again, new = publish(tmp_path, "two")
    assert new and again > name


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with (
        publishing.writer(tmp_path),
        pytest.raises(NotAllowed, match="another process"),
        publishing.writer(tmp_path),
    ):
        pass
    with publishing.writer(tmp_path):
        pass


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_changes_nothing(tmp_path: Path, code: int) -> None:
    name, _ = publish(tmp_path, "one")

    def refuse(path: Path) -> None:
        path.write_text("half")
        raise OSError(code, "full")

    with publishing.writer(tmp_path), pytest.raises(StorageFull, match="disk is full"):
        publishing.publish(tmp_path, {"data.txt": refuse}, {})
    assert generations.current(tmp_path) == name
    assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]


def test_a_full_disk_is_noticed_while_arrays_are_written() -> None:
    for array in (np.zeros(10), np.zeros((100_000, 8), dtype=np.float16)):
        with pytest.raises(OSError) as refusal:
            saver(array)(Path("/dev/full"))
        assert refusal.value.errno == errno.ENOSPC


@pytest.mark.parametrize(
    "array",
    [np.arange(6).reshape(2, 3).T, np.empty((0, 4), np.float16), np.array([], np.uint64)],
)
def test_arrays_come_back_as_they_were(tmp_path: Path, array: np.ndarray) -> None:
    saver(array)(tmp_path / "array.npy")
    again = load(tmp_path / "array.npy")
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype


def test_leftovers_of_killed_builds_go(tmp_path: Path) -> None:
    (tmp_path / "generations" / ".building-999").mkdir(parents=True)
    name, _ = publish(tmp_path, "one")
    assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]
