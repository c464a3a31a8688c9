"""The pages of policies: how they have changed, who may learn what by a file, what a new one does.

Files that are brought along are another nation's, and hostile: a process of its own reads them.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask import policies_seen
from fedquery.ask.session import Distrusted
from fedquery.desk import pages
from fedquery.desk.access import NotThereError
from fedquery.desk.case_form import AIM_NAMES, ROLE_NAMES
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.policy_form import (
    CAP,
    HANDLING_NAMES,
    SIGNER_NAMES,
    StudyForm,
    blank,
    nations_of,
)
from fedquery.desk.policy_history import policy_history
from fedquery.desk.proof_routes import file_of
from fedquery.desk.roles import AUDITORS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.studies import KeptStudy, Studies
from fedquery.desk.study_changes import is_wider, not_covered, reworded, situations, verdict
from fedquery.desk.study_file import FILES
from fedquery.desk.study_view import study_view
from fedquery.desk.voice import Voice
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.study import study

ADDRESS: Final = "/desk/audit/policies"
_ID: Final = 8
_BUSY: Final = N_("Other files are being looked at. Wait a moment, then send it again.")
_REFUSED: Final = N_("This file cannot be taken. See what is wrong with it.")
_HARMFUL: Final = N_("These files could not be looked at: they crash the engine or take too long.")
_SCHEMA: Final = N_("This is no schema of policies that this release reads.")
_IN_FORCE: Final = N_("%(nation)s says that this file is in force.")
_NOT_IN_FORCE: Final = N_("%(nation)s says that another file is in force: %(digest)s")
_UNTOLD: Final = N_("What is in force in %(nation)s is not known here now.")


@dataclass(frozen=True, slots=True)
class PolicyPages:
    """The pages, and what came of the files that were brought along.

    Attributes:
        studies: what came of them.
        turn: held while files are looked at: it takes a processor for seconds.
    """

    studies: Studies
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> list[BaseRoute]:
        """List the routes."""
        one = f"{ADDRESS}/{{study_id}}"
        return [
            page(ADDRESS, policies_page, roles=AUDITORS),
            act(ADDRESS, self.bring, StudyForm, roles=AUDITORS, cap=CAP),
            page(one, self.study_page, roles=AUDITORS),
            page(f"{one}/{{name}}", self.study_file, roles=AUDITORS),
        ]

    async def bring(self, request: Request, visitor: Visitor, form: StudyForm) -> Response:
        """Look at files, and lead to what came of them."""
        desk, voice = desk_of(request), voice_of(request)
        federation = desk.client.session.federation
        faults = form.faults(federation)
        if faults:
            errors = {name: voice.say(fault) for name, fault in faults.items()}
            return await _page(request, form, status=422, errors=errors)
        if self.turn.locked():
            return await _page(request, form, status=503, errors={"policy": voice.say(_BUSY)})
        files = form.files(federation, desk.clock())
        try:
            async with self.turn:
                studied = await asyncio.to_thread(study, files)
        except PolicyError as error:
            of_schema = error.name.endswith(".cedarschema")
            errors = (
                {"schema": voice.say(_SCHEMA)} if of_schema else {"policy": voice.say(_HARMFUL)}
            )
            return await _page(request, form, status=422, errors=errors)
        if studied.complaints:
            return await _complained(request, form, studied.complaints, voice)
        kept = KeptStudy(
            study_id=desk.random(_ID).hex(),
            session=visitor.session_id_hash,
            made_ms=desk.clock(),
            nation=files.nation,
            usual=files.usual,
            studied=studied,
        )
        self.studies.keep(kept)
        return pages.redirect(f"{ADDRESS}/{kept.study_id}")

    async def study_page(self, request: Request, visitor: Visitor) -> Response:
        """Show who may learn what, and what changes."""
        kept = self._kept(request, visitor)
        desk, voice, studied = desk_of(request), voice_of(request), kept.studied
        view = study_view(kept.usual, studied, voice)
        return pages.render(
            request,
            "policy_study.html",
            nation=nation_name(kept.nation, voice.say),
            view=view,
            rules=[sorted(one.items()) for one in studied.rules],
            standing=[_standing(desk, kept.nation, digest, voice) for digest in view.digests[:-1]],
            verdict=verdict(studied, voice) if view.is_compared else (),
            is_wider=is_wider(studied),
            reworded=reworded(studied),
            not_covered=not_covered(studied),
            situations=tuple(map(voice.number, situations(studied))) if view.is_compared else (),
            left_out=voice.number(studied.left_out) if studied.left_out else "",
            address=f"{ADDRESS}/{kept.study_id}",
            made_ms=kept.made_ms,
        )

    async def study_file(self, request: Request, visitor: Visitor) -> Response:
        """Give what came of files, for programs or as a table."""
        kept = self._kept(request, visitor)
        name = request.path_params["name"]
        make = FILES.get(name)
        octets = None if make is None else make(kept.studied)
        if octets is None:
            raise NotThereError
        media_type = "application/json" if name.endswith(".json") else "text/csv; charset=utf-8"
        return file_of(desk_of(request), f"{kept.nation}-{name}", octets, media_type)

    def _kept(self, request: Request, visitor: Visitor) -> KeptStudy:
        return self.studies.read(visitor.session_id_hash, request.path_params["study_id"])


async def policies_page(request: Request, _visitor: Visitor) -> Response:
    """Show how policies have changed, and take files along."""
    return await _page(request, blank(desk_of(request).home.settings.agency))


async def _page(
    request: Request,
    form: StudyForm,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    complaints: tuple[tuple[str, str], ...] = (),
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    session = desk.client.session
    codes = nations_of(session.federation)
    seen = {code: policies_seen.seen(session.connection, code) for code in codes}
    return pages.render(
        request,
        "policies.html",
        status=status,
        # Thousands of rules, where nations have many and changed them all.
        history=await asyncio.to_thread(policy_history, seen, voice),
        form=form,
        errors=errors or {},
        complaints=complaints,
        has_engine=find_spec("cedarpy") is not None,
        nations=[("", "-"), *((code, nation_name(code, voice.say)) for code in codes)],
        agencies=[(name, name) for name in sorted(session.federation.agencies)],
        signers=_options(SIGNER_NAMES, voice),
        roles=_options(ROLE_NAMES, voice),
        aims=_options(AIM_NAMES, voice),
        handlings=_options(HANDLING_NAMES, voice),
    )


async def _complained(
    request: Request,
    form: StudyForm,
    complaints: tuple[tuple[int, Complaint], ...],
    voice: Voice,
) -> Response:
    number = min(place for place, _ in complaints)
    return await _page(
        request,
        form,
        status=422,
        errors={("policy", "newer")[number]: voice.say(_REFUSED)},
        complaints=tuple(
            (f"{one.line}:{one.column}", one.text) for place, one in complaints if place == number
        ),
    )


def _standing(desk: Desk, nation: str, digest: str, voice: Voice) -> str:
    """Say whether a file is the one that its nation says is in force."""
    state = desk.client.session.nations.get(nation)
    name = nation_name(nation, voice.say)
    told = None if state is None or isinstance(state, Distrusted) else state.manifest.policy
    if told is None:
        return voice.say(_UNTOLD, nation=name)
    if told.digest.hex() == digest:
        return voice.say(_IN_FORCE, nation=name)
    return voice.say(_NOT_IN_FORCE, nation=name, digest=told.digest.hex())


def _options(names: Mapping[str, str], voice: Voice) -> list[tuple[str, str]]:
    return [(key, voice.say(name)) for key, name in names.items()]
