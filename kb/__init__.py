"""The knowledge base: what an entry is, its revisions, lifecycle, validity and freshness.

This package never imports Flask, torch or faiss, and importing it is cheap: every heavier
library (SQLAlchemy, Markdown) is imported by the module that needs it, not here.
"""
