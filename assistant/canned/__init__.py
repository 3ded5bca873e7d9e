"""Canned replies: found by code, sound, words or meaning; private, a team's or the company's.

The company's are entries of kind `reply`; private ones and a team's live in a table of their own.
All of them end with the entries they rest on.
"""
