"""The lines of one query as they come: cut from a stream of octets, and joined to answers."""

import hmac

from fedquery.transport.query_lines import LINE_CAP, Line, NoAnswerLine, malformed_line


class LineReader:
    """Cut a stream of octets into lines, none longer than the cap."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, octets: bytes) -> list[bytes]:
        """Take octets and give the lines that they complete.

        Raises:
            EncodingError: if a line is longer than the cap.
        """
        *lines, rest = octets.split(b"\n")
        if lines:
            lines[0] = bytes(self._rest) + lines[0]
            self._rest.clear()
        self._rest += rest
        if len(self._rest) > LINE_CAP or any(len(line) > LINE_CAP for line in lines):
            raise malformed_line()
        return lines

    def end(self) -> None:
        """Require that the stream did not end within a line.

        Raises:
            EncodingError: if it did.
        """
        if self._rest:
            raise malformed_line()


class AnswerJoiner:
    """Join the frames of one query, each nation's in order.

    Args:
        digests: nation to the digest of the request envelope that it was sent.
    """

    def __init__(self, digests: dict[str, bytes]) -> None:
        self._digests = digests
        self._parts: dict[str, list[bytes]] = {}

    def add(self, line: Line) -> bytes | None:
        """Take a line of a nation that has no outcome yet.

        Returns:
            The whole answer envelope where this was its last frame; none otherwise.

        Raises:
            EncodingError: if the line is about another nation or envelope, or out of order.
        """
        expected = self._digests.get(line.nation)
        if expected is None or not hmac.compare_digest(expected, line.request_digest):
            raise malformed_line()
        if isinstance(line, NoAnswerLine):
            del self._digests[line.nation]
            return None
        parts = self._parts.setdefault(line.nation, [])
        if line.frame != len(parts):
            raise malformed_line()
        parts.append(line.answer)
        if not line.last:
            return None
        del self._digests[line.nation]
        return b"".join(self._parts.pop(line.nation))
