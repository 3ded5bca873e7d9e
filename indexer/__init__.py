"""The search index, building and opening it: text, chunks, encoder, vectors, keywords."""
