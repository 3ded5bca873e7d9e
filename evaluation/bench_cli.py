"""Commands that measure the speed of the service; registered as `zhike bench`."""

from __future__ import annotations

from pathlib import Path

import click

from evaluation.options import CONTENT, JSON, say, show


@click.group(invoke_without_command=True)
@CONTENT
@click.option("--clients", default=20, show_default=True, help="Concurrent clients.")
@click.option("--requests", default=100, show_default=True, help="Requests of each client.")
@click.option("--think", default=0.2, show_default=True,
              help="Mean seconds a client of the paced load thinks between questions.")  # fmt: skip
@click.pass_context
def bench(context: click.Context, content: Path, clients: int, requests: int, think: float) -> None:
    """Latency of search on the real service under concurrent clients.

    Two loads are printed: paced (clients think between questions) and saturated (they do not,
    which shows capacity). Server times are from the Server-Timing header.

    `zhike bench console` measures open consoles, `zhike bench widget` open widgets of self-service,
    `zhike bench impact` previews instead.
    """
    if context.invoked_subcommand is not None:
        return
    from evaluation import bench as load_test
    from evaluation import judged as judged_file
    from evaluation.workspace import service, workspace

    queries = [item.query for item in judged_file.load()]
    click.echo(f"Importing {content} and starting the service …", err=True)
    with workspace(content) as copy, service(copy.settings) as (port, token):
        load_test.measure(port, token, queries, load_test.Load(clients, 10, 0.0))  # warm-up
        for name, pause in (("paced", think), ("saturated", 0.0)):
            load = load_test.Load(clients, requests, pause)
            samples, seconds = load_test.measure(port, token, queries, load)
            label = f"{name}, {clients} clients" + (f", think {pause} s" if pause else "")
            click.echo("\n".join(load_test.table(label, samples, seconds)))


@bench.command("console")
@CONTENT
@click.option("--consoles", default=200, show_default=True, type=click.IntRange(min=1),
              help="Open consoles, each of its own agent.")  # fmt: skip
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(min=0.05))
@click.option("--every", default=5.0, show_default=True, type=click.FloatRange(min=0.1),
              help="Seconds between two messages of a contact.")  # fmt: skip
@click.option("--answers/--no-answers", "answered", default=True, show_default=True,
              help="Customer and agent write in turn, or customers alone.")  # fmt: skip
@JSON
def bench_console(
    content: Path, consoles: int, minutes: float, every: float, answered: bool, as_json: bool
) -> None:
    """Many open consoles: from a customer's message to the suggestion at the console.

    Exit code 1 when something did not hold: an error, an event lost or told twice, a 95th
    percentile over 200 ms, or memory that grows.

    \b
    Examples:
      zhike bench console
      zhike bench console --minutes 1 --consoles 50 --json
    """  # noqa: D301
    from evaluation import bench_console as load_test

    say(f"Importing {content} and starting the service …")
    load = load_test.Load(consoles, minutes, every, answered)
    measured = load_test.measure(content, load, say)
    show(load_test.as_json(measured), load_test.text(measured), as_json=as_json,
         failed=bool(measured.failures))  # fmt: skip


@bench.command("widget")
@CONTENT
@click.option("--widgets", default=300, show_default=True, type=click.IntRange(min=4))
@click.option("--streams", default=60, show_default=True, type=click.IntRange(min=1),
              help="Widgets that are with a person and follow their events.")  # fmt: skip
@click.option("--rate", default=50.0, show_default=True, type=click.FloatRange(min=0.5),
              help="Messages a second, of all widgets together.")  # fmt: skip
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(min=2))
@click.option("--times", default=3.0, show_default=True, type=click.FloatRange(min=1),
              help="How many times as many messages the overload has.")  # fmt: skip
@click.option("--over-seconds", default=60.0, show_default=True, type=click.FloatRange(min=2))
@JSON
def bench_widget(
    content: Path, widgets: int, streams: int, rate: float, seconds: float, times: float,
    over_seconds: float, as_json: bool,
) -> None:  # fmt: skip
    """Many open widgets: the load that must be borne, too much of it, and what comes after.

    An index is published in the middle of the load. Exit code 1 when something did not hold: a
    95th percentile over 200 ms, more than one message in a thousand that is refused or goes wrong,
    an index that is not live before the load is over, an overload that is neither refused within
    1.5 s nor answered within 2 s, memory that grows under it, or a service that does not recover.

    \b
    Examples:
      zhike bench widget
      zhike bench widget --widgets 50 --rate 20 --seconds 20 --over-seconds 20 --json
    """  # noqa: D301
    from evaluation import bench_widget as load_test

    say(f"Importing {content} and starting the service …")
    load = load_test.Load(widgets, rate, seconds, streams, times, over_seconds)
    measured = load_test.measure(content, load, say)
    show(load_test.as_json(measured), load_test.text(measured), as_json=as_json,
         failed=bool(measured.failures))  # fmt: skip


@bench.command("impact")
@CONTENT
@click.option("--entries", default=1_000, show_default=True, type=click.IntRange(min=1))
@click.option("--questions", default=500, show_default=True, type=click.IntRange(min=1))
@click.option("--previews", default=7, show_default=True, type=click.IntRange(min=1))
@JSON
def bench_impact(content: Path, entries: int, questions: int, previews: int, as_json: bool) -> None:
    """How long an impact preview takes, and what it spends the time on.

    The content is copied until there are enough entries; the questions are judged queries. Exit
    code 1 when the median is over 3 s.

    \b
    Examples:
      zhike bench impact
      zhike bench impact --entries 10000 --previews 3
    """  # noqa: D301
    from assistant.serve import limit_threads

    limit_threads()
    from evaluation import bench_impact as load_test

    measured = load_test.measure(content, entries, questions, previews, say)
    show(load_test.as_json(measured), load_test.text(measured), as_json=as_json,
         failed=measured.median > load_test.BAR_SECONDS)  # fmt: skip
