"""Local parts of addresses at which nobody reads, or from which only machines write, in many languages.

In: a local part. Out: whether it is such a one. Accents, case, and what stands between the words (. - _ +) do not count.
"""

import re
import unicodedata

_ANYWHERE = re.compile("norepl(?:y|ies)|donot(?:reply|respond|answer)|dontreply")  # within a word too: xupnoreply
# "Do not answer", from the beginning of a word on: bitte-nicht-antworten, ne.repondez.pas, svara_inte.
_UNREAD = re.compile(
    "|".join(
        (
            *("notreply", "neverreply", "noresponse", "norespond", "noanswer", "dont(?:respond|answer)"),  # en
            *("unmonitored", "notmonitored", "unattended"),
            *("nepasrepondre", "nerepond(?:ez|re|s)?pas", "nepasreply", "pasdereponse", "sansreponse", "noreponse", "nonrepondre"),  # fr
            *("norespond(?:er|a|as|an)", "nocontest(?:ar|e|en|es)", "norespuesta", "sinrespuesta", "norespongueu"),  # es, ca
            *("naorespond(?:er|a|am|as)", "semresposta"),  # pt
            *("nonrispond(?:ere|ete|a|i)", "norisposta", "senzarisposta"),  # it
            *("nicht(?:be)?antworten", "keine?(?:antwort|reply)", "ohneantwort", "antwort(?:en)?nicht"),  # de
            *("niet(?:be)?antwoorden", "nietreageren", "geen(?:antwoord|reactie)", "beantwoordniet"),  # nl
            *("svara?(?:inte|ej|ikke)", "(?:inte|ikke|ej)(?:be)?svar", "ing(?:en|et)svar", "besvara?(?:ej|ikke|inte)"),  # sv, no, da
            *("[ae]lavastaa", "eivasta(?:a|ta|usta)", "mittevastata", "aravasta"),  # fi, et
            *("nieodpowiada[cj]", "nieodpis(?:uj|ywac)", "bezodpowiedzi"),  # pl
            *("neodpov[ie]d(?:at|ej|aj)", "bezodpovedi"),  # cs, sk
            *("nevalaszol", "nemvalaszol"),  # hu
            *("nuraspunde", "fararaspuns"),  # ro
            *("(?:yanit|cevap)(?:lamayin|vermeyin)",),  # tr
            *("neotvech(?:at|a[iy]|aj)", "nevidpovida", "neotgovar", "неотвеча", "невідповіда", "неотговар"),  # ru, uk, bg
            *("neodgovarj?aj", "bezodgovora"),  # hr, sr, sl
            *("neatbilde", "neatsaky", "m[ih]napant", "jangan(?:di)?(?:balas|jawab)"),  # lv, lt, el, id
        )
    )
)
# Machines, as a word of the address or as words that stand side by side.
_MACHINES = frozenset(
    {
        *("autoreply", "autoresponder", "autoresponse", "automailer", "automail", "automails", "autonotify", "autonotification"),
        *("autoconfirm", "autobot", "autosend", "autosender"),
        *("automat", "automation", "automated", "automatic", "automatisch", "automatique", "automatico", "automatica", "automatisk"),
        *("robot", "robots", "bots", "notification", "notifications", "notify", "notifier", "notificacion", "notificaciones"),
        *("notificacao", "notificacoes", "notifica", "notifiche"),
        *("notificare", "benachrichtigung", "benachrichtigungen", "meldungen", "powiadomienia", "powiadomienie", "meldingen", "varsel"),
        *("bildirim", "oznameni", "ertesites"),
        *("alert", "alerts", "alerta", "alertas", "alarm", "alarms", "systemmail", "systemmessage", "systemmessages", "systemnotify"),
        *("systemuser", "sysadmin"),
        *("workflow", "workflows", "wfbatch", "batchjob", "batchuser", "ticket", "tickets", "ticketing"),
        *("ticketsystem",),
        *("jira", "confluence", "servicenow", "zendesk", "freshdesk", "freshservice", "bugzilla", "redmine", "otrs", "znuny", "zammad"),
        *("osticket", "freescout"),
        *("voicemail", "voicemails", "anrufbeantworter", "fax", "efax", "faxserver", "scan", "scans", "scanner", "scantomail"),
        *("scantoemail", "kopierer", "copier", "copiers", "kopiator"),
        *("printer", "printers", "drucker", "imprimante", "impresora", "stampante", "mfp", "multifunction"),
        *("cron", "crond", "cronjob", "wwwdata", "wwwrun", "apache", "httpd", "nginx", "tomcat", "postgres", "mysql", "jenkins"),
        *("nagios", "zabbix", "icinga", "grafana", "prometheus", "monitoring"),
        *("rpa", "webserver", "mailserver", "smtp", "sendmail", "postfix", "exchangeserver"),
        *("mailbot", "chatbot", "invoicebot", "paybot", "paymentbot", "paymentsbot", "reconbot", "apbot", "arbot", "erpbot", "slackbot"),
        *("rpabot", "financebot", "billingbot", "servicebot"),
        *("helpbot", "taskbot", "scriptbot", "devbot", "alertbot", "supportbot", "reportbot", "notifybot", "syncbot", "gitbot"),
        *("deploybot",),
    }
)
# The whole address only: people bear these names too (Root, Mailer, Bot, Auto), and people sit at ap.servicedesk.
_ALONE = frozenset(
    {
        *("auto", "bot", "root", "mailer", "webmailer", "phpmailer", "formmailer", "crmmailer", "erpmailer", "emailer"),
        *("erp", "sap", "oracle", "batch", "system", "systems", "sys", "servicedesk", "helpdesk", "itservicedesk", "ithelpdesk"),
    }
)
_HYPHENATED_BOT = re.compile(r"(?:^|[_-])bot\d*$")  # ap-bot; j.bot is Mr Bot
_THREAD = re.compile(r"^reply\+|\+id\d+$")  # a ticket's own address: reply+a1b2c3, support+id88121
_SEPARATORS = re.compile(r"[^\w]|_")
_LONGEST = 200  # characters; RFC 5321, 4.5.3.1.1 allows 64
_MOST_WORDS = 4  # side by side: scan-to-e-mail

_RELAYING = re.compile(r"[%!/=:|\\@\"]|^srs[01][+-]|^-")


def unread(local: str) -> bool:
    """Whether nobody reads there, by what the address itself says."""
    folded = _folded(local[:_LONGEST])
    words = [word.rstrip("0123456789") for word in _SEPARATORS.split(folded) if word]
    together = "".join(words)
    rests = ("".join(words[at:]) for at in range(len(words)))
    if (
        _ANYWHERE.search(together)
        or any(_UNREAD.match(rest) for rest in rests)
        or together in _ALONE
        or _HYPHENATED_BOT.search(folded)
        or _THREAD.search(folded)
    ):
        return True
    runs = ("".join(words[at : at + count]) for count in range(1, _MOST_WORDS + 1) for at in range(len(words) - count + 1))
    return any(run in _MACHINES for run in runs)


def relaying(local: str) -> bool:
    """Whether an answer there may go on to somebody else.

    Mail servers have read user%host, host!user and /S=user/ as routes to another host (RFC 5321, C), and forwarders put the
    writer's true address into their own (SRS0=..., prvs=..., btv1==..., user=host). No person's own address looks so.
    """
    return bool(_RELAYING.search(local))


def _folded(local: str) -> str:
    decomposed = unicodedata.normalize("NFKD", local.lower().replace("\u0131", "i").replace("\u0142", "l").replace("\u00f8", "o"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
