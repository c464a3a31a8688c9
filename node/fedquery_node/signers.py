"""Keys of people at a node: operators approve policies, supervisors sign reviews off.

A key file is an Ed25519 seed, 0600, called ROLE.NATION.LABEL.key; its name in notes is
ROLE/NATION/LABEL. Which keys count stands in node.toml.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import read_secret, write_secret
from fedquery.errors import ConfigError, EncodingError, InputError
from fedquery.federation.names import check_label, check_nation
from fedquery.tlog.note import Signer, VerifierKey

ROLES: Final = ("operator", "supervisor")
MOST: Final = 16
_SEED: Final = 32
_FILE: Final = re.compile(r"(operator|supervisor)\.([A-Z]{2})\.([a-z0-9-]{1,40})\.key", re.ASCII)


def make_key(
    directory: Path, role: str, nation: str, label: str, random: Callable[[int], bytes]
) -> tuple[Path, VerifierKey]:
    """Make the key of a person.

    Args:
        directory: where the file goes; others may not write it.
        role: "operator" or "supervisor".
        nation: the nation whose node it is for.
        label: what tells this key from others, 1 to 40 small letters, digits or hyphens.
        random: the random source.

    Returns:
        The file, and the public key.

    Raises:
        InputError: if a name is out of form.
        ConfigError: if there is such a file, or it cannot be written.
    """
    check_nation(nation)
    check_label(label)
    path = directory / f"{role}.{nation}.{label}.key"
    seed = random(_SEED)
    write_secret(path, seed)
    return path, Signer(f"{role}/{nation}/{label}", seed).verifier_key


def read_key(path: Path, role: str) -> Signer:
    """Read the key of a person.

    Args:
        path: the file, as `make_key` called it.
        role: the role that it must be for.

    Raises:
        InputError: if the name of the file does not say so.
        ConfigError: if others may read it, or it is no key.
    """
    found = _FILE.fullmatch(path.name)
    if found is None or found[1] != role:
        raise InputError(
            f"this is not the key file of a person as {role}",
            do=f"Give a file called {role}.NATION.LABEL.key, as `fedquery-node key` makes them.",
        )
    return Signer("/".join(found.groups()), read_secret(path, _SEED))


def read_listed(texts: Sequence[str], role: str, nation: str, key: str) -> tuple[VerifierKey, ...]:
    """Read the keys that node.toml names.

    Args:
        texts: verifier keys (c2sp.org/signed-note).
        role: the role that their names must say.
        nation: the nation that their names must say.
        key: the setting, for the error.

    Raises:
        ConfigError: if one is none, is of somebody else, or stands there twice under any name.
    """
    try:
        keys = tuple(VerifierKey.parse(text) for text in texts)
    except EncodingError:
        raise ConfigError(f"node.toml: {key} holds something that is no key") from None
    if any(not one.name.startswith(f"{role}/{nation}/") for one in keys):
        raise ConfigError(f"node.toml: {key} holds a key that is not called {role}/{nation}/...")
    # One key under two names would be two voices, and one name with two keys one voice too few.
    voices = {one.public_key for one in keys}, {one.name for one in keys}
    if any(len(one) != len(keys) for one in voices) or len(keys) > MOST:
        raise ConfigError(f"node.toml: {key} holds one key or one name twice, or more than {MOST}")
    return keys


def short_name(key: VerifierKey) -> str:
    """Name a key as log entries do: its name and the id that tells it from others of that name."""
    return f"{key.name}+{key.key_id.hex()}"
