"""Builds the tokenizer: a Unigram model whose pieces are words.

Chinese pieces are words found by rjieba and words of the THUOCL lexicon, with log-probabilities
from their counts, so the Viterbi search of Unigram cuts like a dictionary segmenter. Every common
single character is a piece and any other falls back to bytes: nothing is unknown.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from indexer.training.lexemes import COUNTS, read_general, read_lexicon, read_service_words
from indexer.training.settings import Settings
from indexer.training.textprep import HAN_RUN

Counts = dict[str, dict[str, int]]
TOKENIZER = "tokenizer.json"
UNKNOWN = "<unk>"
_ASCII = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
# Lists of THUOCL that a service desk meets, and how many of their words are taken at most.
_LISTS = {"IT": 2500, "caijing": 3500, "law": 3000, "food": 1500, "medical": 2500, "chengyu": 300}
LEXICON_FLOOR = 5e-7
SERVICE_FLOOR = 2e-5
_KEEP = r"%+#$¥€&@"


def gb2312_characters() -> list[str]:
    """Return the 6,763 characters of GB 2312, the common simplified ones."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def chinese_scores(counts: Counts, lexicon: Path, share: float) -> dict[str, float]:
    """Return probabilities of Chinese words and characters.

    Args:
        counts: Counts of the training text.
        lexicon: The THUOCL file.
        share: Part of the probability that comes from general Chinese (jieba's dictionary).
    """
    own, general = counts["han"], read_general()
    own_total, general_total = sum(own.values()), sum(general.values())
    found: dict[str, float] = {}
    for word, count in own.items():
        found[word] = (1 - share) * count / own_total
    for word, count in general.items():
        if HAN_RUN.fullmatch(word) and len(word) <= 5:
            found[word] = found.get(word, 0.0) + share * count / general_total
    taken: Counter[str] = Counter()
    for word, _, name in sorted(read_lexicon(lexicon), key=lambda row: -row[1]):
        if HAN_RUN.fullmatch(word) and 2 <= len(word) <= 4 and taken[name] < _LISTS.get(name, 0):
            taken[name] += 1
            found[word] = max(found.get(word, 0.0), LEXICON_FLOOR)
    for word in read_service_words():
        if HAN_RUN.fullmatch(word):
            found[word] = max(found.get(word, 0.0), SERVICE_FLOOR)
    return found


def english_pieces(counts: Counts, size: int) -> dict[str, float]:
    """Train word parts on English words and return them with their log-probabilities."""
    trainer = trainers.UnigramTrainer(
        vocab_size=size, unk_token=UNKNOWN, special_tokens=[UNKNOWN], show_progress=False
    )
    part = Tokenizer(models.Unigram())
    frequent = sorted(counts["words"].items(), key=lambda item: (-item[1], item[0]))[:60_000]
    repeated = (w for w, c in frequent for _ in range(max(1, min(200, round(c**0.5)))))
    part.train_from_iterator(repeated, trainer)
    vocab = json.loads(part.to_str())["model"]["vocab"]
    return {piece: score for piece, score in vocab if piece != UNKNOWN}


def scored_pieces(counts: Counts, lexicon: Path, s: Settings) -> dict[str, float]:
    """Choose the pieces and give each a log-probability; scripts never compete."""
    pieces: dict[str, float] = {}
    chars = {char: counts["chars"].get(char, 0) for char in gb2312_characters()}
    chars.update({c: n for c, n in counts["chars"].items() if n >= 20})
    words = counts["words"]
    total = sum(words.values())
    for piece, score in english_pieces(counts, s.english_pieces).items():
        pieces[piece] = score - 4.0
    for word, count in sorted(words.items(), key=lambda i: (-i[1], i[0]))[: s.english_words]:
        if len(word) > 1:
            pieces[word] = max(pieces.get(word, -99.0), math.log(count / total))
    total = sum(counts["numbers"].values())
    numbers = sorted(counts["numbers"].items(), key=lambda i: (-i[1], i[0]))
    for number, count in numbers[: s.numbers]:
        pieces[number] = math.log(count / total)
    for char in _ASCII:
        pieces[char] = max(pieces.get(char, -99.0), -16.0)
    han = chinese_scores(counts, lexicon, s.general_share)
    for char in chars:
        pieces[char] = math.log(max(han.get(char, 0.0), 1e-8))
    others = [c for c, n in counts["other"].items() if n >= 200 and not c.isspace()]
    for char in others:
        pieces.setdefault(char, -12.0)
    room = s.vocab_size - len(pieces) - 257
    ranked = sorted(
        ((w, p) for w, p in han.items() if 2 <= len(w) <= 6), key=lambda i: (-i[1], i[0])
    )
    for word, share in ranked[:room]:
        pieces[word] = math.log(share)
    return pieces


def build_tokenizer(pieces: dict[str, float]) -> Tokenizer:
    """Put normaliser, splitter and Unigram model together."""
    vocab: list[tuple[str, float]] = [(UNKNOWN, -30.0)]
    vocab += [(f"<0x{byte:02X}>", -25.0) for byte in range(256)]
    vocab += sorted(pieces.items(), key=lambda item: (-item[1], item[0]))
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=0, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    punctuation = rf"[^\p{{L}}\p{{N}}\p{{M}}\p{{So}}{_KEEP}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(punctuation), "removed"),
            pre_tokenizers.Split(Regex(rf"[\p{{Han}}]+|[a-z]+|[0-9]+|[{_KEEP}]"), "isolated"),
        ]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def write_tokenizer(counts: Path, lexicon: Path, settings: Settings, folder: Path) -> None:
    """Choose the vocabulary from the counts and save tokenizer.json."""
    loaded = json.loads((counts / COUNTS).read_text("utf-8"))
    tokenizer = build_tokenizer(scored_pieces(loaded, lexicon, settings))
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
