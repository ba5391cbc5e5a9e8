"""How mail clients announce quoted history: data by language, and the tests on lines that use it.

In: lines of text. Out: whether a line begins a quoted header block, a separator, or an attribution ("On ... wrote:").
Everything here looks at a bounded number of characters and lines, so that a whole mail costs linear time.
"""

# ruff: noqa: E501, RUF001  lists of words in other languages

import re
from collections.abc import Collection, Sequence

_MAX_LINE = 300  # characters of a line that are looked at
_BLOCK_LINES = 14  # a header block's length at most
_ATTRIBUTION_LINES = 4  # clients wrap "On ... wrote:" over up to four

# kind: labels of en | de | fr | es it pt | nl | pl cs | sv no da fi | hu ro tr | ja zh ko | ru el
_LABELS = {
    "from": "from|von|de|expéditeur|remitente|da|mittente|van|afzender|od|nadawca|odesílatel|från|fra|avsändare|lähettäjä|feladó|de la"
    "|expeditor|kimden|gönderen|差出人|送信者|送信元|发件人|寄件者|寄件人|보낸 사람|от|από"
    "|šalje|pošiljatelj|odosielateľ|saatja|frá|nuo|від|מאת|من|dari|từ|จาก|remetente|siuntėjas|sender",
    "date": "sent|date|gesendet|datum|gesendet am|envoyé|envoyé le|enviado|enviado el|fecha|inviato|data|enviada em|enviado em|verzonden"
    "|wysłano|odesláno|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|elküldve|küldve|dátum|trimis|trimis la|dată|gönderildi|tarih"
    "|gönderme tarihi|送信日時|日時|日付|发送时间|发送日期|寄件日期|傳送時間|日期|时间|보낸 날짜|отправлено|дата"
    "|στάλθηκε|ημερομηνία"
    "|poslano|odoslané|odoslaná|odoslaný|saadetud|sent|išsiųsta|nosūtīts|изпратено|надіслано|נשלח|تم الإرسال|التاريخ|dikirim|tanggal|đã gửi|ngày|ส่งเมื่อ|ส่ง|enviat|poslato|дата",
    "to": "to|an|à|a|destinataire|para|destinatario|per|aan|do|komu|till|til|vastaanottaja|címzett|către|kime|alıcı|宛先|收件人|받는 사람"
    "|кому|προς"
    "|prima|primatelj|adressaat|saaja|til|kam|do koho|za|до|אל|إلى|kepada|đến|tới|ถึง|per a",
    "cc": "cc|bcc|kopie|copie|copia|dw|kopia|kopi|kopio|másolatot kap|bilgi|抄送|副本|참조|копия|κοιν",
    "subject": "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|temat|předmět|věc|ämne|emne|aihe|tárgy|subiect|konu|件名|主题|主旨"
    "|主題|제목|тема|θέμα|re"
    "|predmet|zadeva|teema|efni|tema|temats|относно|נושא|الموضوع|subjek|perihal|chủ đề|เรื่อง|assumpte|ogg|наслов",
    "other": "importance|attachments|attachment|reply-to|wichtigkeit|anlagen|antwort an|pièces jointes|importancia|allegati|priority",
}
LABELS = {label: kind for kind, words in _LABELS.items() for label in words.split("|")}


def _phrases(text: str) -> frozenset[str]:
    """The phrases in a list that is written with bars between them, on several lines."""
    return frozenset(phrase for line in text.split("\n") for phrase in line.strip().split("|") if phrase)


