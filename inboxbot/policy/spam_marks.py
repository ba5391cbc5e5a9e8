"""What a mail gateway says of spam, fraud and viruses, in the words of the products that companies use.

In: a message's header fields. Out: the name of the field that speaks against the mail, or ''. Whoever wrote the field: it only
keeps us from answering, so that a forged one costs its forger his answer.
"""

import re
from collections.abc import Iterator, Mapping

_LEAST_SCL = 5  # Exchange files mail with a spam confidence level from 5 on as junk
_LEAST_BCL = 7  # and bulk mail from a complaint level of 7 on
_LEAST_STARS = 5  # SpamAssassin's own threshold; what its administrator has set stands in X-Spam-Status
_YES = re.compile(r"(?:yes|true|1(?!\.)|spam|junk|phish\w*|infected|banned)\b")
_NO = re.compile(r"(?:no|false|0|ham)\b")

# Fields whose first word is the verdict.
_FLAGS = frozenset(
    {
        *("x-spam-flag", "x-spam-status", "x-spam", "x-virus-status", "x-virus-flag", "x-barracuda-spam-flag", "x-barracuda-spam-status"),
        *("x-spamexperts-class", "x-bogosity", "x-dspam-result", "x-vr-spamstate", "x-spamtest-status", "x-klms-antispam-status"),
        *("x-tm-as-result", "x-amavis-alert"),
    }
)
# Other fields, and what in their value is a verdict against the mail.
_VALUES = {
    "x-rspamd-action": r"(?!no action|greylist|accept)\w",  # rspamd: add header, rewrite subject, soft reject, reject, quarantine
    "x-spam-action": r"(?!no action|none|greylist|accept|deliver|pass)\w",
    "x-recommended-action": r"(?!accept|none|deliver)\w",  # SpamExperts
    "x-spamd-result": r"\w+: ?true\b",  # rspamd: "default: True [25.00 / 15.00]"
    # Microsoft 365, "Anti-spam message headers": blocked senders and what a filter or a mail flow rule has marked
    "x-forefront-antispam-report": r"(?:.*;)? ?(?:sfv: ?(?:spm|sk[sb]|blk)"
    r"|cat: ?(?:h?spm|h?phi?sh|malw|spoof|bulk|[dgu]imp|intos|amp|ospm))\b",
    "x-proofpoint-spam-details": r"(?:.*\s)?rule=(?:\w+_)?(?:spam|phish\w*|malware|virus|suspect|impostor)\b",
    "x-pmx-spam": r".*probability=(?:[5-9]\d|100)%",  # Sophos PureMessage: Gauge=XX, Probability=99%
    "x-mailscanner-spamcheck": r"spam\b",  # MailScanner; its "not spam" begins otherwise
    "x-mailscanner": r"found to be infected|(?:.* )?virus found",
    "x-ui-filterresults": r"junk:",
}
_AGAINST = {name: re.compile(pattern) for name, pattern in _VALUES.items()}
_SCL = re.compile(r"(?:^|;) ?(?:scl: ?)?(-?\d{1,3})\b")
_REPORT_SCL = re.compile(r"(?:^|;) ?scl: ?(-?\d{1,3})\b")
_BCL = re.compile(r"(?:^|;) ?bcl: ?(\d{1,3})\b")


def verdict(headers: Mapping[str, tuple[str, ...]]) -> str:
    """The first field by which a gateway calls a mail spam, phishing or infected, or ''."""
    return next(_speaking_against(headers), "")


def _speaking_against(headers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, found in headers.items():
        for raw in found:
            value = " ".join(raw.split()).lower().lstrip("\"'( ")
            if name in _FLAGS and _YES.match(value):
                yield name
            if name in _AGAINST and _AGAINST[name].match(value):
                yield name
            if _level(name, value):
                yield name
    if _stars(headers):
        yield "x-spam-level"


def _level(name: str, value: str) -> bool:
    """Whether Microsoft's spam confidence level, or its complaint level of bulk mail, is that of junk."""
    if name == "x-ms-exchange-organization-scl":
        match, least = _SCL.search(value), _LEAST_SCL
    elif name == "x-forefront-antispam-report":
        match, least = _REPORT_SCL.search(value), _LEAST_SCL
    elif name == "x-microsoft-antispam":
        match, least = _BCL.search(value), _LEAST_BCL
    else:
        return False
    return match is not None and int(match[1]) >= least


def _stars(headers: Mapping[str, tuple[str, ...]]) -> bool:
    """SpamAssassin's row of stars, where no field beside it says that this is not enough."""
    said = [value.strip().lower() for name in ("x-spam-status", "x-spam-flag") for value in headers.get(name, ())]
    most = max((len(value) - len(value.lstrip("*+")) for value in map(str.strip, headers.get("x-spam-level", ()))), default=0)
    return most >= _LEAST_STARS and not any(_NO.match(value) for value in said)
