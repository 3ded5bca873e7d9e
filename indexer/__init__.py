"""Building and opening the search index: text analysis, chunks, encoder, vectors, keywords, search."""
