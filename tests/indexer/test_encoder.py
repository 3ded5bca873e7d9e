from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from indexer.encoder import SHIPPED, NotStatic, StaticEncoder, load_encoder
from kb.errors import NotFound
from kb.settings import Settings
from tests.indexer.fakes import tiny_model


def settings(encoder: str) -> Settings:
    return Settings(Path("var"), "sqlite://", ZoneInfo("Asia/Shanghai"), encoder=encoder)


@pytest.mark.slow
def test_light_runtime_equals_the_library(tmp_path: Path) -> None:
    # In a process of its own: the library warns, and takes seconds to import.
    script = """
        import sys
        from pathlib import Path
        import numpy as np
        from sentence_transformers import SentenceTransformer
        from indexer.encoder import SentenceTransformerEncoder, StaticEncoder

        texts = ["退货运费多久到账", "KFR-35GW 空调不凉怎么办", "", "ＡＢＣ abc", "龘",
                 "How long does shipping take?", "退貨運費誰付", "e5 代码 2.4GHz"]
        for folder, tolerance in zip(sys.argv[1:], (1e-5, 1e-5, 2e-3)):
            light = StaticEncoder(Path(folder)).encode(texts)
            model = SentenceTransformer(folder, device="cpu")
            np.testing.assert_allclose(
                light, model.encode(texts, normalize_embeddings=True), atol=tolerance
            )
            any_model = SentenceTransformerEncoder(folder)
            np.testing.assert_allclose(light, any_model.encode(texts), atol=tolerance)
            assert any_model.dimensions == light.shape[1]
            assert any_model.encode([]).shape == (0, light.shape[1])
            again = SentenceTransformerEncoder(folder)
            assert any_model.fingerprint == again.fingerprint
    """
    folders = [tiny_model(tmp_path / "tiny"), tiny_model(tmp_path / "int8", scaled=True), SHIPPED]
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_vectors_are_normalised_and_unknown_texts_are_zero(tmp_path: Path) -> None:
    encoder = StaticEncoder(tiny_model(tmp_path / "tiny"))
    found = encoder.encode(["退货", ""])
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 0], atol=1e-6)
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_a_text_has_the_same_vector_in_any_company(tmp_path: Path) -> None:
    encoder = StaticEncoder(tiny_model(tmp_path / "tiny"))
    together = encoder.encode(["退货", "空调不凉", "冰箱"])
    np.testing.assert_array_equal(together[1], encoder.encode(["空调不凉"])[0])


def test_fingerprint_follows_the_weights_not_the_folder(tmp_path: Path) -> None:
    one, two = tiny_model(tmp_path / "one"), tiny_model(tmp_path / "two")
    other = tiny_model(tmp_path / "other", scaled=True)
    assert StaticEncoder(one).fingerprint == StaticEncoder(two).fingerprint
    assert StaticEncoder(one).fingerprint != StaticEncoder(other).fingerprint


def test_the_shipped_model_is_the_default() -> None:
    encoder = load_encoder(settings(""))
    assert encoder.name == SHIPPED.name
    assert sum(f.stat().st_size for f in SHIPPED.rglob("*.safetensors")) <= 24 * 2**20


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    assert load_encoder(settings(str(tiny_model(tmp_path / "own")))).name == "own"


def test_missing_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"modules\.json"):
        StaticEncoder(tmp_path)
    folder = tiny_model(tmp_path / "tiny")
    (folder / "model.safetensors").unlink()
    with pytest.raises(NotFound, match="weights"):
        StaticEncoder(folder)


def test_contextual_models_are_left_to_the_library(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny")
    modules = json.loads((folder / "modules.json").read_text())
    modules.insert(1, {"idx": 1, "name": "1", "path": "1_Dense", "type": "x.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(NotStatic):
        StaticEncoder(folder)
