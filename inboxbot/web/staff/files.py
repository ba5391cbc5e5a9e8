"""A customer's file on its way to a colleague: always a download, never shown by us, and named when it could run.

In: a file's name. Out: headers, and a word of warning.
"""

from urllib.parse import quote

from inboxbot.filenames import safe_name

_PROGRAMS = (
    "apk app appx bat cab chm cmd com cpl dll dmg exe gadget hta img inf ins iso jar js jse lnk "
    "msc msi msp mst pif ps1 reg scr sct settingcontent-ms sys url vb vbe vbs vhd vhdx vxd ws wsc wsf wsh"
)
_MACROS = "ade adp docm dotm potm ppam ppsm pptm sldm xla xlam xll xlsm xltm"
_PAGES = "htm html mht mhtml svg svgz xht xhtml xml xps"
_RUNS = frozenset(f"{_PROGRAMS} {_MACROS} {_PAGES}".split())
_PACKED = frozenset({"7z", "ace", "arj", "gz", "rar", "tar", "tgz", "xz", "zip"})


def file_headers(name: str) -> dict[str, str]:
    """A browser saves it and does nothing else with it."""
    plain = safe_name(name)
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_")
    return {
        "Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def warning(name: str) -> str:
    """What to know before opening a file of this name; "" for nothing in particular."""
    ending = name.rpartition(".")[2].casefold().strip()
    if ending in _RUNS:
        return "could run a program when it is opened"
    return "a packed file: what is in it is not known" if ending in _PACKED else ""
