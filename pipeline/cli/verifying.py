"""The commands that look at what was published through its public address, for people and for monitoring."""

from __future__ import annotations

from datetime import datetime

import click

from pipeline.cli.base import Context, Silent, echo_json, json_option, now_option, progress_shown, reported

concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many requests may be under way at once.",
)


@click.command()
@click.option("--deep", is_flag=True, help="Read all bytes and compare them, and the headers of all objects.")
@click.option("--feed", "feeds", multiple=True, metavar="NAME", help="Look at this feed and what it names alone.")
@concurrency_option
@now_option
@json_option
@click.pass_obj
def verify(
    context: Context, deep: bool, feeds: tuple[str, ...], concurrency: int, now: datetime, as_json: bool
) -> None:
    """Follow the live feeds to all that they name, and compare the store with its manifest.

    Ends with 4 where anything is broken; warnings end with 0.
    """
    from pipeline.report.verification import verified_lines, verified_values
    from pipeline.verify import Request, observe_published

    with reported(as_json=as_json):
        request = Request(
            root=context.root,
            overrides=context.overrides,
            now=now,
            progress=Silent() if as_json else progress_shown(),
            deep=deep,
            feeds=feeds,
            concurrency=concurrency,
        )
        found = observe_published(request)
        if as_json:
            echo_json(verified_values(found))
        else:
            click.echo("\n".join(verified_lines(found)))
    if found.broken:
        raise SystemExit(4)


@click.command()
@concurrency_option
@now_option
@json_option
@click.pass_obj
def leaks(context: Context, concurrency: int, now: datetime, as_json: bool) -> None:
    """Ask for all that the store holds as a stranger does, and search it for what is not for everybody.

    Every public object is read whole and searched for the titles, notes, transcripts, names and audio of episodes that
    are for members, not due yet or withdrawn; everything private must be refused. Ends with 4 where anything is found.
    """
    from pipeline.leaks import Request, observe_leaks
    from pipeline.report.leaks import leak_lines, leak_values

    with reported(as_json=as_json):
        request = Request(
            root=context.root,
            overrides=context.overrides,
            now=now,
            progress=Silent() if as_json else progress_shown(),
            concurrency=concurrency,
        )
        found = observe_leaks(request)
        if as_json:
            echo_json(leak_values(found))
        else:
            click.echo("\n".join(leak_lines(found)))
    if found.leaks:
        raise SystemExit(4)
