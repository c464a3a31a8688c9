"""Who issues passports: the codes of ICAO Doc 9303, part 3, section 5."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# ISO 3166-1 alpha-3, as Doc 9303 takes them over.
_STATES: Final = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR
    BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG
    COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH
    FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY
    HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM
    KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL
    MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
    NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU
    SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA
    TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB
    VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split()  # noqa: SIM905 - a table is read as a table
)
# Issuers that are no state: Kosovo, the European Union, the United Nations, orders, development
# banks, Interpol; and Utopia, which issues the specimens of Doc 9303.
_OTHERS: Final = frozenset(
    "RKS EUE UNO UNA UNK XBA XCC XCE XCO XEC XIM XMP XOM XPO XES XDC UTO".split()  # noqa: SIM905 - as above
)
# A nationality of these says what its holder is, and not who issued the passport.
_WITHOUT_ISSUER: Final = frozenset("GBD GBN GBO GBP GBS XXA XXB XXC XXX".split())  # noqa: SIM905 - as above
_TWO_LETTERS: Mapping[str, str] = MappingProxyType(
    {"CN": "CHN", "KH": "KHM", "LA": "LAO", "MM": "MMR", "TH": "THA", "VN": "VNM", "D": "DEU"}
)


def issuer_of(code: str) -> str | None:
    """Give the three letters of an issuer by its code, or None where there is none.

    Args:
        code: three letters, the two of one of the six nations, or the D of German passports.
    """
    found = _TWO_LETTERS.get(code, code)
    return found if found in _STATES or found in _OTHERS else None


def is_stateless(code: str) -> bool:
    """Tell whether a nationality names no issuer (Doc 9303, part 3, section 5, parts B and D)."""
    return code in _WITHOUT_ISSUER
