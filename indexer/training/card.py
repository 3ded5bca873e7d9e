"""Writes the model card."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

from indexer.training.evaluate import as_table
from indexer.training.settings import Settings

ABLATION = Path(__file__).with_name("ablation.md")
_HEAD = """---
language: [zh, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---
# zhike-static-zh-en

A small static text encoder for Chinese and English customer service, trained from scratch. A text's
vector is the mean of its tokens' vectors, scaled to unit length; compare by dot product.

{vocabulary:,} tokens, {dim} dimensions. No other model's weights or output were used.

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("indexer/models/zhike-static-zh-en")
vectors = model.encode(["我想退款", "how do I get a refund"])
```

## Files
`model.safetensors` holds `embeddings` (int8, tokens × dimensions) and `weights` (float32, one
factor per token); the vector of token *i* is `embeddings[i] * weights[i]` in float32.
`StaticEmbedding` reads this form as it stands. With `tokenizers` and numpy alone the same vectors
come out (see `indexer/encoder.py`, equal within 1e-6): tokenise without special tokens,
average, divide by the length; a text without tokens gives zeros. `tokenizer.json` is
self-contained: NFKC, lower case, punctuation dropped, then a Unigram model whose pieces are words;
unknown characters become bytes.
Traditional Chinese must be converted to simplified (OpenCC `t2s`) before encoding.

## Figures
Development benchmarks, dense model alone, title and text of each document, all queries that have an
answer. They were used to choose settings, so expect less on other data. On the Chinese
retrieval sets BM25 over character 1+2-grams is better than this model alone (see below).
The command:

```
python -m indexer.training.evaluate --data $DATA/eval \\
    --model indexer/models/zhike-static-zh-en
```

"""
_TRAINING = """
## Training
```
python -m indexer.training --data $DATA --work var/training \\
    --out indexer/models/zhike-static-zh-en
```
On two CPU cores; a killed run goes on where it stopped. Seeds are fixed (`seed` below); thread
count and library versions can still change the last digits.

- Text: NFKC, OpenCC t2s, lower case. About 690,000 pairs, drawn with weights (`mix.py`), and
  inverse-cloze pairs (a sentence against the rest of its paragraph).
- Vocabulary: Chinese words by rjieba, THUOCL and jieba's dictionary (both MIT) and our own list of
  shopping and service words; all GB 2312 characters; English words and word parts.
- Loss: multiple negatives ranking, both directions, in-batch negatives; equal queries, passages and
  intents are no negatives. In the first epoch half of the batches come from one publisher, with
  neighbouring sections together; in the second a batch is made of groups of queries that the model
  itself finds alike. Tokens are dropped at random and small talk is added ("您好请问", "thanks").
- Vectors are trained as own part + shared parts (characters and character pairs of a Chinese word,
  4- and 5-grams of an English one), times a fixed inverse-frequency magnitude, and baked into one
  table at the end, their lengths evened out by `norm_power`.

Settings:
```json
{settings}
```
"""
_LIMITS = """
## Limitations
- Word order, negation and context are invisible: 能退款 and 不能退款 are close.
- Training text is mostly cloud, office and business software; retail, insurance and law are thin,
  and most Microsoft Chinese is machine translated. Use it beside keyword search, not alone.
- Chinese and English are aligned loosely; cross-language search is a help, not a promise.
- Figures and names that were never seen carry little meaning beyond their spelling.

## Sources and licences
The training text is not part of this folder. Share-alike terms matter where the text itself is
passed on. Full list with repositories and commits: `train/MANIFEST.md` of the training data. The
evaluation sets were never trained on.

"""


def sources(manifest: str) -> str:
    """Return the sources grouped by licence, and the attribution lines, from the manifest."""
    pairs: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for line in manifest.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) >= 10 and cells[5].replace(",", "").isdigit():
            pairs[cells[3]] += int(cells[5].replace(",", ""))
            names.setdefault(cells[3], []).append(cells[1])
    lines = ["| licence | pairs | sources |", "| --- | --- | --- |"]
    for licence, count in pairs.most_common():
        lines.append(f"| {licence} | {count:,} | {', '.join(sorted(names[licence]))} |")
    attribution = manifest.split("## Attribution lines needed", 1)[-1].strip()
    return "\n".join(lines) + "\n\nAttribution:\n" + attribution + "\n"


def model_card(
    figures: dict[str, dict[str, float]], settings: Settings, vocabulary: int, manifest: str
) -> str:
    """Return README.md of the model folder.

    Args:
        figures: Figures per evaluation set.
        settings: Settings of the run.
        vocabulary: Number of tokens.
        manifest: Text of the training data's MANIFEST.md.
    """
    dump = json.dumps(dataclasses.asdict(settings), indent=1)
    parts = [
        _HEAD.format(vocabulary=vocabulary, dim=settings.dim),
        as_table(figures),
        _TRAINING.format(settings=dump),
    ]
    if ABLATION.exists():
        parts.append("\n" + ABLATION.read_text("utf-8"))
    parts += [_LIMITS, sources(manifest)]
    return "".join(parts)
