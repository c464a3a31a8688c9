"""One party of SPU's unbalanced PSI. Both parties of a step have to be told of it.

python spu_ub_psi.py server|client FOLDER
"""

import os
import sys
from pathlib import Path

import lockstep
from spu import psi
from spu.libspu import link

_COLUMN = "id"
_KEY_LENGTH = 32  # octets: SPU does not make the key, and takes no other length
_RETRIES, _RETRY_MS = 600, 10  # the default waits for seconds where the other is not up yet
_ALIVE_MS = 1_800_000


class Party:
    """The server or the client; its cache and key are in a folder of its own."""

    def __init__(self, role: str, folder: Path) -> None:
        self._rank = 0 if role == "server" else 1
        self._role = getattr(psi.UbPsiRole, f"ROLE_{role.upper()}")
        self._folder = folder
        self._link = None

    def prepare(self, command: lockstep.Command) -> dict[str, object]:
        """Encode the set in `rows`; a link of one party at `port`, without which SPU crashes."""
        key = self._folder / "key"
        key.write_bytes(os.urandom(_KEY_LENGTH))
        key.chmod(0o600)
        alone = _linked([int(command["port"])], 0)
        mode = psi.UbPsiMode.MODE_OFFLINE_GEN_CACHE
        report = psi.ub_psi_execute(self._config(mode, str(command["rows"]), ""), alone)
        alone.stop_link()
        return {"rows": report.original_count}

    def connect(self, command: lockstep.Command) -> dict[str, object]:
        """Make the link with the other party, by the `ports` of server and client."""
        self._link = _linked(command["ports"], self._rank)
        return {}

    def fetch(self, command: lockstep.Command) -> dict[str, object]:
        """Send or receive the encoded set; both want a file with the column, here `list`."""
        mode = psi.UbPsiMode.MODE_OFFLINE_TRANSFER_CACHE
        psi.ub_psi_execute(self._config(mode, str(command["list"]), ""), self._link)
        return {}

    def ask(self, command: lockstep.Command) -> dict[str, object]:
        """Ask about the identifiers in `list`, or answer."""
        asked = str(command["list"]) if self._rank else ""
        out = str(self._folder / "found.csv") if self._rank else ""
        mode = psi.UbPsiMode.MODE_ONLINE
        report = psi.ub_psi_execute(self._config(mode, asked, out), self._link)
        return {"hits": report.intersection_count}

    def close(self, _command: lockstep.Command) -> dict[str, object]:
        """Close the link; this ends when the other party does so too."""
        if self._link is not None:
            self._link.stop_link()
            self._link = None
        return {}

    def _config(self, mode: psi.UbPsiMode, path: str, out: str) -> psi.UbPsiExecuteConfig:
        of_server = {} if self._rank else {"secret_key_path": str(self._folder / "key")}
        return psi.UbPsiExecuteConfig(
            mode=mode,
            role=self._role,
            client_receive_result=True,
            cache_path=str(self._folder / "cache"),
            input_params=psi.InputParams(path=path, selected_keys=[_COLUMN], keys_unique=True),
            output_params=psi.OutputParams(path=out, disable_alignment=True),
            server_params=psi.UbPsiServerParams(**of_server),
        )


def _linked(ports: list[int], rank: int) -> link.Context:
    wanted = link.Desc()
    wanted.connect_retry_times = _RETRIES
    wanted.connect_retry_interval_ms = _RETRY_MS
    wanted.recv_timeout_ms = wanted.http_timeout_ms = _ALIVE_MS
    for number, port in enumerate(ports):
        wanted.add_party(f"party {number}", f"127.0.0.1:{port}")
    return link.create_brpc(wanted, rank)


if __name__ == "__main__":
    party = Party(sys.argv[1], Path(sys.argv[2]))
    lockstep.serve(
        {
            "prepare": party.prepare,
            "connect": party.connect,
            "fetch": party.fetch,
            "ask": party.ask,
            "close": party.close,
        }
    )
