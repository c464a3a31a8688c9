"""Write constants.h: the constants of RFC 9496, 4.1, in the limbs of the field back ends.

python src/fedquery/oprf/kernel/constants.py

Nothing is copied: each is computed here from the curve, and of two square roots the one that RFC
9496 chooses is taken by its stated residue.
"""

from pathlib import Path
from typing import Final

P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, P) % P
_RADIX_51: Final = tuple((51 * at, 51) for at in range(5))
_RADIX_25_5: Final = tuple(((51 * at + 1) // 2, 25 if at % 2 else 26) for at in range(10))


def _square_root(value: int) -> int:
    """Compute a square root modulo P; for P = 5 mod 8."""
    root = pow(value, (P + 3) // 8, P)
    if root * root % P != value % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    if root * root % P != value % P:
        raise ValueError("not a square")
    return root


def _even(value: int) -> int:
    return value if value % 2 == 0 else P - value


def constants() -> dict[str, int]:
    """Compute the constants by their names in RFC 9496, 4.1."""
    return {
        "D": _D,
        "D2": 2 * _D % P,
        "SQRT_M1": _even(_square_root(-1)),
        # The RFC's roots: SQRT_AD_MINUS_ONE is the odd one, INVSQRT_A_MINUS_D the even one.
        "SQRT_AD_MINUS_ONE": P - _even(_square_root(-_D - 1)),
        "INVSQRT_A_MINUS_D": _even(_square_root(pow(-1 - _D, -1, P))),
        "ONE_MINUS_D_SQ": (1 - _D * _D) % P,
        "D_MINUS_ONE_SQ": (_D - 1) ** 2 % P,
    }


def _words(value: int, limbs: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"0x{value >> at & (1 << bits) - 1:x}" for at, bits in limbs)


def text() -> str:
    """Write the file."""
    lines = [
        "/* Written by constants.py; a test compares. Limbs of radix 2^51, and of radix 2^25.5. */",
        "#ifndef FEDQUERY_CONSTANTS_H",
        "#define FEDQUERY_CONSTANTS_H",
        "#include <stdint.h>",
        "",
    ]
    for name, value in constants().items():
        lines += [
            f"static const uint64_t {name}_51[5] = {{{_words(value, _RADIX_51)}}};",
            f"static const uint64_t {name}_25[10] = {{",
            f"    {_words(value, _RADIX_25_5)}}};",
        ]
    r = 2**256
    words = tuple((64 * at, 64) for at in range(4))
    negative_inverse = -pow(ORDER, -1, 2**64) % 2**64
    lines += [
        "",
        "/* The group order L, -1/L mod 2^64, and R = 2^256 and R^2 modulo L. */",
        f"static const uint64_t ORDER[4] = {{{_words(ORDER, words)}}};",
        f"static const uint64_t ORDER_NEGATIVE_INVERSE = 0x{negative_inverse:x};",
        f"static const uint64_t R_MOD_ORDER[4] = {{{_words(r % ORDER, words)}}};",
        "static const uint64_t R2_MOD_ORDER[4] = {",
        f"    {_words(r * r % ORDER, words)}}};",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("constants.h").write_text(text(), encoding="ascii")
