"""Subscriptions: the IMSI that a SIM card holds."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import digits

_LENGTH = 15
_COUNTRY = 3
_SHOWN = 2

# ITU-T E.212, annex A: the mobile country codes, and 901 for networks of no country. Left out are
# test networks (001, 999) and 350 to 358, five islands whose numbers begin as IMEIs do.
COUNTRIES: Final = frozenset(
    """
    202 204 206 208 212 213 214 216 218 219 220 221 222 226 228 230 231 232 234 235 238 240 242
    244 246 247 248 250 255 257 259 260 262 266 268 270 272 274 276 278 280 282 283 284 286 288
    289 290 292 293 294 295 297 302 308 310 311 312 313 314 316 330 334 338 340 342 344 346 348
    360 362 363 364 365 366 368 370 372 374 376 400 401 402 404 405 406 410 412 413 414 415 416
    417 418 419 420 421 422 424 425 426 427 428 429 430 431 432 434 436 437 438 440 441 450 452
    454 455 456 457 460 461 466 467 470 472 502 505 510 514 515 520 525 528 530 536 537 539 540
    541 542 543 544 545 546 547 548 549 550 551 552 553 554 555 602 603 604 605 606 607 608 609
    610 611 612 613 614 615 616 617 618 619 620 621 622 623 624 625 626 627 628 629 630 631 632
    633 634 635 636 637 638 639 640 641 642 643 645 646 647 648 649 650 651 652 653 654 655 657
    658 659 702 704 706 708 710 712 714 716 722 724 730 732 734 736 738 740 742 744 746 748 750
    901
    """.split()  # noqa: SIM905 - a table is read as a table
)


@dataclass(frozen=True, slots=True, repr=False)
class Imsi(Identifier):
    """An IMSI: country, network and subscriber in 15 digits."""

    kind: ClassVar[str] = "imsi"

    def masked(self) -> str:
        """Show the country and the last two digits."""
        number = self.canonical
        return number[:_COUNTRY] + HIDDEN * (_LENGTH - _COUNTRY - _SHOWN) + number[-_SHOWN:]


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the subscription that a text names.

    Args:
        text: the digits, in groups or not.
        region: not used: an IMSI names its country.

    Returns:
        The one reading, which no check digit confirms.

    Raises:
        IdentifierError: if no country has such numbers.
    """
    del region
    number = digits(text, "IMSI")
    if len(number) != _LENGTH:
        raise refuse(Reason.LENGTH)
    if number[:_COUNTRY] not in COUNTRIES:
        raise refuse(Reason.ISSUER)
    return (Parsed(Imsi(number), (Notice.UNCHECKED.value,)),)
