"""Pictures: every QR code in them is read, and none that is too large is decoded."""

import io
import struct
import zlib

import pytest
import zxingcpp
from PIL import Image

from fedquery.ask import pasting, qr_picture
from fedquery.ask.qr_picture import PictureError

PROMPTPAY = "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E"


def code(text, scale=4):
    """Draw a QR code."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(drawn.to_image(scale=scale))


def picture(*texts, form="PNG", turned=0):
    """Draw QR codes side by side, as a file."""
    codes = [code(text) for text in texts]
    sheet = Image.new("L", (60 + sum(one.width + 60 for one in codes), 400), 255)
    at = 60
    for one in codes:
        sheet.paste(one, (at, 60))
        at += one.width + 60
    file = io.BytesIO()
    sheet.rotate(turned, expand=True, fillcolor=255).save(file, form)
    return file.getvalue()


def seen_through(ink):
    """Draw a QR code of one colour on nothing, where nothing has the colour black or white."""
    drawn = code(PROMPTPAY)
    sheet = Image.new("RGBA", (drawn.width + 80, drawn.height + 80), (0, 0, 0, 0))
    sheet.paste((ink, ink, ink, 255), (40, 40), mask=drawn.point(lambda grey: 255 - grey))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("ink", [0, 255])
def test_a_code_on_nothing_is_read(ink):
    """Messengers show it on white or on black: a black code was lost in the black of nothing."""
    assert (PROMPTPAY,) == qr_picture.texts(seen_through(ink))


def bomb(width, height):
    """Write the header of a PNG of a size, and a few octets of data."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_code_is_read_from_each_form(form):
    """Which are known by how they begin."""
    octets = picture(PROMPTPAY, form=form)
    assert qr_picture.is_picture(octets)
    assert (PROMPTPAY,) == qr_picture.texts(octets)


def test_every_code_is_read_each_once():
    """Turned as well."""
    octets = picture("https://a.com/x", PROMPTPAY, PROMPTPAY, turned=90)
    assert {"https://a.com/x", PROMPTPAY} == set(qr_picture.texts(octets))
    assert 2 == len(qr_picture.texts(octets))


def test_identifiers_in_codes_are_found_with_their_code():
    """The payee of a payment code, and the page of a link."""
    found = pasting.in_picture(picture(PROMPTPAY), "TH")
    assert [(0, "+66812345678", "PromptPay")] == [
        (one.code, one.finding.parsed.identifier.canonical, one.finding.scheme) for one in found
    ]
    assert "812345678" not in repr(found)


def test_a_picture_without_codes_has_nothing():
    """Which is no error."""
    file = io.BytesIO()
    Image.new("L", (200, 200), 255).save(file, "PNG")
    assert () == qr_picture.texts(file.getvalue())


def test_a_decompression_bomb_is_refused_by_its_header(monkeypatch):
    """No pixel is decoded: decoding would fail the test."""
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    for octets in (bomb(60_000, 60_000), bomb(8_000, 6_251)):
        with pytest.raises(PictureError, match=r"pixels|decoded"):
            qr_picture.texts(octets)


def test_a_file_that_is_too_large_is_not_opened(monkeypatch):
    """Its length is looked at first."""
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(PictureError, match="16 MiB"):
        qr_picture.texts(b"\x89PNG\r\n\x1a\n" + bytes(qr_picture.MAX_OCTETS))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n",
        picture("x")[:200],
        b"II*\x00" + bytes(99),
        b"%!PS-Adobe",
    ],
)
def test_what_is_no_such_picture_is_refused(octets):
    """Also forms that the library could read, and broken files; no octet is repeated."""
    with pytest.raises(PictureError):
        qr_picture.texts(octets)
