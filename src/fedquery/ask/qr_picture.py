"""The texts of the QR codes in a picture, read here and nowhere else.

A picture of a phone's screen is what an investigator is sent. Its size is looked at before a pixel
is decoded: a small file can hold a picture that would fill the memory.
"""

import io
from typing import TYPE_CHECKING, Final

from fedquery.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

MAX_OCTETS: Final = 16 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
_MAX_CODES: Final = 64
# What phones and messengers make. Pillow knows many more forms, whose decoders are not needed here.
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_BEGINNINGS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_RIFF, _WEBP = b"RIFF", b"WEBP"


class PictureError(InputError):
    """A picture is none, is too large, or cannot be decoded."""

    slug = "picture"
    default_do = "Save it as PNG or JPEG, cut to the code, and try again."


def is_picture(octets: bytes) -> bool:
    """Tell whether octets begin as a picture of a known form does."""
    webp = octets[:4] == _RIFF and octets[8:12] == _WEBP
    return webp or octets.startswith(_BEGINNINGS)


def texts(octets: bytes) -> tuple[str, ...]:
    """Read the text of every QR code in a picture.

    Args:
        octets: a PNG, JPEG, WebP, GIF or BMP file of up to 16 MiB and 50 million pixels; of a
            moving picture the first is read.

    Returns:
        The texts in the order of the reader, each once; nothing where there is no code.

    Raises:
        PictureError: if it is no such picture, is too large, or the extra `qr` is not installed.
    """
    if len(octets) > MAX_OCTETS:
        raise PictureError("the picture has more than 16 MiB")
    try:
        import zxingcpp  # noqa: PLC0415 - an extra, and large
        from PIL import Image  # noqa: PLC0415 - as above
    except ImportError:
        raise PictureError(
            "pictures cannot be read here", do="Install the extra: pip install 'fedquery[qr]'."
        ) from None
    try:
        with Image.open(io.BytesIO(octets), formats=_FORMATS) as picture:
            # Opening reads the header alone; pixels are decoded where it converts.
            fits = picture.width * picture.height <= MAX_PIXELS
            views = _views(picture) if fits else ()
    except Exception:  # noqa: BLE001 - decoders raise whatever they like, and some of it holds octets
        raise PictureError("the picture cannot be decoded") from None
    if not fits:
        raise PictureError("the picture has more than 50 million pixels")
    found = [
        code.text
        for view in views
        for code in zxingcpp.read_barcodes(
            view,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            text_mode=zxingcpp.TextMode.Plain,
        )
    ]
    return tuple(dict.fromkeys(text for text in found[:_MAX_CODES] if text))


def _views(picture: "Image.Image") -> tuple["Image.Image", ...]:
    """Give the greys of a picture, and of one that can be seen through also those on white."""
    grey = picture.convert("L")
    if not picture.has_transparency_data:
        return (grey,)
    # What is not there has a colour too, black in most cases, in which a black code is not seen.
    clear = picture.convert("RGBA").getchannel("A").point(lambda opaque: 255 - opaque)
    on_white = grey.copy()
    on_white.paste(255, mask=clear)
    return on_white, grey
