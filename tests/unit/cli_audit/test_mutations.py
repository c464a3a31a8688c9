"""A thousand mutations of a real exported log: each is noticed, at the right file and first entry.

What is expected is worked out from the mutation alone, by counting octets and entries, and never by
the code that verifies. Twins of the verifier that leave out one check miss some of them.
"""

import random
import shutil
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from unit.cli_audit.conftest import files_of

from fedquery.cli.audit import checking, decoded
from fedquery.cli.audit.trust_options import Trust
from fedquery.errors import LogFaultError
from fedquery.storage.log_directory import LogDirectory
from fedquery.storage.log_source import claimed
from fedquery.tlog import stream
from fedquery.tlog.bundle import decode_bundle
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer, split_note
from fedquery.tlog.right_edge import RightEdge
from fedquery.tlog.tile import parse_bundle_path
from fedquery.tlog.tree import leaf_hash

COUNT = 1_000
SEED = 20_261_125
ANY = object()


@dataclass(frozen=True)
class Mutation:
    """What is written over the files, what is removed, and what must be said of it.

    `kept` says which checkpoint the auditor has from before: that of the old export or of the new.
    """

    kind: str
    write: dict
    remove: tuple = ()
    file: object = ANY
    index: object = ANY
    kept: str = "old"


class Mutator:
    """Draw mutations of one exported log."""

    def __init__(self, real):
        """Read the log."""
        self.rnd = random.Random(SEED)  # noqa: S311  mutations, the same each time
        self.files = files_of(real.new)
        self.old = files_of(real.old)
        self.bundles = sorted(name for name in self.files if name.startswith("tile/entries"))
        self.entries = {
            name: decode_bundle(self.files[name], parse_bundle_path(name).width)
            for name in self.bundles
        }
        self.first = {name: parse_bundle_path(name).index * 256 for name in self.bundles}
        self.tiles = sorted(name for name in self.files if name.startswith("tile/0/"))
        self.above = sorted(name for name in self.files if name.startswith("tile/1/"))
        self.old_size = claimed(LogDirectory(real.old)).size
        self.signer = real.signer

    def draw(self, number):
        """Draw a mutation; the kinds come in turn."""
        kinds = [name for name in dir(self) if name.startswith("mutate_")]
        return getattr(self, kinds[number % len(kinds)])()

    def _flipped(self, octets, at):
        changed = bytearray(octets)
        changed[at] ^= 1 << self.rnd.randrange(8)
        return bytes(changed)

    def _entry(self):
        """Choose an entry: its bundle and its place there."""
        name = self.rnd.choice(self.bundles)
        return name, self.rnd.randrange(len(self.entries[name]))

    def _bundle(self, kind, name, entries, index):
        octets = b"".join(len(one).to_bytes(2, "big") + one for one in entries)
        return Mutation(kind, {name: octets}, file=name, index=index)

    def mutate_flip_bundle(self):
        """Flip a bit of an entry, or of its length."""
        name = self.rnd.choice(self.bundles)
        at = self.rnd.randrange(len(self.files[name]))
        ends, end = [], 0
        for entry in self.entries[name]:
            end += 2 + len(entry)
            ends.append(end)
        place = next(i for i, end in enumerate(ends) if at < end)
        octets = self._flipped(self.files[name], at)
        return Mutation("flip bundle", {name: octets}, file=name, index=self.first[name] + place)

    def mutate_flip_tile(self):
        """Flip a bit of the hash of an entry."""
        name = self.rnd.choice(self.tiles)
        at = self.rnd.randrange(len(self.files[name]))
        index = 256 * self.tiles.index(name) + at // 32
        octets = self._flipped(self.files[name], at)
        return Mutation("flip tile", {name: octets}, file=name, index=index)

    def mutate_flip_above(self):
        """Flip a bit of the hash of a tile."""
        (name,) = self.above
        at = self.rnd.randrange(len(self.files[name]))
        octets = self._flipped(self.files[name], at)
        return Mutation("flip above", {name: octets}, file=name, index=at // 32 * 256)

    def mutate_flip_checkpoint(self):
        """Flip a bit of the checkpoint."""
        octets = self.files["checkpoint"]
        octets = self._flipped(octets, self.rnd.randrange(len(octets)))
        return Mutation("flip checkpoint", {"checkpoint": octets}, file="checkpoint", index=None)

    def mutate_cut(self):
        """Cut a file short."""
        name = self.rnd.choice([*self.bundles, *self.tiles, *self.above])
        octets = self.files[name]
        cut = octets[: self.rnd.randrange(len(octets))]
        if name in self.tiles:
            index = 256 * self.tiles.index(name) + len(cut) // 32
        elif name in self.above:
            index = len(cut) // 32 * 256
        else:
            index, end = self.first[name], 0
            for entry in self.entries[name]:
                end += 2 + len(entry)
                index += end <= len(cut)
        return Mutation("cut", {name: cut}, file=name, index=index)

    def mutate_drop(self):
        """Drop an entry."""
        name, place = self._entry()
        entries = self.entries[name]
        fewer = entries[:place] + entries[place + 1 :]
        return self._bundle("drop", name, fewer, self.first[name] + place)

    def mutate_duplicate(self):
        """Put an entry twice."""
        name, place = self._entry()
        entries = self.entries[name]
        more = entries[: place + 1] + entries[place:]
        return self._bundle("duplicate", name, more, self.first[name] + place + 1)

    def mutate_reorder(self):
        """Have two entries of one bundle change places."""
        name = self.rnd.choice(self.bundles)
        entries = list(self.entries[name])
        low, high = sorted(self.rnd.sample(range(len(entries)), 2))
        entries[low], entries[high] = entries[high], entries[low]
        return self._bundle("reorder", name, entries, self.first[name] + low)

    def mutate_replace(self):
        """Put another entry of the log in the place of one."""
        name, place = self._entry()
        other, place2 = self._entry()
        while (other, place2) == (name, place):
            other, place2 = self._entry()
        entries = list(self.entries[name])
        entries[place] = self.entries[other][place2]
        return self._bundle("replace", name, entries, self.first[name] + place)

    def mutate_swap_bundles(self):
        """Have two bundles change places."""
        low, high = self.bundles
        write = {low: self.files[high], high: self.files[low]}
        return Mutation("swap bundles", write, file=low, index=0)

    def mutate_swap_tiles(self):
        """Have two tiles change places."""
        low, high = self.tiles
        write = {low: self.files[high], high: self.files[low]}
        return Mutation("swap tiles", write, file=low, index=0)

    def mutate_rewrite(self):
        """Change an entry and the hash of it in its tile, as who rewrites a log would."""
        name, place = self._entry()
        entries = list(self.entries[name])
        entries[place] = entries[place][:-1] + b" }"
        hashes = b"".join(leaf_hash(entry) for entry in entries)
        tile = self.tiles[self.bundles.index(name)]
        made = self._bundle("rewrite", name, entries, None)
        # What changed is not a well-formed entry any more, so its own place is named.
        return replace(made, write={**made.write, tile: hashes}, index=self.first[name] + place)

    def mutate_rewrite_well(self):
        """The same, with an entry that is as good as before: what is above does not fit."""
        index, write = self._rewritten()
        if index < self.old_size:
            return Mutation("rewrite well", write, file="kept", index=None)
        if index < 256:
            return Mutation("rewrite well", write, file=self.above[0], index=0)
        return Mutation("rewrite well", write, file="checkpoint", index=None)

    def _rewritten(self):
        """Change a commitment of an entry, and its tile."""
        while True:
            name, place = self._entry()
            entries = list(self.entries[name])
            entry = entries[place]
            at = entry.find(b'case_commit":"') + 14
            if at >= 14 and entry[at : at + 1] != b'"':
                break
        digit = b"0" if entry[at : at + 1] != b"0" else b"1"
        entries[place] = entry[:at] + digit + entry[at + 1 :]
        tile = self.tiles[self.bundles.index(name)]
        hashes = b"".join(leaf_hash(entry) for entry in entries)
        made = self._bundle("", name, entries, None)
        return self.first[name] + place, {**made.write, tile: hashes}

    def _rewritten_to_the_root(self):
        index, write = self._rewritten()
        files, edge = {**self.files, **write}, RightEdge()
        for name in self.bundles:
            entries = decode_bundle(files[name], parse_bundle_path(name).width)
            edge.add([leaf_hash(entry) for entry in entries])
        tiles = {tile.path(): b"".join(hashes) for tile, hashes in edge.partial()}
        return index, {**write, **tiles}, edge

    def mutate_rewrite_all(self):
        """Rewrite an entry, and every tile above it: only what was signed does not fit any more."""
        index, write, _ = self._rewritten_to_the_root()
        file = "kept" if index < self.old_size else "checkpoint"
        return Mutation("rewrite all", write, file=file, index=None)

    def mutate_fork(self):
        """Rewrite an entry, and sign it anew with the log's own key."""
        _, write, edge = self._rewritten_to_the_root()
        signed = Checkpoint(self.signer.name, edge.size, edge.root())
        write["checkpoint"] = sign_checkpoint(signed, self.signer)
        return Mutation("fork", write, file="kept", index=None, kept="new")

    def mutate_old_checkpoint(self):
        """Put an older checkpoint of the log in the place of its newest."""
        return Mutation("old checkpoint", {"checkpoint": self.old["checkpoint"]}, index=None)

    def mutate_other_checkpoint(self):
        """Put the checkpoint of the same tree by another key in its place."""
        signed = Checkpoint.parse(split_note(self.files["checkpoint"], 10_000)[0])
        note = sign_checkpoint(signed, Signer(signed.origin, b"\x07" * 32))
        return Mutation("other checkpoint", {"checkpoint": note}, file="checkpoint", index=None)

    def mutate_remove(self):
        """Take a file away."""
        name = self.rnd.choice([*self.bundles, *self.tiles, *self.above])
        place = {**self.first, **{name: 256 * i for i, name in enumerate(self.tiles)}}
        return Mutation("remove", {}, (name,), file=name, index=place.get(name, 0))

    def mutate_add(self):
        """Put something beside the log."""
        name = self.rnd.choice(["notes.txt", "tile/0/000.p/7", "tile/entries/002", "tile/9/000"])
        return Mutation("add", {name: b"x" * 32}, file=name, index=None)

    def mutate_truncate(self):
        """Put the log as it was before in its place: rolled back, and validly signed."""
        gone = tuple(name for name in self.files if name not in self.old)
        index, write = self.old_size, dict(self.old)
        return Mutation("roll back", write, gone, file="checkpoint", index=index, kept="new")


@pytest.fixture
def scene(real, tmp_path):
    """Give a copy of the log, and what verifies it after a mutation and mends it again."""
    directory = tmp_path / "log"
    shutil.copytree(real.new, directory)
    trust, whole = Trust(real.key), files_of(directory)
    kept = {name: (getattr(real, name) / "checkpoint").read_bytes() for name in ("old", "new")}

    def verify(name):
        since = ("kept", kept[name])
        checking.check_log(LogDirectory(directory), trust, since, lambda done: None)

    def complaint(mutation):
        touched = {*mutation.write, *mutation.remove}
        before = {name: whole[name] for name in touched if name in whole}
        try:
            for name, octets in mutation.write.items():
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (directory / name).write_bytes(octets)
            for name in mutation.remove:
                (directory / name).unlink()
            verify(mutation.kept)
        except LogFaultError as fault:
            return fault
        finally:
            for name in touched - before.keys():
                (directory / name).unlink()
            for name, octets in before.items():
                (directory / name).write_bytes(octets)
        return None

    verify("old")
    verify("new")
    return complaint


def mistake(mutation, fault):
    """Say what is wrong about what was said of a mutation, or nothing."""
    if fault is None:
        return "not noticed"
    if mutation.file is not ANY and mutation.file != fault.file:
        return f"in {fault.file}, and not in {mutation.file}"
    if mutation.index is not ANY and mutation.index != fault.index:
        return f"at {fault.index}, and not at {mutation.index}"
    return ""


def test_a_thousand_mutations_are_noticed(real, scene):
    """Each at its first entry and in its file, whatever it was."""
    mutator, kinds = Mutator(real), Counter()
    for number in range(COUNT):
        mutation = mutator.draw(number)
        fault = scene(mutation)
        assert not mistake(mutation, fault), (number, mutation.kind, str(fault))
        kinds[mutation.kind] += 1
    assert len([name for name in dir(mutator) if name.startswith("mutate_")]) == len(kinds)
    assert min(kinds.values()) >= 20, kinds


class Anything:
    """Be equal to whatever it is compared with."""

    __hash__ = None

    def __eq__(self, other):
        """Find everything the same."""
        return True


def nothing(*arguments, **options):
    """Check nothing."""


def no_difference(stored, hashes):
    """Find that all hashes are as they were stored."""
    return len(hashes)


TWINS = {
    "tiles above": (stream, "_require_tile", nothing, {"flip above"}),
    "kept trees": (stream, "_require_marks", nothing, {"fork"}),
    "root": (RightEdge, "root", lambda *_: Anything(), {"fork", "rewrite all"}),
    "first difference": (stream, "_first_difference", no_difference, {"flip bundle", "reorder"}),
    "form of entries": (decoded, "decode_any", nothing, {"rewrite"}),
    "signature": (checking, "_require_signed", nothing, {"other checkpoint"}),
    "what lies beside": (LogDirectory, "require_nothing_else", nothing, {"add"}),
}


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_without_a_check_is_found_out(real, scene, monkeypatch, twin):
    """The test above can fail: without a check, some mutations are missed or named wrongly."""
    where, name, instead, missed = TWINS[twin]
    mutator = Mutator(real)
    drawn = [mutator.draw(number) for number in range(120)]
    monkeypatch.setattr(where, name, instead)
    if twin == "form of entries":
        monkeypatch.setattr(checking, "look", nothing)
    assert missed <= {one.kind for one in drawn if mistake(one, scene(one))}