_SEPARATORS = _phrases("""
    original message|original message headers|original e-mail|original email|original appointment|reply message
    ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|message d'origine|message d’origine
    message original|message initial|mensaje original|messaggio originale|messaggio originario|oorspronkelijk bericht
    origineel bericht|mensagem original|wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|ursprungligt meddelande
    originalmeddelande|opprinnelig melding|original melding|oprindelig meddelelse|oprindelig besked|original meddelelse
    alkuperäinen viesti|původní zpráva|původní e-mail|元のメッセージ|原始邮件|原始郵件|原邮件|回复的邮件
    eredeti üzenet|mesaj original
    mesajul original
    mesajul inițial|orijinal mesaj|özgün ileti|исходное сообщение|αρχικό μήνυμα|원본 메시지|forwarded message
    weitergeleitete nachricht|weitergeleitete mail|message transféré|message transmis|mensaje reenviado|messaggio inoltrato
    doorgestuurd bericht|mensagem encaminhada|mensagem reencaminhada|wiadomość przekazana|przekazana wiadomość
    treść przekazanej wiadomości|vidarebefordrat meddelande|videresendt melding|videresendt meddelelse|videresendt besked
    välitetty viesti|přeposlaná zpráva|転送メッセージ|转发的邮件|转发邮件|továbbított üzenet|továbbított levél
    mesaj redirecționat|mesaj transmis
    iletilmiş mesaj|yönlendirilen mesaj|yönlendirilmiş ileti|пересылаемое сообщение|προωθημένο μήνυμα
""")
_SEPARATOR_STARTS = ("forwarded by ", "weitergeleitet von ", "transféré par ", "reenviado por ", "inoltrato da ", "doorgestuurd door ")
# Apple Mail writes these without dashes, with a colon.
_BEGINNINGS = _phrases("""
    begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|début du message transféré
    début du message réexpédié|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht
    início da mensagem encaminhada|início da mensagem reenviada|początek przekazywanej wiadomości|początek przekazywanego listu
    vidarebefordrat brev|start på videresendt melding|start på videresendt besked|videresendt brev|välitetty viesti alkaa
    začátek přeposílané zprávy|転送されたメッセージ|továbbított levél kezdete|începutul mesajului redirecționat|iletilen mesajın başlangıcı
    開始轉寄郵件|开始转发的邮件
""")

_UNSEEN = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])  # marks of direction, of no width
_VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|écrit|escribió|scritto|scrive|schreef|escreveu|napisał(?:a|\(a\))?|pisze|skrev|kirjoitti|napsal(?:a|\(a\))?"
    r"|írta|scris|yazdı|написал[аи]?|пишет|έγραψε|napísala?|napisao|napisala|rašė|rakstīja|kirjutas|skrifaði|va escriure|написа|написав|menulis|đã viết)\b|写道|寫道|書きました|wrote$|님이 작성",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"(?:on|at|am|le|el|il(?: giorno)?|op|em|a\(z\)|w dniu|dnia|den|på|dne|kl|în|in data|a|στις|在|于|lør|søn|man|tir|ons|tor|fre)\b"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|pon|wt|śr|czw|pt|sob|niedz|út|st|čt|pá|ne|po|ma|ti|ke|to|pe|la|su)\.?,? \d"
    r"|\d{1,4}[./年-]|\d{1,2}\.? \w{3,12}\.? \d{4}",
    re.IGNORECASE,
)
_DATE_OR_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\b\d{4}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d年")
_SOMEBODY = re.compile(r"[<(\[]?[^\s<>@]{1,64}@[^\s<>@]{1,200}[>)\]]?|<mailto:")
_RULE_LINE = re.compile(r"\s*[_\-=*─—]{10,200}\s*")
_LABEL_LINE = re.compile(r"[\s*>|]{0,6}([^\s:：*|][^:：*|]{0,25})\*?\s?[:：]")


_LETTERS = re.compile(r"[^\W\d_]{2,}")
_REPLY_ABOVE = re.compile(
    r"^\W*(?:(?:please )?(?:type|write|enter|add|send)? ?(?:your |a )?(?:reply|replies|response|answer)"
    r" (?:above|over) (?:this|the) (?:line|dotted)"
    r"|(?:bitte )?(?:geben sie |schreiben sie )?(?:ihre )?(?:antwort|antworten sie)(?: bitte)? ?(?:ober|über)(?:halb)? (?:dieser|diese)"
    r" (?:zeile|linie)"
    r"|(?:veuillez )?(?:saisir |écrire )?(?:votre )?(?:réponse|répond(?:re|ez)) au[- ]dessus de cette ligne"
    r"|(?:por favor,? )?(?:escrib[ae] )?(?:su |tu )?respu?(?:esta|onda) (?:por )?encima de esta línea"
    r"|(?:scriv(?:i|ere) )?(?:la (?:tua|sua) )?rispo(?:sta|ndi|ndere) sopra (?:questa|a questa) (?:riga|linea)"
    r"|(?:typ )?(?:uw |je )?(?:antwoord|reageer) boven deze (?:regel|lijn)"
    r"|(?:skriv )?(?:ditt |dit )?svar (?:ovanför|over|ovenfor) (?:denna|denne) (?:rad|linje)"
    r"|(?:wpisz )?(?:swoją )?odpowied[źz] ?powyżej tej linii|(?:escreva )?(?:a sua |sua )?resposta acima desta linha)",
    re.IGNORECASE,
)


