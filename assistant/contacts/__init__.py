"""Contacts with customers: their messages, who handles them, and the feed of what happens.

No Flask, no knowledge of the web.
"""
