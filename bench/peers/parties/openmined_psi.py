"""One party of OpenMined PSI, which has no transport: a loopback connection carries its messages.

python openmined_psi.py server|client
"""

import contextlib
import socket
import sys
import threading

import lockstep
import private_set_intersection.python as psi

# What a query of the declared size may get wrong. fedquery's tags of 128 bits are far below.
_FALSE_POSITIVES = 1e-9
_LENGTH = 8


class Server:
    """Encodes its set once; then answers whoever connects."""

    def __init__(self) -> None:
        self._server = psi.server.CreateWithNewKey(True)
        self._setup = b""

    def prepare(self, command: lockstep.Command) -> dict[str, object]:
        """Encode the set in `rows`, for queries of at most `most` identifiers."""
        rows = list(lockstep.rows(command["rows"]))
        made = self._server.CreateSetupMessage(
            _FALSE_POSITIVES, command["most"], rows, psi.DataStructure.GCS
        )
        self._setup = made.SerializeToString()
        return {"rows": len(rows)}

    def listen(self, command: lockstep.Command) -> dict[str, object]:
        """Answer on `port` from now on."""
        listener = socket.create_server(("127.0.0.1", int(command["port"])))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return {}

    def _accept(self, listener: socket.socket) -> None:
        while True:
            connection, _address = listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(EOFError):
            while True:
                self._answer(connection, _receive(connection))

    def _answer(self, connection: socket.socket, asked: bytes) -> None:
        if not asked:
            _send(connection, self._setup)
            return
        request = psi.Request()
        request.ParseFromString(asked)
        _send(connection, self._server.ProcessRequest(request).SerializeToString())


class Client:
    """Fetches the encoded set once; then asks."""

    def __init__(self) -> None:
        self._setup = psi.ServerSetup()
        self._connection = socket.socket()

    def connect(self, command: lockstep.Command) -> dict[str, object]:
        """Connect to `port`."""
        self._connection.close()
        self._connection = socket.create_connection(("127.0.0.1", int(command["port"])))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return {}

    def fetch(self, _command: lockstep.Command) -> dict[str, object]:
        """Fetch the encoded set."""
        _send(self._connection, b"")
        self._setup.ParseFromString(_receive(self._connection))
        return {}

    def keep(self, command: lockstep.Command) -> dict[str, object]:
        """Write the encoded set to the file `cache`."""
        with open(str(command["cache"]), "wb") as file:  # noqa: PTH123 -- as short as it gets
            file.write(self._setup.SerializeToString())
        return {}

    def load(self, command: lockstep.Command) -> dict[str, object]:
        """Read the encoded set from the file `cache`."""
        with open(str(command["cache"]), "rb") as file:  # noqa: PTH123 -- as short as it gets
            self._setup.ParseFromString(file.read())
        return {}

    def ask(self, command: lockstep.Command) -> dict[str, object]:
        """Ask about the identifiers in `list`, with a key that was never used."""
        client = psi.client.CreateWithNewKey(True)
        request = client.CreateRequest(list(lockstep.rows(command["list"])))
        _send(self._connection, request.SerializeToString())
        response = psi.Response()
        response.ParseFromString(_receive(self._connection))
        return {"hits": len(client.GetIntersection(self._setup, response))}


def _send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(len(message).to_bytes(_LENGTH, "big") + message)


def _receive(connection: socket.socket) -> bytes:
    return _exactly(connection, int.from_bytes(_exactly(connection, _LENGTH), "big"))


def _exactly(connection: socket.socket, length: int) -> bytes:
    octets = bytearray()
    while len(octets) < length:
        part = connection.recv(min(length - len(octets), 1 << 20))
        if not part:
            raise EOFError
        octets += part
    return bytes(octets)


if __name__ == "__main__":
    if sys.argv[1] == "server":
        server = Server()
        lockstep.serve({"prepare": server.prepare, "listen": server.listen})
    else:
        client = Client()
        lockstep.serve(
            {
                "connect": client.connect,
                "fetch": client.fetch,
                "keep": client.keep,
                "load": client.load,
                "ask": client.ask,
            }
        )
