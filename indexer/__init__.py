"""The search index, building and opening it: text, chunks, encoder, vectors, keywords, search.

Start here: `indexer.search.Searcher` answers queries, `indexer.build.Indexer` makes the index and
`indexer.watch` keeps it in step with the knowledge base. Importing these loads nothing heavy, and
no OpenMP thread is started before or after a `fork`: FAISS is held to one thread in each thread
that searches. Processes that fork should still set `OMP_NUM_THREADS=1` for other libraries.
"""
