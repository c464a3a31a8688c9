"""The reference: a bare mutual-TLS gRPC echo, fanned out to five processes.

As a program it is one of the five: `python -m bench.echo DIRECTORY` echoes what it is sent.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import grpc

from fedquery.cli.demo.processes import Service
from fedquery.federation.certificates import issue, make_ca

_WARM_UP = 20  # the first ones connect
_METHOD = "/bench.Echo/Echo"
_OPTIONS = [("grpc.max_receive_message_length", 2**22), ("grpc.max_send_message_length", 2**22)]


def write_certificates(directory: Path) -> None:
    """Write an authority, and one certificate for both ends."""
    now_ms = int(time.time() * 1000)
    authority = make_ca("bench", now_ms)
    leaf = issue(authority, "fedquery://coordinator/bench", ["127.0.0.1"], now_ms)
    (directory / "ca.pem").write_bytes(authority.certificate_pem)
    (directory / "leaf.pem").write_bytes(leaf.certificate_pem)
    (directory / "leaf.key").write_bytes(leaf.key_pem)


async def _serve(directory: Path) -> None:
    async def echo(request: bytes, _context: object) -> bytes:
        wanted = int.from_bytes(request[:4], "big")
        return bytes(wanted)

    server = grpc.aio.server(options=_OPTIONS)
    handler = grpc.unary_unary_rpc_method_handler(echo)
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),)
    )
    pair = ((directory / "leaf.key").read_bytes(), (directory / "leaf.pem").read_bytes())
    credentials = grpc.ssl_server_credentials([pair], (directory / "ca.pem").read_bytes(), True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    print(f'{{"event":"ready","port":{port}}}', flush=True)
    await server.wait_for_termination()


def start(directory: Path, count: int) -> list[Service]:
    """Start so many echoing processes."""
    return [
        Service(f"echo {number}", "bench.echo", (str(directory),), directory / "log")
        for number in range(count)
    ]


async def measure(
    directory: Path, ports: Sequence[int], up: int, down: int, runs: int
) -> list[float]:
    """Time the fan-out of one request to all of them, until the last has answered.

    Args:
        directory: where the certificates are.
        ports: where they listen.
        up: octets of a request.
        down: octets of an answer.
        runs: how often.
    """
    credentials = grpc.ssl_channel_credentials(
        (directory / "ca.pem").read_bytes(),
        (directory / "leaf.key").read_bytes(),
        (directory / "leaf.pem").read_bytes(),
    )
    request = down.to_bytes(4, "big") + bytes(up - 4)
    samples = []
    async with AsyncExitStack() as stack:
        channels = [
            await stack.enter_async_context(
                grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options=_OPTIONS)
            )
            for port in ports
        ]
        calls = [channel.unary_unary(_METHOD) for channel in channels]
        for run in range(runs + _WARM_UP):
            started_s = time.perf_counter()
            await asyncio.gather(*(call(request, timeout=10) for call in calls))
            if run >= _WARM_UP:
                samples.append(time.perf_counter() - started_s)
    return samples


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
