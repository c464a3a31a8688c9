"""The SDK: ask about identifiers, claim hits, screen lists, see how nations stand."""

from collections.abc import Collection

from fedquery.ask.claims import Claims
from fedquery.ask.doctor import Check, examine
from fedquery.ask.lookups import Lookups
from fedquery.ask.screenings import Screenings
from fedquery.ask.session import Distrusted
from fedquery.federation.ceilings import Ceilings
from fedquery.federation.policy_summary import PolicySummary


class Client(Lookups, Claims, Screenings):
    """An asking agency's client; `async with Client.open(home) as client`.

    One client serves many lookups at once. Several processes may share a home.
    """

    async def doctor(self) -> list[Check]:
        """Look at everything that a question needs, and say which part is wrong."""
        return await examine(self.session)

    async def policies(
        self, nations: Collection[str] | None = None
    ) -> dict[str, PolicySummary | Distrusted | None]:
        """Read what other nations tell of their policies, before they are asked.

        It is what each node signed in its manifest. What was decided, and by which file, stands in
        each answer.

        Args:
            nations: of whom; every other nation with a node by default.

        Returns:
            For each nation its summary; None where it tells nothing, or why it cannot be asked.

        Raises:
            InputError: if a nation is unknown or one's own.
            PeerError: if no coordinator answers.
        """
        chosen = self.choose(nations)
        await self.session.freshen(force=True)
        found = {nation: self.session.nations[nation] for nation in chosen}
        return {
            nation: one if isinstance(one, Distrusted) else one.manifest.policy
            for nation, one in found.items()
        }

    async def ceilings(
        self, nations: Collection[str] | None = None
    ) -> dict[str, Ceilings | Distrusted | None]:
        """Read the ordinary quota of other nations, before they are asked.

        It is what each node signed in its manifest; what is left of it stands in answers alone.

        Args:
            nations: of whom; every other nation with a node by default.

        Returns:
            For each nation its ceilings; None where it tells none, or why it cannot be asked.

        Raises:
            InputError: if a nation is unknown or one's own.
            PeerError: if no coordinator answers.
        """
        chosen = self.choose(nations)
        await self.session.freshen()
        found = {nation: self.session.nations[nation] for nation in chosen}
        return {
            nation: one if isinstance(one, Distrusted) else one.manifest.ceilings
            for nation, one in found.items()
        }
