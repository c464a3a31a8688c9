"""Limits of the gRPC links; all follow from the size classes and from how long people wait."""

from typing import Final

from fedquery.seal.envelope import REQUEST_CAP
from fedquery.seal.size import ANSWER_CAP as ANSWER_ENVELOPE_CAP

MIB: Final = 1024 * 1024

# Octets.
ENVELOPE_CAP: Final = REQUEST_CAP
ANSWER_CAP: Final = ANSWER_ENVELOPE_CAP
FRAME_LENGTH: Final = MIB
MANIFEST_CAP: Final = MIB
HASH_LENGTH: Final = 32

# Tiles (c2sp.org/tlog-tiles): 256 hashes at most; five levels above the leaves reach 2^48.
TILE_WIDTH: Final = 256
TILE_LEVELS: Final = 6
TILE_INDEX_BITS: Final = 48

# The tag and length of the one field of a message.
FRAMING: Final = 16
MESSAGE_CAP: Final = MIB + FRAMING

# Seconds. A call with less left than MIN_LEFT_S could not be answered in time; the server keeps
# SERVER_MARGIN_S for the way back; no call holds a slot longer than MAX_CALL_S.
MIN_LEFT_S: Final = 0.150
SERVER_MARGIN_S: Final = 0.100
MAX_CALL_S: Final = 30.0

CALLS_PER_CHANNEL: Final = 16
CALLS_PER_SERVER: Final = 64

Options = tuple[tuple[str, int], ...]

_COMMON: Final[Options] = (
    # The soft limit alone lets more pass now and then.
    ("grpc.max_metadata_size", 8 * 1024),
    ("grpc.absolute_max_metadata_size", 16 * 1024),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # Bit 0 is "identity": a compressed message is refused, so there is no bomb and no length that
    # depends on content.
    ("grpc.compression_enabled_algorithms_bitset", 1),
)

SERVER_OPTIONS: Final[Options] = (
    *_COMMON,
    ("grpc.max_receive_message_length", ENVELOPE_CAP + FRAMING),
    ("grpc.max_send_message_length", MESSAGE_CAP),
    ("grpc.max_concurrent_streams", 32),
    ("grpc.server_handshake_timeout_ms", 5_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
    ("grpc.max_connection_idle_ms", 300_000),
    # A revoked certificate is gone within ten minutes.
    ("grpc.max_connection_age_ms", 600_000),
    ("grpc.max_connection_age_grace_ms", 10_000),
    # Two nodes on one port would share its calls without a word.
    ("grpc.so_reuseport", 0),
)

CHANNEL_OPTIONS: Final[Options] = (
    *_COMMON,
    ("grpc.max_receive_message_length", MESSAGE_CAP),
    ("grpc.max_send_message_length", ENVELOPE_CAP + FRAMING),
    # A retry is the asker's, with the same request id; the channel makes none of its own.
    ("grpc.enable_retries", 0),
    ("grpc.service_config_disable_resolution", 1),
    # Proxies from the environment would see who talks to whom.
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    # A node that came back is found within seconds, not after the default two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 3_000),
)
