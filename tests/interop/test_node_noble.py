"""A lookup at a real node whose OPRF is another implementation's, @noble/curves."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.raw_asker import RawAsker, csv_of

from fedquery.cli.demo.federation import Federation
from fedquery.identifiers import parse
from fedquery.psi.bucket import Bucket, bucket_number

POLICIES = Path(__file__).parents[2] / "policies"
KNOWN, ABSENT = "+84855501990", "+66855501991"


@pytest.fixture(scope="module")
def federation(tmp_path_factory):
    """Make an asker and one holder, as real processes."""
    root = tmp_path_factory.mktemp("noble")
    root.chmod(0o700)
    made = Federation(root, ("TH", "VN"), policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in made.nations})
        rows = [(KNOWN, "R-1", "*", "open")]
        made.import_csv("VN", "phones", csv_of(tmp_path_factory.mktemp("i") / "import", "a", rows))
        made.publish("VN")
        made.start_node("VN")
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(("text", "present"), [(KNOWN, True), (ABSENT, False)])
async def test_their_oprf_looks_up_at_our_node(run, federation, text, present):
    """They blind, verify our proof against the logged key, and finalize; the tag tells."""
    asker = RawAsker(federation)
    link = asker.link("VN")
    with run("oprf_client.mjs") as noble:
        try:
            await asker.learn("VN", link)
            octets = parse("phone", text).identifier.encode()
            (element,) = noble.call("blind", inputs=[octets.hex()])["elements"]
            blinded = bytes.fromhex(element)
            sent = asker.ask(
                "VN", [text], change=lambda question: replace(question, elements=blinded)
            )
            got = await asker.send(sent, link)
        finally:
            await link.close()
        body, opening = asker.body(sent, got), got.head.opening
        # The key is the one that the log commits to.
        sent.publication.verify_opening("TH", opening)
        finalized = noble.call(
            "finalize",
            evaluated=[body.evaluated.hex()],
            proof=body.proof.hex(),
            public_key=opening.public_key.hex(),
        )
        (tag,) = noble.call("tags", outputs=finalized["outputs"])["tags"]
    number = bucket_number(octets, sent.publication.prefix_bits)
    tags = {slot.number: slot.tags for slot in body.slots}[number]
    assert present is (bytes.fromhex(tag) in Bucket(number, tags))
