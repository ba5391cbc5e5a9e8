"""Text that is signed within itself: PGP's cleartext signatures (RFC 9580, 7).

In: a plain text. Out: the same with the words that were signed, and without the frame around them. Whether the signature is good
is not asked. Where the frame is not exactly one, everything stays: what is not understood must be seen.
"""

import re

_BEGIN, _SIGNATURE, _END = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
_HEADER = re.compile(r"(?:Hash|Charset|NotDashEscaped):[\w ,+./-]{0,80}")
_ARMOUR = re.compile(
    r"[A-Za-z0-9+/]{0,76}={0,2}|=[A-Za-z0-9+/]{4}|(?:Version|Comment): .{0,40}(?:PGP|GPG|GnuPG|OpenKeychain).{0,60}", re.IGNORECASE
)
_MOST_ARMOUR = 60  # lines


def opened(text: str) -> str:
    """`text` with every signed part taken out of its frame; line ends are LF."""
    if _BEGIN not in text:
        return text
    lines, kept, position = text.split("\n"), list[str](), 0
    while position < len(lines):
        framed = _framed(lines, position) if lines[position].rstrip() == _BEGIN else None
        kept += framed[0] if framed else [lines[position]]
        position = framed[1] if framed else position + 1
    return "\n".join(kept)


def _framed(lines: list[str], begin: int) -> tuple[list[str], int] | None:
    """(the signed lines, where the text goes on) of the frame that begins here; None where it is none."""
    first = begin + 1
    while first < len(lines) and _HEADER.fullmatch(lines[first].rstrip()):
        first += 1
    if first >= len(lines) or lines[first].strip():
        return None
    middle = next((place for place in range(first, len(lines)) if lines[place].rstrip() in (_SIGNATURE, _BEGIN)), len(lines))
    armour = range(middle + 1, min(len(lines), middle + _MOST_ARMOUR + 2))
    end = next((place for place in armour if lines[place].rstrip() == _END), None)
    if end is None or lines[middle].rstrip() != _SIGNATURE:
        return None
    if not all(_ARMOUR.fullmatch(lines[place].rstrip()) for place in range(middle + 1, end)):
        return None
    return [line.removeprefix("- ") for line in lines[first + 1 : middle]], end + 1
