"""The keys of a node: files 0600 that are checked at each read, seeds apart from the database.

    keys/{signing,log,witness}.key   Ed25519 seeds
    keys/kem/<key id>.key            X-Wing seeds, a day each
    seeds/<dataset>/<version>.seed   one for each published version; destroyed when it retires
    tls/{node.crt,node.key,ca.crt,ca.key}

Who has a seed and the index of its version can find low-entropy identifiers offline. That is why
seeds lie in a directory of their own: keep it out of backups and snapshots.
"""

from pathlib import Path

from fedquery.config.keyfile import (
    check_private,
    check_private_directory,
    destroy,
    make_private_directory,
    read_secret,
    write_secret,
)
from fedquery.federation.names import witness_name
from fedquery.seal.kem import KemPrivateKey
from fedquery.seal.signing import SigningKey
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer

SEED_LENGTH = 32


class KeyStore:
    """The key files below one data directory.

    Args:
        home: the data directory.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._keys = home / "keys"
        self._seeds = home / "seeds"
        self.tls = home / "tls"

    def make_directories(self) -> None:
        """Make the directories, 0700.

        Raises:
            ConfigError: if one cannot be made.
        """
        for directory in (self._keys, self._keys / "kem", self._seeds, self.tls):
            make_private_directory(directory)

    def check(self) -> None:
        """Check who may enter and swap what lies here, also what is not read at a start.

        Raises:
            ConfigError: if a mode or an owner is wrong, with the command that mends it.
        """
        # A restored directory has neither KEM keys nor seeds until they are made anew.
        later = (self._keys / "kem", self._seeds, *self._seeds.glob("*"))
        for directory in (self._home, self._keys, self.tls, *filter(Path.exists, later)):
            check_private_directory(directory)
        # An authority of the nation's own keeps its key elsewhere.
        if (self.tls / "ca.key").exists():
            check_private(self.tls / "ca.key")

    def create(self, name: str, seed: bytes) -> None:
        """Write the seed of the key `signing`, `log` or `witness`.

        Raises:
            ConfigError: if the file exists.
        """
        write_secret(self._keys / f"{name}.key", seed)

    def signing_key(self) -> SigningKey:
        """Read the key that signs answers and manifests.

        Raises:
            ConfigError: if the file is missing or its mode or owner is wrong.
        """
        return SigningKey(read_secret(self._keys / "signing.key", SEED_LENGTH))

    def log_signer(self, origin: str) -> Signer:
        """Read the key that signs checkpoints.

        Raises:
            ConfigError: if the file is missing or its mode or owner is wrong.
        """
        return Signer(origin, read_secret(self._keys / "log.key", SEED_LENGTH))

    def cosigner(self, nation: str) -> Cosigner:
        """Read the key that cosigns the logs of others.

        Raises:
            ConfigError: if the file is missing or its mode or owner is wrong.
        """
        seed = read_secret(self._keys / "witness.key", SEED_LENGTH)
        return Cosigner(witness_name(nation), seed)

    def create_kem(self, seed: bytes) -> KemPrivateKey:
        """Write the seed of a KEM key under its key id, and give the key."""
        key = KemPrivateKey(seed)
        path = self._kem_path(key.key_id)
        # A restored directory has none, because these keys are never backed up.
        make_private_directory(path.parent)
        write_secret(path, seed)
        return key

    def has_kem(self, key_id: bytes) -> bool:
        """Say whether the file of a KEM key is there."""
        return self._kem_path(key_id).exists()

    def kem_key(self, key_id: bytes) -> KemPrivateKey:
        """Read a KEM key.

        Raises:
            ConfigError: if the file is missing or its mode or owner is wrong.
        """
        return KemPrivateKey(read_secret(self._kem_path(key_id), SEED_LENGTH))

    def destroy_kem(self, key_id: bytes) -> None:
        """Overwrite and remove a KEM key; one that is gone already is no error."""
        destroy(self._kem_path(key_id))

    def create_seed(self, dataset: str, version: int, seed: bytes) -> None:
        """Write the seed of a version.

        Raises:
            ConfigError: if the file exists.
        """
        # One after the other: parents that are made by the way would be open to others.
        for directory in (self._seeds, self._seeds / dataset):
            make_private_directory(directory)
        write_secret(self._seed_path(dataset, version), seed)

    def read_seed(self, dataset: str, version: int) -> bytes:
        """Read the seed of a version.

        Raises:
            ConfigError: if the file is missing or its mode or owner is wrong.
        """
        return read_secret(self._seed_path(dataset, version), SEED_LENGTH)

    def destroy_seed(self, dataset: str, version: int) -> None:
        """Overwrite and remove the seed of a version; one that is gone already is no error."""
        if self._seed_path(dataset, version).parent.is_dir():
            destroy(self._seed_path(dataset, version))

    def seeds_of(self, dataset: str) -> tuple[int, ...]:
        """List the versions of a dataset whose seeds exist, ascending."""
        directory = self._seeds / dataset
        if not directory.is_dir():
            return ()
        names = (path.stem for path in directory.glob("*.seed"))
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    def datasets_with_seeds(self) -> tuple[str, ...]:
        """List the datasets that have, or had, seeds."""
        return tuple(directory.name for directory in self._seeds.glob("*") if directory.is_dir())

    def _kem_path(self, key_id: bytes) -> Path:
        return self._keys / "kem" / f"{key_id.hex()}.key"

    def _seed_path(self, dataset: str, version: int) -> Path:
        return self._seeds / dataset / f"{version}.seed"
