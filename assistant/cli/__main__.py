"""`python -m assistant.cli`: the same as the `zhike` command."""

from assistant.cli.group import main

main()
