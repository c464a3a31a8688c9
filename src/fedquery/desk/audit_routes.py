"""The pages of auditors: heads of logs, evidence, receipts, policies and figures; read-only.

No question, no case and no officer stands in them.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask import audit_results, shown
from fedquery.ask.evidence import DIRECTORY as EVIDENCE
from fedquery.ask.evidence import SUFFIX as NOTE
from fedquery.ask.receipts import SUFFIX as RECEIPT
from fedquery.ask.session import Distrusted, Session
from fedquery.audit.month import Month
from fedquery.desk import pages
from fedquery.desk.access import NotThereError
from fedquery.desk.audit_result_routes import result_lines
from fedquery.desk.federation_routes import freshened
from fedquery.desk.figures_view import figures_view
from fedquery.desk.log_heads import LogHead, log_head
from fedquery.desk.own_log import own_figures, own_head
from fedquery.desk.policy_table import policy_table
from fedquery.desk.roles import AUDITORS
from fedquery.desk.routing import page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.voice import Voice
from fedquery.federation.policy_summary import PolicySummary
from fedquery.tlog.proof_file import SUFFIX as PROOF

MONTHS: Final = 12
_NEWEST: Final = 5


def routes() -> list[BaseRoute]:
    """List the routes."""
    return [
        page("/desk/audit", audit_page, roles=AUDITORS),
        page("/desk/audit/figures", figures_page, roles=AUDITORS),
    ]


async def audit_page(request: Request, _visitor: Visitor) -> Response:
    """Show the heads of all logs, what contradicts them, and the policies side by side."""
    desk, voice = desk_of(request), voice_of(request)
    session = desk.client.session
    trouble = await freshened(session)
    path = desk.home.path
    receipts, proofs = await asyncio.to_thread(_counted, desk.home.receipts)
    results = await asyncio.to_thread(audit_results.listed, path)
    return pages.render(
        request,
        "audit.html",
        status=503 if trouble else 200,
        trouble=voice.say(trouble) if trouble else "",
        own=await asyncio.to_thread(own_head, path) if _has_signed(desk) else None,
        heads=_heads(session, desk.home.settings.nation, voice),
        evidence=await asyncio.to_thread(_names, path / EVIDENCE),
        receipts=voice.number(receipts),
        proofs=voice.number(proofs),
        policies=policy_table(dict(_policies(session)), voice),
        results=result_lines(results[:_NEWEST], voice),
        months=months_until(desk.clock()),
        auditor=desk.home.auditor is not None,
    )


async def figures_page(request: Request, _visitor: Visitor) -> Response:
    """Show the figures of a month of the agency's own log."""
    desk = desk_of(request)
    months = months_until(desk.clock())
    name = request.query_params.get("month", months[0])
    if name not in months:
        raise NotThereError
    figures = (
        await asyncio.to_thread(own_figures, desk.home.path, Month.parse(name))
        if _has_signed(desk)
        else None
    )
    return pages.render(
        request,
        "figures.html",
        month=name,
        months=months,
        log=None if figures is None else figures.log,
        view=None if figures is None else figures_view(figures, voice_of(request)),
    )


def months_until(now_ms: int) -> tuple[str, ...]:
    """List this month and those before it, in UTC, the newest first.

    Args:
        now_ms: the time.
    """
    now = datetime.fromtimestamp(now_ms / 1_000, UTC)
    count = now.year * 12 + now.month - 1
    return tuple(f"{one // 12:04}-{one % 12 + 1:02}" for one in range(count, count - MONTHS, -1))


def _has_signed(desk: Desk) -> bool:
    return desk.home.log.latest_checkpoint(desk.client.session.connection) is not None


def _heads(session: Session, own: str, voice: Voice) -> list[LogHead]:
    return [
        log_head(code, session.nations.get(code), shown.before(session.connection, node), voice)
        for code, node in sorted(session.federation.nodes.items())
        if code != own
    ]


def _policies(session: Session) -> Iterable[tuple[str, PolicySummary]]:
    for nation, state in session.nations.items():
        if not isinstance(state, Distrusted) and state.manifest.policy is not None:
            yield nation, state.manifest.policy


def _counted(receipts: Path) -> tuple[int, int]:
    """Count the receipts of a home, and the proofs that lie beside them."""
    names = [path.name for path in receipts.iterdir()] if receipts.is_dir() else []
    return (
        sum(name.endswith(RECEIPT) for name in names),
        sum(name.endswith(PROOF) and not name.startswith(".") for name in names),
    )


def _names(evidence: Path) -> list[str]:
    """Name what nations have signed and cannot stand by: notes, and receipts of their answers."""
    return sorted(path.name for end in (NOTE, RECEIPT) for path in evidence.glob(f"[!.]*{end}"))
