"""Mails that say nothing themselves: "see below", "as per trail mail", "FYI", "can you help with this?".

In: the newest text. Out: whether it only points at what is quoted, forwarded or attached. What such a mail wants stands in
somebody else's words, and those are context, never a request: a person reads it.
"""

# ruff: noqa: E501, RUF001  lists of words in other languages

import re

from inboxbot.ingest import lines

_MOST_WORDS = 24  # a longer text says something

_POINTS = r"""
(?:see|refer(?: to)?|pfb|pfa|check|read|find|note|review|look at|kindly see)(?: the| my| our| his| her| their| attached| enclosed)?
| ?(?:e-?mail|mail|message|note|thread|trail|trailing mail|chain|forward|conversation|request|query|invoice)?
| ?(?:below|beneath|underneath|further down|attached|enclosed|in the attachment|in trail)(?: e-?mail| mail| message| thread| trail)?
pfb|pfa|(?:see|refer) (?:the )?trail(?:ing)?(?: e?-?mails?)?
(?:as )?per (?:the |my )?(?:below|trail(?:ing)?(?: e?-?mails?)?|attached|enclosed|previous)(?: e?-?mails?| message| thread)?|as below
(?:the )?below(?: and attached)?|f\.?y\.?[ia]\.?|fyi please|for your (?:information|info|attention|action|kind attention|reference)
(?:any (?:news|idea|thoughts)|thoughts|what do you (?:think|say)) ?(?:on|about)? ?(?:this|it|the below)?
(?:can|could|would|will) (?:you|someone|anyone|somebody)(?: please| pls)? (?:help|assist|advise|handle|check|look into|sort|deal with|answer
|take care of|action|confirm)(?: me| us)?(?: with| on)?(?: this| it| the below| below)?(?: one)?(?: out)?
(?:advise|action|assist|handle|process|do the needful|the needful|look into this|take care|see to it|confirm|comment|reply|respond|help)(?: this| accordingly
| below| urgently)?|(?:over|back) to you|one for you|yours\?|is this (?:one )?(?:yours|ours)
siehe unten(?:stehend)?|s\.\s?u\.|siehe (?:nachricht|mail|e-mail|anhang|anlage)(?: unten)?|wie unten|(?:zur|z\.) ?(?:kenntnis(?:nahme)?|k\.)
zur info(?:rmation)?|zur (?:weiteren )?(?:bearbeitung|erledigung|klärung)|(?:um|mit der bitte um) (?:klärung|erledigung|rückmeldung|prüfung)
(?:können|könnten) sie (?:da |hier |das |bitte )*(?:helfen|prüfen|klären|übernehmen)|(?:bitte )?(?:prüfen|klären|erledigen|bearbeiten)
(?:(?:merci|prière) de )?(?:voir|cf\.?|lire) (?:ci-dessous|ci-après|plus bas|ci-joint|message ci-dessous|le mail ci-dessous)|pour (?:info(?:rmation)?
|suite à donner|action|traitement)|pouvez-vous (?:nous |m')?(?:aider|voir|traiter|regarder)(?: ça| cela)?
(?:ver|vea|véase|mira|mirar|leer) (?:m[áa]s )?(?:abajo|adjunto|el correo de abajo|lo de abajo)|para su (?:información|conocimiento|gestión)
(?:pueden|podéis|puedes|puede) (?:ayudar(?:nos|me)?|ver(?:lo)?|mirar(?:lo)?|revisar(?:lo)?)(?: con esto)?
(?:vedi|vedere|veda|si veda) (?:sotto|qui sotto|in basso|allegato|mail sotto)|per (?:conoscenza|competenza|vostra informazione)
(?:ver|veja|vide|vejam) (?:abaixo|mais abaixo|anexo|e-mail abaixo)|para (?:seu )?conhecimento|segue abaixo
zie (?:hieronder|onderstaand(?:e)?(?: mail| bericht)?|beneden|bijlage)|ter info(?:rmatie)?|ter kennisgeving
(?:zobacz|patrz|proszę zobaczyć|jak) (?:poniżej|niżej|w załączniku)|do wiadomości|se (?:nedan|nedenfor|under|bilaga|vedlagt|vedhæftet)
för kännedom|til orientering|til info|för info|ks\.? alla|katso (?:alla|liite)|tiedoksi|viz (?:níže|příloha)|na vědomí|pro info
lásd (?:alább|lent|csatolva)|tájékoztatásul|vezi (?:mai jos|atașat)|spre știință|aşağıya bakınız|aşağıda|bilginize|vidi (?:ispod|dolje)
см\.? (?:ниже|вложение)|для информации|к сведению|δείτε παρακάτω|βλ\. παρακάτω|下記(?:を)?(?:ご)?(?:参照|確認)(?:ください|下さい)?|ご参考まで
见下(?:文|方)?|请(?:见|看|查看)(?:下面|下文|附件|下方)|如下|아래 ?(?:참조|참고|내용 확인)(?:하세요|바랍니다|부탁드립니다)?
"""
_PLEASE = (
    r"(?:please|pls|plz|kindly|bitte|svp|s'il vous plaît|por favor|per favore|prego|graag|alstublieft"
    r"|proszę|snälla|vennligst"
    r"|prosím|hi|hello|hey)"
)
_AND = r"(?:\s|[,.;:!?…\-–—()]|\band\b|\bund\b|\bet\b|\by\b)*"


def _compiled() -> re.Pattern[str]:
    """One alternation; a line that begins with "|" goes on inside the line above it."""
    joined = ""
    for line in _POINTS.strip("\n").split("\n"):
        joined += line[1:] if line.startswith("| ") else line if line.startswith("|") else f"\n{line}"
    one = "|".join(joined.strip("\n").split("\n"))
    step = rf"(?:{_PLEASE}{_AND})*(?:{one})(?:{_AND}{_PLEASE})*"
    return re.compile(rf"{_AND}{step}(?:{_AND}{step}){{0,3}}{_AND}", re.IGNORECASE)


_ONLY_POINTS = _compiled()
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|morning|hallo|guten (?:tag|morgen)|moin|sehr geehrte\S*|liebe[rs]?|bonjour|bonsoir|hola"
    r"|buenos días|buenas|estimad\S+|buongiorno|ciao|salve|gentil\S*|spett\S*|olá|bom dia|boa tarde|dag|beste|geachte|goedendag|dzień dobry|witam"
    r"|hej|hei|god dag|moi|dobrý den|ahoj|jó napot|bună ziua|merhaba|sayın|здравствуйте|добрый день|καλημέρα|您好|你好|안녕하세요|team|all|sirs?)\b"
    r"(?:[ ,]+[^\W\d_][\w'’.-]*){0,4}\s*[,!.:–-]*",
    re.IGNORECASE,
)


def only_points(text: str) -> bool:
    """Whether the newest text, greeting and closing words aside, only points at what is quoted or attached."""
    kept = [line.text for line in lines.looked_at(text.split("\n")) if not line.closing]
    if kept and (found := _GREETING.match(kept[0])) and (len(kept) > 1 or found.end() < len(kept[0])) and found.end() <= _MOST_WORDS * 4:
        rest = kept[0][found.end() :].strip()
        kept = [rest, *kept[1:]] if rest else kept[1:]
    words = " ".join(kept)
    if not words or len(words.split()) > _MOST_WORDS:
        return False
    return _ONLY_POINTS.fullmatch(words) is not None
