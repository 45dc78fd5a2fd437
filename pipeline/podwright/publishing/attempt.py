"""The long way of a publish: look at the workspace and the store, decide, and write."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import replace

from podwright.core.errors import ConflictError, UnsafePlanError
from podwright.publishing.apply import apply_plan
from podwright.publishing.events import planned_event
from podwright.publishing.moving import is_rest, move
from podwright.publishing.outcome import Outcome
from podwright.publishing.pending_notices import pending_notices
from podwright.publishing.plan import check_accepted
from podwright.publishing.proposal import Proposal, observe_remembered, proposed, proposed_to_move, show_or_raise
from podwright.publishing.settled import Look, Settled, look, remember
from podwright.publishing.turn import Turn, begun_turn, take_turn
from podwright.stores import is_to_be_tried

#: How often a publish that lost a race looks again before it gives up.
ATTEMPTS = 5


def publish_planned(seen: Look, *, accepted: Collection[str]) -> Outcome:
    """Publish by a plan; where another run published first, look again. Raises as `publish` does."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(ConflictError):
            return _publish_once(_moved(seen, accepted=accepted), accepted=accepted)
        seen = look(seen.session)
    return _publish_once(_moved(seen, accepted=accepted), accepted=accepted)


def _moved(seen: Look, *, accepted: Collection[str]) -> Look:
    """Move the private side where the settings name another place for it than it has, if nothing else is in the way."""
    session, former = seen.session, seen.session.former
    if former is None:
        return seen
    if not is_rest(former):
        with proposed_to_move(seen, former) as proposal:
            check_accepted(proposal.plan, accepted)
    move(session, former)
    return look(session)


def _publish_once(seen: Look, *, accepted: Collection[str]) -> Outcome:
    """Plan; where there is something to write, become the only one who writes, and plan again if anything changed.

    The workspace may have: between its look and its plan another run may have published an edit that this one did not
    see, and which it would take back. Where the store is as the last run from here left it, none has.
    """
    session = seen.session
    # All that is wrong with the workspace's settings is told before the store is asked for anything.
    show_or_raise(session)
    observed = observe_remembered(session)
    with contextlib.ExitStack() as stack:
        is_first = observed[1] is None and is_to_be_tried(session.store)
        begun = stack.enter_context(begun_turn(session)) if is_first else None
        proposal = stack.enter_context(proposed(seen, observed=observed))
        _announce(proposal, accepted=accepted)
        if not proposal.plan.writes:
            return _settle(proposal, etag=proposal.etag)
        turn = begun() if begun else stack.enter_context(take_turn(session))
        if not turn.moved and (seen.knows(proposal.etag, session.show.storage) or not seen.is_outdated):
            return _apply(proposal, turn)
        with proposed(look(session)) as anew:
            _announce(anew, accepted=accepted)
            return _apply(anew, turn)


def _announce(proposal: Proposal, *, accepted: Collection[str]) -> None:
    """Tell the plan.

    Raises UnsafePlanError for what nobody accepted; ConflictError where the workspace changed meanwhile, since the plan
    may be so for that reason alone.
    """
    proposal.session.hear(planned_event(proposal.plan, store=proposal.store))
    try:
        check_accepted(proposal.plan, accepted)
    except UnsafePlanError:
        if not proposal.look.is_outdated:
            raise
        raise ConflictError("the workspace changed while it was read; publish again") from None


def _apply(proposal: Proposal, turn: Turn) -> Outcome:
    session, etag, manifest = proposal.session, proposal.etag, proposal.manifest
    if proposal.plan.writes:
        etag = apply_plan(
            proposal.plan,
            turn.store,
            previous=replace(manifest, capabilities=manifest.capabilities or turn.manifest.capabilities),
            etag=etag,
            progress=session.progress,
            check=turn.check,
            hear=session.hear,
            deadline=session.deadline,
            build_dir=proposal.build_dir,
        )
    return _settle(proposal, etag=etag)


def _settle(proposal: Proposal, *, etag: str | None) -> Outcome:
    """Return the outcome of a publish that found or made the store equal to the workspace; remember it."""
    plan, podcast, show = proposal.plan, proposal.podcast, proposal.session.show
    _remember(proposal, etag=etag)
    return Outcome(
        store=proposal.store,
        plan=plan,
        # Advice is for those who look at a plan.
        problems=tuple(problem for problem in podcast.problems if problem.level != "advice"),
        live=plan.live,
        waiting=plan.waiting,
        next_due=podcast.horizon,
        unlisted=plan.unlisted,
        withdrawn=plan.withdrawn,
        pending=pending_notices(podcast, plan, show, etag=etag),
    )


def _remember(proposal: Proposal, *, etag: str | None) -> None:
    """Remember that the store equals the workspace, unless a file is so fresh that it may change unseen."""
    seen, session, plan = proposal.look, proposal.session, proposal.plan
    if etag is None or not seen.is_believed:
        return
    settled = Settled(
        fingerprint=seen.fingerprint,
        since=proposal.podcast.moment,
        until=proposal.podcast.horizon,
        storage=session.show.storage,
        etag=etag,
        owed=bool(plan.manifest.pending_notices),
        live=plan.live,
        waiting=plan.waiting,
        unlisted=plan.unlisted,
        withdrawn=plan.withdrawn,
    )
    remember(proposal.cache, settled)
    proposal.cache.save(folder.folder for folder in session.scan.episodes)
