"""Writing together: what people are still writing, and what they say about a revision.

Nothing here is content: an entry and its lifecycle stay with `kb`. No Flask; SQL in `store` alone.
"""