def is_quoted(line: str) -> bool:
    """Whether a client marked the line as quoted with '>' (RFC 3676, 4.5)."""
    return line.lstrip(" \t")[:1] == ">"


def is_arrow_attribution(line: str) -> bool:
    """GroupWise's ">>> Name date >>>", below which nothing is marked."""
    words = line.strip()
    return words.startswith(">>> ") and words.endswith(">>>") and len(words) <= _MAX_LINE and _DATE_OR_TIME.search(words) is not None


def label(line: str) -> str:
    """The kind of header the line repeats (from, date, to, cc, subject, other), or ''."""
    found = _LABEL_LINE.match(line[:60])
    return LABELS.get(found[1].strip().casefold(), "") if found else ""


def is_rule(line: str) -> bool:
    """Whether the line is a drawn rule."""
    return _RULE_LINE.fullmatch(line[:_MAX_LINE]) is not None


def is_separator(line: str) -> bool:
    """Whether the line says that the original or a forwarded message follows."""
    if len(line) > _MAX_LINE:
        return False
    bare = line.strip(" \t-_=*>─—").casefold()
    if bare.rstrip(" :：") in _BEGINNINGS:
        return True
    dashes = line.lstrip(" \t*>")[:2] in ("--", "__", "==", "──", "——")
    return dashes and (bare.rstrip(" :：") in _SEPARATORS or bare.startswith(_SEPARATOR_STARTS))


def header_block(lines: Sequence[str], start: int, names: Collection[str] = ()) -> int:
    """The index after a repeated header (From: Sent: To: Subject:) that begins at `start`; 0 when none does.

    `names`: the words of the sender's own name; two lines are header enough where they name him as who was written to.
    """
    if label(lines[start]) not in ("from", "date", "subject", "to"):
        return 0
    kind = label(lines[start])
    kinds, end, loose = {kind}, start + 1, 0
    for index in range(start + 1, min(start + _BLOCK_LINES, len(lines))):
        wrapped = kind in ("to", "cc") or "@" in lines[index] or not lines[index].strip()
        next_kind = label(lines[index])
        if next_kind == "from" and ("from" in kinds or (loose and lines[index - loose].strip())):
            break  # another header begins
        if next_kind:
            kind = next_kind
            kinds.add(kind)
            end, loose = index + 1, 0
            continue
        loose += 1
        if loose > 2 or not wrapped:  # noqa: PLR2004  a wrapped list of recipients, or blank lines between headers
            break
    short = label(lines[start]) == "from" and end == start + 2 and _is_short_header(lines[start], lines[start + 1], names)
    return end if "from" in kinds and (short or len(kinds & {"date", "to", "subject", "cc"}) >= 2) else 0  # noqa: PLR2004


def _is_short_header(first: str, second: str, names: Collection[str]) -> bool:
    """Whether "From: somebody" and one line more are a header: with a day or a subject, or to the writer of this mail."""
    kind, value = label(second), second[:_MAX_LINE].partition(":")[2]
    if kind == "to":
        return any(word.casefold() in names for word in _LETTERS.findall(value))
    return kind == "subject" or (kind == "date" and (_DATE_OR_TIME.search(value) or _SOMEBODY.search(first[:_MAX_LINE])) is not None)


def is_bar(line: str) -> bool:
    """Whether the line begins with '|', as some clients quote, and is no row of a table."""
    words = line.strip()
    return words[:1] in ("|", "│", "┃") and words.count(words[0]) == 1 and len(words) > 1


def is_reply_line(line: str) -> bool:
    """A ticket system's "##- Please type your reply above this line -##"."""
    return len(line) <= _MAX_LINE and _REPLY_ABOVE.search(line) is not None


