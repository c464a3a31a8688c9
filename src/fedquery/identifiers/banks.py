"""Banks of the six nations: their national codes, and the BICs that name the same bank.

A pair stands here only where both codes are public and certain: a wrong pair would make two banks
one. A bank that is not here keeps the code that was written, with a warning.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# ISO 9362: four letters of the party, two of the country, two characters of the place, and where
# there are eleven, three of the branch.
_BIC_LENGTHS = (8, 11)
_ALPHANUMERIC = frozenset(string.ascii_uppercase + string.digits)


@dataclass(frozen=True, slots=True)
class BankCodes:
    """How one nation writes its banks and its account numbers.

    Attributes:
        lengths: the lengths that a national bank code has.
        digits_only: whether a national bank code is digits alone.
        bic_by_code: the BIC of eight characters of each well-known national code.
        bics: well-known BICs of a nation whose codes are not public.
        number_lengths: the lengths that an account number has.
        number_letters: whether an account number may hold letters.
    """

    lengths: tuple[int, ...]
    digits_only: bool
    bic_by_code: Mapping[str, str]
    bics: tuple[str, ...]
    number_lengths: frozenset[int]
    number_letters: bool = False

    def is_code(self, text: str) -> bool:
        """Tell whether a text has the form of a national bank code."""
        if len(text) not in self.lengths or not _ALPHANUMERIC.issuperset(text):
            return False
        return text.isdecimal() or not self.digits_only

    def is_listed(self, bank: str) -> bool:
        """Tell whether a bank, by its canonical code, is in the table."""
        return bank in self.bic_by_code or bank in self.bics

    def code_of(self, bic: str) -> str:
        """Give the national code of a BIC of eight characters, or the BIC where it has none."""
        for code, known in self.bic_by_code.items():
            if known == bic:
                return code
        return bic

    def is_number(self, text: str) -> bool:
        """Tell whether a text has the form of an account number."""
        if len(text) not in self.number_lengths or not _ALPHANUMERIC.issuperset(text):
            return False
        return text.isdecimal() or (self.number_letters and any(map(str.isdecimal, text)))


def bic_nation(text: str) -> str | None:
    """Give the country of a text that has the form of a BIC, or None."""
    if len(text) not in _BIC_LENGTHS or not _ALPHANUMERIC.issuperset(text):
        return None
    return text[4:6] if text[4:6].isalpha() and text[:4].isalpha() else None


_ALPHANUMERIC_CODES = tuple(range(2, 9))

BANKS: Final[Mapping[str, BankCodes]] = MappingProxyType(
    {
        # People's Bank of China, CNAPS: the first three of twelve digits name the bank.
        "CN": BankCodes(
            lengths=(3,),
            digits_only=True,
            bic_by_code=MappingProxyType(
                {
                    "102": "ICBKCNBJ", "103": "ABOCCNBJ", "104": "BKCHCNBJ", "105": "PCBCCNBJ",
                    "301": "COMMCNSH", "302": "CIBKCNBJ", "303": "EVERCNBJ", "304": "HXBKCNBJ",
                    "305": "MSBCCNBJ", "306": "GDBKCN22", "307": "SZDBCNBS", "308": "CMBCCNBS",
                    "309": "FJIBCNBA", "310": "SPDBCNSH", "403": "PSBCCNBJ",
                }
            ),
            bics=(),
            number_lengths=frozenset(range(8, 33)),
        ),
        "KH": BankCodes(
            lengths=_ALPHANUMERIC_CODES,
            digits_only=False,
            bic_by_code=MappingProxyType({}),
            bics=("ABAAKHPP", "ACLBKHPP", "CADIKHPP", "WIGCKHPP"),
            number_lengths=frozenset(range(6, 21)),
        ),
        "LA": BankCodes(
            lengths=_ALPHANUMERIC_CODES,
            digits_only=False,
            bic_by_code=MappingProxyType({}),
            bics=("ACLBLALA", "COEBLALA", "IDCBLALA", "LAOVLALA", "LDBBLALA"),
            number_lengths=frozenset(range(8, 21)),
        ),
        "MM": BankCodes(
            lengths=_ALPHANUMERIC_CODES,
            digits_only=False,
            bic_by_code=MappingProxyType({}),
            bics=("AGDBMMMY", "AYABMMMY", "CPOBMMMY", "KBZBMMMY", "YOMAMMMY"),
            number_lengths=frozenset(range(8, 21)),
        ),
        # Bank of Thailand, codes of financial institutions.
        "TH": BankCodes(
            lengths=(3,),
            digits_only=True,
            bic_by_code=MappingProxyType(
                {
                    "002": "BKKBTHBK", "004": "KASITHBK", "006": "KRTHTHBK", "011": "TMBKTHBK",
                    "014": "SICOTHBK", "017": "CITITHBX", "020": "SCBLTHBX", "022": "UBOBTHBK",
                    "024": "UOVBTHBK", "025": "AYUDTHBK", "030": "GSBATHBK", "034": "BAABTHBK",
                    "067": "TFPCTHB1",
                }
            ),
            bics=(),
            number_lengths=frozenset((10, 11, 12, 14, 15)),
        ),
        # NAPAS: the six digits that stand before a bank's cards and in VietQR.
        "VN": BankCodes(
            lengths=(6,),
            digits_only=True,
            bic_by_code=MappingProxyType(
                {
                    "970400": "SBITVNVX", "970403": "SGTTVNVX", "970405": "VBAAVNVX",
                    "970407": "VTCBVNVX", "970409": "NASCVNVX", "970412": "WBVNVNVX",
                    "970415": "ICBVVNVX", "970416": "ASCBVNVX", "970418": "BIDVVNVX",
                    "970419": "NVBAVNVX", "970422": "MSCBVNVX", "970423": "TPBVVNVX",
                    "970424": "SHBKVNVX", "970425": "ABBKVNVX", "970426": "MCOBVNVX",
                    "970427": "VNACVNVX", "970428": "NAMAVNVX", "970429": "SACLVNVX",
                    "970430": "PGBLVNVX", "970431": "EBVIVNVX", "970432": "VPBKVNVX",
                    "970433": "VNTTVNVX", "970436": "BFTVVNVX", "970437": "HDBCVNVX",
                    "970438": "BVBVVNVX", "970440": "SEAVVNVX", "970441": "VNIBVNVX",
                    "970443": "SHBAVNVX", "970448": "ORCOVNVX", "970449": "LVBKVNVX",
                    "970452": "KLBKVNVX", "970454": "VCBCVNVX",
                }
            ),
            bics=(),
            number_lengths=frozenset(range(4, 20)),
            number_letters=True,
        ),
    }
)  # fmt: skip
