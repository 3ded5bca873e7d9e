"""The command group: finds a command when it is asked for, turns our errors into exit codes."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from kb.errors import ZhikeError

FINDINGS, BAD_INPUT = 1, 2
PLUGINS = "zhike.commands"

# Name → (module, attribute, one line for the overview): listing them loads none of them.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "serve": ("assistant.cli.serve", "serve", "Start the service."),
    "import": ("assistant.cli.exchange", "import_", "Import Markdown, XLSX, CSV, DOCX or HTML."),
    "export": ("assistant.cli.exchange", "export", "Export everything as Markdown, XLSX or CSV."),
    "check": ("assistant.cli.check", "check", "Check content files or the database."),
    "index": ("assistant.cli.index", "index", "Build the search index."),
    "search": ("assistant.cli.search", "search", "Search from the command line."),
    "questions": ("assistant.cli.questions", "questions", "Questions that must be answered."),
    "freshness": ("assistant.cli.freshness", "freshness", "Show what needs attention."),
    "token": ("assistant.cli.tokens", "token", "Make and revoke API tokens."),
    "user": ("assistant.cli.users", "user", "Manage people who sign in."),
    "site": ("assistant.cli.sites", "site", "Say which pages may embed the widget."),
    "backup": ("assistant.cli.backup", "backup", "Copy the database while it is in use."),
    "restore": ("assistant.cli.backup", "restore", "Put a backup in place of the database."),
}


class LazyGroup(click.Group):
    """Commands by name, loaded on use; further ones come from the entry-point group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands in their own order, then those of plug-ins."""
        return [*COMMANDS, *sorted(_plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name in COMMANDS:
            module, attribute, _line = COMMANDS[cmd_name]
            found = getattr(import_module(module), attribute)
        elif cmd_name in (plugins := _plugins()):
            found = plugins[cmd_name].load()
        else:
            return None
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without loading any command of ours; plug-ins are asked for their line."""
        rows = [(name, line) for name, (_module, _attribute, line) in COMMANDS.items()]
        rows += [(name, _line(plugin)) for name, plugin in sorted(_plugins().items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; an error of ours becomes its message and exit code 2."""
        try:
            return super().invoke(ctx)
        except ZhikeError as error:
            click.echo(str(error), err=True)
            ctx.exit(BAD_INPUT)


def _line(plugin: EntryPoint) -> str:
    command = plugin.load()
    return str(command.get_short_help_str(limit=60))


def _plugins() -> dict[str, Any]:
    return {p.name: p for p in entry_points(group=PLUGINS) if p.name not in COMMANDS}


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhike", prog_name="zhike")
def main() -> None:
    """Zhike, a knowledge assistant for customer-service teams.

    Settings come from the environment or a `.env` file: ZHIKE_DATA (folder, default `var`),
    ZHIKE_DATABASE_URL, ZHIKE_TZ, ZHIKE_ENCODER, ZHIKE_HOST, PORT, ZHIKE_WORKERS, ZHIKE_THREADS,
    ZHIKE_CONTACT_DAYS, ZHIKE_FRAME_ANCESTORS, ZHIKE_CHECK_LINKS, ZHIKE_WIDGET_PER_VISIT,
    ZHIKE_WIDGET_PER_ADDRESS, ZHIKE_WIDGET_PER_SITE, ZHIKE_WIDGET_AT_ONCE. Others (re-ranker, keys,
    webhooks, e-mail) stand in `.env.example`.

    Exit codes: 0 fine, 1 something was found, 2 wrong usage or bad input.

    \b
    Examples:
      zhike serve --import content
      zhike freshness --fail-on expired,conflict
      zhike token create --role agent --name console
    """  # noqa: D301 - \b keeps click from joining the lines
    if sys.stdout.encoding and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        # Chinese must not end a script with an encoding error on an old terminal.
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
