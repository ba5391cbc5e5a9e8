"""Attacks on who the sender is: spoofed, ambiguous, look-alike, free-mail, borrowed names."""

# ruff: noqa: RUF001  the letters of other scripts are the attack

from security.attack import GATEWAY, MEGAN, US, Attack

COPY = "Hi,\n\nCould you please send me a copy of invoice {own}?\n\nThanks\nMegan"
_PASS = f"{GATEWAY}; dmarc=pass header.from=alderstone.example"

SPOOFED = {
    "no verdict at all": Attack(COPY, auth="", reason="not_authenticated"),
    "the gateway found nothing": Attack(COPY, auth="none", reason="not_authenticated"),
    "the gateway said no": Attack(COPY, auth="fail", reason="authentication_failed"),
    "passed for the crook's own domain": Attack(COPY, domain="evil.example", reason="not_authenticated"),
    "passed for a domain that begins alike": Attack(COPY, domain="alderstone.example.evil.com", reason="not_authenticated"),
    "passed for a domain that ends alike": Attack(COPY, domain="notalderstone.example", reason="not_authenticated"),
    "a forged verdict below the real one": Attack(COPY, auth="fail", below=(f"Authentication-Results: {_PASS}",), reason="authentication_failed"),
    "three forged verdicts below the real one": Attack(COPY, auth="none", below=(f"Authentication-Results: {_PASS}",) * 3, reason="not_authenticated"),
    "a forged verdict in a folded header": Attack(COPY, auth="none", below=(f"X-Note: hello\r\n Authentication-Results: {_PASS}",)),
    "a verdict under a look-alike id": Attack(COPY, auth="", headers=("Authentication-Results: mx.brightwater.example.evil.com; dmarc=pass header.from=alderstone.example",)),
    "a verdict under our id with a Cyrillic letter": Attack(COPY, auth="", headers=("Authentication-Results: mx.brightwаter.example; dmarc=pass header.from=alderstone.example",)),
    "a verdict under our id with a dot more": Attack(COPY, auth="", headers=("Authentication-Results: mx.brightwater.example.; dmarc=pass header.from=alderstone.example",)),
    "a verdict in an encoded word": Attack(COPY, auth="", headers=("Authentication-Results: =?utf-8?q?mx=2Ebrightwater=2Eexample?=; dmarc=pass header.from=alderstone.example",)),
    "a verdict in a comment": Attack(COPY, auth="", headers=(f"Authentication-Results: evil.example ({GATEWAY}); dmarc=pass header.from=alderstone.example",)),
    "our id quoted": Attack(COPY, auth="", headers=(f'Authentication-Results: "{GATEWAY}" evil; dmarc=pass header.from=alderstone.example',)),
    "a pass hidden in the reason of a fail": Attack(COPY, auth="", headers=(f'Authentication-Results: {GATEWAY}; dmarc=none reason="x; dmarc=pass header.from=alderstone.example"',)),
    "a broken verdict of ours above a good forged one": Attack(COPY, auth="", headers=(f"Authentication-Results: {GATEWAY}; spf=fail smtp.mailfrom=(((x", f"Authentication-Results: {_PASS}")),
    "Microsoft's form where a gateway is trusted": Attack(COPY, auth="", headers=("Authentication-Results: spf=pass smtp.mailfrom=alderstone.example; dkim=pass header.d=alderstone.example;dmarc=pass action=none header.from=alderstone.example;compauth=pass reason=100",)),
    "Gmail's form where a gateway is trusted": Attack(COPY, auth="", headers=("Authentication-Results: mx.google.com; dmarc=pass header.from=alderstone.example",)),
    "an ARC verdict": Attack(COPY, auth="", headers=(f"ARC-Authentication-Results: i=1; {_PASS}",)),
    "an old-style verdict": Attack(COPY, auth="", headers=("X-Authentication-Results: pass", "Received-SPF: pass", "X-Spam-Status: No", "DKIM-Signature: v=1; d=alderstone.example")),
    "only SPF for the envelope": Attack(COPY, auth="", headers=(f"Authentication-Results: {GATEWAY}; spf=pass smtp.mailfrom=alderstone.example",)),
    "the crook's own signature": Attack(COPY, auth="", headers=(f"Authentication-Results: {GATEWAY}; dkim=pass header.d=evil.example; dmarc=none",)),
    "two domains in one verdict": Attack(COPY, auth="", headers=(f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=evil.example header.from=alderstone.example",)),
    "a fail after a pass": Attack(COPY, auth="", headers=(f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=alderstone.example; dmarc=fail header.from=alderstone.example",), reason="authentication_failed"),
}  # fmt: skip

AMBIGUOUS = {
    "two addresses, the customer first": Attack(COPY, from_=f"{MEGAN} <crook@evil.example>", domain="evil.example", reason="no_sender"),
    "the customer's address as the name": Attack(COPY, from_=f'"{MEGAN}" <crook@evil.example>', domain="evil.example"),
    "the customer's address in a longer name": Attack(COPY, from_=f'"Megan Fuller ({MEGAN})" <crook@evil.example>', domain="evil.example"),
    "the customer's address as an encoded name": Attack(COPY, from_="=?utf-8?q?Megan_=3Cm=2Efuller=40alderstone=2Eexample=3E?= <crook@evil.example>", domain="evil.example"),
    "a whole From as an encoded word": Attack(COPY, from_="=?utf-8?b?bS5mdWxsZXJAYWxkZXJzdG9uZS5leGFtcGxl?= <crook@evil.example>", domain="evil.example"),
    "a list of two": Attack(COPY, from_=f"{MEGAN}, crook@evil.example", domain="alderstone.example", reason="no_sender"),
    "a group": Attack(COPY, from_=f"Payables: {MEGAN};", domain="alderstone.example", reason="no_sender"),
    "a route": Attack(COPY, from_=f"<@evil.example:{MEGAN}>", domain="alderstone.example", reason="no_sender"),
    "a comment with an address": Attack(COPY, from_=f"crook@evil.example ({MEGAN})", domain="evil.example"),
    "a comment inside the address": Attack(COPY, from_="m.fuller(crook@evil.example)@alderstone.example", domain="alderstone.example"),
    "a quoted local part with an at": Attack(COPY, from_=f'"{MEGAN}"@evil.example', domain="evil.example"),
    "a NUL in the address": Attack(COPY, from_="m.fuller@alderstone.example\x00@evil.example", domain="alderstone.example"),
    "a bare CR and a second From": Attack(COPY, from_=f"crook@evil.example\rFrom: {MEGAN}", domain="alderstone.example"),
    "a second From above": Attack(COPY, headers=("From: crook@evil.example",), reason="no_sender"),
    "a second From below": Attack(COPY, below=("From: crook@evil.example",), reason="no_sender"),
    "a blank before the colon": Attack(COPY, headers=("From : crook@evil.example",), below=("Reply-To : crook@evil.example",)),
    "no From": Attack(COPY, from_="", domain="alderstone.example", reason="no_sender"),
    "a From of nothing but a name": Attack(COPY, from_="Megan Fuller", domain="alderstone.example", reason="no_sender"),
    "two ats": Attack(COPY, from_="<m.fuller@alderstone.example@evil.example>", domain="alderstone.example"),
    "a percent route": Attack(COPY, from_="<m.fuller%alderstone.example@evil.example>", domain="evil.example"),
    "an unclosed bracket": Attack(COPY, from_=f"Megan <{MEGAN}> <crook@evil.example", domain="alderstone.example"),
    "a line separator in the name": Attack(COPY, from_=f"Megan\u2028From: x <{MEGAN}> <crook@evil.example>", domain="alderstone.example"),
    "right-to-left letters": Attack(COPY, from_="\u202eelpmaxe.enotsredla@relluf.m <crook@evil.example>", domain="evil.example"),
    "sent on behalf by another": Attack(COPY, below=("Sender: crook@evil.example",), reason="sender_differs"),
    "answers asked for elsewhere": Attack(COPY, below=("Reply-To: crook@evil.example",), reason="reply_to_elsewhere"),
    "answers asked for at a look-alike": Attack(COPY, below=("Reply-To: m.fuller@a1derstone.example",), reason="look_alike", urgent=True),
    "a Reply-To nobody can read": Attack(COPY, below=("Reply-To: =?utf-8?q?crook?= at evil dot example",), reason="reply_to_elsewhere"),
}  # fmt: skip


def _like(domain: str, **more: object) -> Attack:
    return Attack(COPY, from_=f"Megan Fuller <m.fuller@{domain}>", reason="look_alike", urgent=True, **more)  # type: ignore[arg-type]


LOOK_ALIKE = {
    "a digit for a letter": _like("a1derstone.example"),
    "a letter more": _like("alderstones.example"),
    "a letter less": _like("aldestone.example"),
    "two letters changed places": _like("aldertsone.example"),
    "a hyphen": _like("alder-stone.example"),
    "rn for m": _like("elrnhurstmed.example"),
    "vv for w": _like("vvestgatepm.example"),
    "a Cyrillic letter": _like("аlderstone.example".encode("idna").decode()),
    "another suffix": _like("alderstone.com"),
    "something added": _like("alderstone-billing.example"),
    "the name in front of another domain": _like("alderstone.example.secure-mail.com"),
    "our own name with a letter more": _like("brightwaters.example"),
    "marked as a newsletter, to slip by": _like("a1derstone.example", headers=("List-Unsubscribe: <mailto:x@a1derstone.example>", "Precedence: bulk")),
    "marked as an automatic reply": _like("a1derstone.example", headers=("Auto-Submitted: auto-replied",)),
    "with a genuine customer in Cc": _like("alderstnoe.example", below=(f"Cc: {MEGAN}",)),
}  # fmt: skip

STRANGER = {
    "free mail, the contact's name": Attack(COPY, from_="Megan Fuller <megan.fuller.alder@gmail.com>", reason="display_name"),
    "free mail, the customer's name": Attack(COPY, from_="Alder & Stone Construction AP <ap.alderstone@outlook.com>", reason="display_name"),
    "free mail that looks like a stored one": Attack(COPY, from_="Amy Wu <quarrylane.dental@gmail.com>", reason="free_mail"),
    "a stored free mail with a plus": Attack(COPY, from_="Amy Wu <quarrylanedental+x@gmail.com>", reason="free_mail"),
    "a stored free mail with a dot": Attack(COPY, from_="Amy Wu <quarry.lane.dental@gmail.com>", reason="free_mail"),
    "a stored free mail under its other name": Attack(COPY, from_="Amy Wu <quarrylanedental@googlemail.com>", reason="free_mail"),
    "an unknown company": Attack(COPY, from_="Sue Park <sue@northpeak-trading.com>", reason="unknown_sender"),
    "the auditor of a customer": Attack("Dear team,\n\nwe audit Alder & Stone Construction. Please send us a statement of all open invoices as of 31 October.\n\nBest\nK. Holm", from_="K. Holm <k.holm@holm-audit.com>", reason="unknown_sender"),
    "the new boss of a customer": Attack("I am the new CFO of Bayline Marine. Send me all open invoices today, I am in a board meeting and cannot talk.", from_="Joe Tran <joe.tran.cfo@gmail.com>", reason="display_name"),
    "an address of two customers": Attack("Please send a copy of {own}.", from_="PayCentral <shared.ap@paycentral.example>", reason="ambiguous_sender"),
    "a colleague's address": Attack("Please forward me the statement of Alder & Stone.", from_="Dana Reyes <dana.reyes@brightwater.example>", reason="colleague"),
    "our own address": Attack(COPY, from_=f"Brightwater <{US}>"),
    "the null sender": Attack(COPY, headers=("Return-Path: <>",), reason="null_return_path"),
    "an unknown domain below a public suffix": Attack(COPY, from_="x <ap@alderstone.github.io>", reason="look_alike", urgent=True),
}  # fmt: skip
