"""Offline training of the default encoder (`python -m indexer.training`).

Nothing here is imported by the product. The result is a complete sentence-transformers folder
(`indexer/models/zhike-static-zh-en`), read at serving time with `tokenizers` and numpy alone.
"""
