"""A coordinator's calls to a node by which logs are witnessed, over the link that it has.

A node is both: a log that is witnessed, and a witness of the others.
"""

from fedquery.transport import witness_messages as messages
from fedquery.transport.node_link import NodeLink
from fedquery.transport.witness_messages import WitnessReply


class WitnessLink:
    """The calls to one node.

    Every method raises PeerError, as `NodeLink.ask` does.

    Args:
        link: the way to the node.
        deadline_s: seconds that each call may take.
    """

    def __init__(self, link: NodeLink, deadline_s: float) -> None:
        self._link = link
        self._deadline_s = deadline_s

    async def checkpoint(self) -> bytes:
        """Fetch the newest checkpoint of the node's log, a signed note that is to be verified."""
        request = messages.encode_checkpoint_request()
        return await self._link.unary(
            "Checkpoint", request, messages.decode_checkpoint, self._deadline_s
        )

    async def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Ask the node to cosign; the lines of its reply are to be verified.

        Args:
            body: as c2sp.org/tlog-witness has it, at most `witness.REQUEST_CAP` octets.
        """
        request = messages.encode_add_checkpoint(body)
        return await self._link.unary(
            "AddCheckpoint", request, messages.decode_witness_reply, self._deadline_s
        )

    async def witnessed(self, origin: str) -> bytes:
        """Fetch what the node has cosigned last of a log: a note, or b"" for nothing."""
        request = messages.encode_witnessed_request(origin)
        return await self._link.unary(
            "Witnessed", request, messages.decode_witnessed, self._deadline_s
        )

    async def cosigned(self, note: bytes) -> None:
        """Hand the node a checkpoint of its own log that others have cosigned."""
        request = messages.encode_cosigned(note)
        await self._link.unary(
            "Cosigned", request, messages.decode_cosigned_reply, self._deadline_s
        )
