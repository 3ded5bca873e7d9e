"""The `zhike` command. Importing it costs click only; each command brings what it needs."""

from assistant.cli.group import main

__all__ = ["main"]
