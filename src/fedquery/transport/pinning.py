"""Whose certificate a node shows, looked at in a TLS handshake of its own before it is trusted.

gRPC for Python verifies a server by its host name only, and falls back to the common name; what is
found here is then the only certificate that its channel trusts.
"""

import asyncio
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from fedquery.errors import PeerError, SignatureError
from fedquery.transport.tls import certificate_uri


async def pinned_certificate(address: str, context: ssl.SSLContext, uri: str) -> bytes:
    """Make a handshake, check whose certificate is shown, and hang up.

    Args:
        address: `host:port`.
        context: a client's, with the only trusted authority.
        uri: the one URI that the certificate must have.

    Returns:
        the certificate in PEM.

    Raises:
        PeerError: `why` is `tls`, `reset` or `node-down`.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        _reader, writer = await asyncio.open_connection(
            host, int(port), ssl=context, server_hostname=host
        )
    except ssl.SSLError:
        raise PeerError("the node's certificate is not trusted", why="tls") from None
    except ConnectionResetError:
        raise PeerError("the node hung up", why="reset") from None
    except OSError:
        raise PeerError("the node cannot be reached", why="node-down") from None
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True)
    writer.transport.abort()
    try:
        certificate = x509.load_der_x509_certificate(der or b"")
        names_the_node = certificate_uri(certificate) == uri
    except (SignatureError, ValueError):
        raise PeerError("the node's certificate names nobody", why="tls") from None
    if not names_the_node:
        raise PeerError("the node's certificate names another party", why="tls")
    return certificate.public_bytes(serialization.Encoding.PEM)