def notes_block(lines: Sequence[str], start: int) -> bool:
    """Whether Lotus Notes' header begins here: name, date, then "To", "cc", "Subject" alone on their lines."""
    words = [line.strip().rstrip(":").casefold() for line in lines[start : start + _BLOCK_LINES]]
    if len(words) < 4 or not _DATE_OR_TIME.search(f"{words[0]} {words[1]}"[:_MAX_LINE]):  # noqa: PLR2004
        return False
    kinds = {LABELS.get(word, "") for word in words}
    return {"to", "subject"} <= kinds


def unknown_block(lines: Sequence[str], start: int) -> bool:
    """Whether a rule and then a header in some language stand here: labels with values, a time or an address."""
    if not is_rule(lines[start]):
        return False
    below = [line[:_MAX_LINE] for line in lines[start + 1 : start + 9] if line.strip() and not is_rule(line)]
    if not below or not _LABEL_LINE.match(below[0]):
        return False
    labelled = [line for line in below if _LABEL_LINE.match(line)]
    known = sum(1 for line in labelled if label(line))
    told = any(_SOMEBODY.search(line) or _DATE_OR_TIME.search(line) for line in labelled[:4])
    return len(labelled) >= 3 and told and (known >= 1 or len(labelled) == len(below[: len(labelled)]))  # noqa: PLR2004


def foreign_block(lines: Sequence[str], start: int, names: Collection[str]) -> int:
    """The index after a header in a language nobody taught, 0 when none begins here.

    Four or more lines of label and value: somebody's address first, a day and a time, and among the values the writer of this mail.
    """
    if not _SOMEBODY.search(lines[start][:_MAX_LINE]) or not _LABEL_LINE.match(lines[start][:60]):
        return 0
    end = start
    while end < min(len(lines), start + _BLOCK_LINES) and _LABEL_LINE.match(lines[end][:60]):
        end += 1
    values = " ".join(line[:_MAX_LINE].partition(":")[2] for line in lines[start + 1 : end])
    mine = any(word.casefold() in names for word in _LETTERS.findall(values))
    day = re.search(r"\b20\d\d\b", values) is not None and re.search(r"\d[:.]\d\d", values) is not None
    return end if end - start > 3 and mine and day else 0  # noqa: PLR2004


def _bare(line: str) -> str:
    """The line without marks of direction; "---- On ... wrote ----" as other clients write it, with a colon."""
    words = line.translate(_UNSEEN).strip()
    drawn = words[:2] == "--" == words[-2:] and len(words) <= _MAX_LINE
    return words.strip("- ") + ":" if drawn and any(map(str.isalpha, words)) else words


def attribution(lines: Sequence[str], end: int, *, quote_follows: bool) -> int:
    """The index at which the attribution that ends on line `end` begins; -1 when that line ends none."""
    last = _bare(lines[end])[-_MAX_LINE:]
    if not last.endswith((":", "：")) or label(lines[end]) == "other":
        return -1
    window, fallback = "", -1
    for start in range(end, max(end - _ATTRIBUTION_LINES, -1), -1):
        line = _bare(lines[start])
        if not line or is_quoted(line) or len(line) > _MAX_LINE:
            break
        window = f"{line} {window}".strip()
        if _announces(window):
            if _INTRO.match(line):
                return start
            if fallback < 0 and _SOMEBODY.search(line):
                fallback = start  # in some languages the sender comes before the date
        elif quote_follows and fallback < 0 and _SOMEBODY.search(window) and _DATE_OR_TIME.search(window):
            fallback = start  # somebody at some time, and below it what he wrote, in any language
    if fallback >= 0:
        return fallback
    return end if _announces_alone(last.strip(), quote_follows=quote_follows) else -1


def _announces(words: str) -> bool:
    """Somebody, at some time, "wrote"; or, as in Japanese, somebody with an address at some time."""
    return bool(_DATE_OR_TIME.search(words)) and bool(
        _VERB.search(words) or (_SOMEBODY.search(words) and words.rstrip(":： ").endswith(">"))
    )


def _announces_alone(words: str, *, quote_follows: bool) -> bool:
    somebody = _SOMEBODY.search(words) is not None
    if _VERB.search(words) and (quote_follows or (somebody and _DATE_OR_TIME.search(words))):
        return True
    return quote_follows and (somebody or _INTRO.match(words) is not None) and _DATE_OR_TIME.search(words) is not None
