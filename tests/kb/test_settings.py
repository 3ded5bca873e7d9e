"""Settings from the environment and `.env`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb import settings as settings_module
from kb.errors import InvalidInput
from kb.settings import Settings, read_dotenv


def test_defaults(tmp_path: Path) -> None:
    settings = Settings.from_env({}, tmp_path)
    assert settings.data == Path("var")
    assert settings.database_url == "sqlite:///var/zhike.db"
    assert settings.site_tz.key == "Asia/Shanghai"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.workers, settings.threads, settings.encoder) == (2, 32, "")
    assert (settings.reranker, settings.reranker_weight) == ("", 0.5)


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# comment\nPORT=9000\nexport ZHIKE_DATA='/srv/知客'\nZHIKE_TZ = \"Europe/Berlin\"\n\nbroken\n",
        "utf-8",
    )
    settings = Settings.from_env({"PORT": "9001", "ZHIKE_WORKERS": "4"}, tmp_path)
    assert (settings.port, settings.workers) == (9001, 4)
    assert settings.data == Path("/srv/知客")
    assert settings.database_url == "sqlite:////srv/知客/zhike.db"
    assert settings.site_tz.key == "Europe/Berlin"


def test_every_bad_value_is_named(tmp_path: Path) -> None:
    bad = {"PORT": "eighty", "ZHIKE_WORKERS": "0", "ZHIKE_TZ": "Mars/Base", "ZHIKE_THREADS": "²"}
    for weight in ("half", "1.1", "-0.1", "nan"):
        bad["ZHIKE_RERANKER_WEIGHT"] = weight
        with pytest.raises(InvalidInput) as caught:
            Settings.from_env(bad, tmp_path)
        assert {problem.field for problem in caught.value.problems} == set(bad)


def test_keys_are_not_shown(tmp_path: Path) -> None:
    given = {"ZHIKE_ENCODER_KEY": "sk-one", "ZHIKE_RERANKER_KEY": "sk-two"}
    settings = Settings.from_env(given, tmp_path)
    assert (settings.encoder_key, settings.reranker_key) == ("sk-one", "sk-two")
    assert "sk-" not in repr(settings)


def test_the_example_file_names_every_setting_with_its_default(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text("utf-8")
    (tmp_path / ".env").write_text(re.sub(r"(?m)^#(?=[A-Z_]+=)", "", example), "utf-8")
    given = read_dotenv(tmp_path / ".env")
    assert Settings.from_env({}, tmp_path) == Settings.from_env({}, tmp_path / "nowhere")
    delivery = Path(__file__).parents[2] / "assistant" / "desk" / "delivery.py"
    sources = [Path(settings_module.__file__), delivery]
    read = {
        name
        for source in sources
        for name in re.findall(r'"(ZHIKE_[A-Z_]+|PORT)"', source.read_text("utf-8"))
    }
    assert set(given) == read
