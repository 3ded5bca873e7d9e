"""How often each pair is seen in an epoch."""

from __future__ import annotations

from indexer.training.corpus import Pair, family

# (family, kind) -> expected draws per epoch; a missing kind falls back to DEFAULTS.
WEIGHTS: dict[tuple[str, str], float] = {
    ("aliyun", "faq"): 4.0,
    ("aliyun", "title_section"): 1.0,
    ("aliyun", "api"): 0.3,
    ("aliyun", "parallel"): 0.7,
    ("ms", "faq"): 2.0,
    ("ms", "title_section"): 0.45,
    ("ms", "paraphrase"): 1.0,
    ("ms", "parallel"): 0.15,
    ("sgd", "dialogue"): 0.2,
    ("taskmaster4", "dialogue"): 0.5,
    ("clinc150", "paraphrase"): 2.0,
    ("bitext_support", "paraphrase"): 2.0,
    ("bitext_support", "dialogue"): 1.0,
    ("gnome_user_docs", "parallel"): 0.5,
    ("xsid_zh_en", "parallel"): 2.0,
    ("abcd_guidelines", "dialogue"): 2.0,
    ("kdconv", "dialogue"): 1.0,
    ("kdconv", "title_section"): 0.5,
    ("crosswoz_val_test", "dialogue"): 1.0,
    ("egret_wenda", "faq"): 3.0,
    ("cmrc2018", "faq"): 2.0,
    ("drcd", "faq"): 2.0,
}
DEFAULTS = {
    "faq": 2.0,
    "title_section": 0.7,
    "api": 0.3,
    "paraphrase": 1.0,
    "parallel": 0.7,
    "dialogue": 1.0,
    "cloze": 1.0,
}


def weight(pair: Pair) -> float:
    """Return how often the pair is drawn per epoch, on average."""
    base = WEIGHTS.get((family(pair.source), pair.kind), DEFAULTS[pair.kind])
    if pair.sub == "intent":
        base *= 2.0
    if pair.sub == "sentence":
        base *= 0.5
    return base
