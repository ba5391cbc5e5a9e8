"""Words of mail that is after money, in languages whose mail is not understood here, and tricks that have no bank in them.

In: text. Out: the words found, or ''. What the classifier's own lists know of the languages that it reads (bank details, remit-to,
factoring and the like) is a veto there; here stands what must not depend on a mail's being understood at all.
"""

import re

_MOST_SEARCHED = 20_000  # characters
_PARTS = tuple(  # parts of words, so that endings do not matter; languages without blanks between words need it anyway
    part.strip()
    for language in (
        "nya kontot, nya konto, nya bankgiro, nye konto",  # Swedish, Danish, Norwegian
        "tilinumero, pankkitili, pankkiyhte, vaihtaneet pankk, uusi tili",  # Finnish
        "číslo účtu, čísla účtu, čísle účtu, bankovní, bankového, bankovým, bankové, změnili jsme bank, zmenili sme bank",  # Czech, Slovak
        "bankszámla, bankváltás, bankot váltott",  # Hungarian
        "cont bancar, contul bancar, contului bancar, contul iban, cont iban, schimbat banca, date bancare",  # Romanian
        "banka hesab, hesap numara, hesap bilgi, banka bilgi",  # Turkish
        "банковск, реквизит, расчётный счёт, расчетный счет, номер счета, номер счёта",  # Russian
        "банківськ, реквізит, банкова сметка",  # Ukrainian, Bulgarian
        "τραπεζικ, αριθμό λογαριασμού, αριθμός λογαριασμού",  # Greek
        "bankovni račun, žiro račun, bančni račun, promijenili banku, promenili banku",  # Croatian, Serbian, Slovene
        "banko sąskait, bankas kont, pangakonto, arveldusarve",  # Lithuanian, Latvian, Estonian
        "口座番号, 口座情報, 銀行口座, 口座変更, 口座が変, 口座を変, 新しい口座, 新口座, 振込先, 振り込み先",  # Japanese
        "银行账, 银行帐, 銀行帳, 銀行賬, 新账户, 新账号, 新帳戶, 账户变更, 账户已变, 账号变更, 收款人, 收款账, 开户行, 汇款至",  # Chinese
        "계좌번호, 계좌 변경, 계좌변경, 은행 계좌, 새 계좌",  # Korean
        "حساب بنكي, الحساب البنكي, حسابنا البنكي, رقم الحساب",  # Arabic
        "חשבון בנק, חשבון הבנק",  # Hebrew
        "tài khoản ngân hàng, số tài khoản, บัญชีธนาคาร",  # Vietnamese, Thai
        "rekening bank, nomor rekening, बैंक खात, बैंक विवरण",  # Indonesian, Hindi
    )
    for part in language.split(",")
)
_PAYING = r"(?:payment|wire|transfer|deposit) (?:instructions?|details?|info(?:rmation)?|address)|remittance (?:instructions?|address)"
_CLAIMS = r"(?:invoices?|receivables?|claims?|debts?)"
_FINANCIER = r"[\w&., -]{0,40}\b(?:factor\w*|capital|financ\w*|funding|bank|credit|commercial|receivables)"
_TRICKS = re.compile(
    rf"\b{_CLAIMS} (?:(?:have|has|had) been|were|was|are|is) (?:sold|pledged|ceded|factored|assigned to {_FINANCIER})\b"
    rf"|\b(?:assigned|sold|pledged|ceded) (?:your|their|its|the|all|our|my)? ?{_CLAIMS}\b"
    r"|\b(?:e\.?f\.?t\.?|a\.?c\.?h\.?|wire|bacs|sepa|chaps|interac) (?:info\w*|details?|particulars|coordinates|data|sheet"
    r"|instructions?|enrol\w*|forms?|set-?up|authori[sz]ation)\b|\bbanking (?:page|sheet|slip|form|letter)\b"
    r"|\b(?:swap|chang|updat|replac|correct|amend)\w* the (?:payee|beneficiary)\b"
    r"|\b(?:payment|remittance|transfer|settlement) (?:destination|routing|coordinates)\b"
    rf"|\b(?:new|updated|changed|different|revised|corrected|alternative) (?:{_PAYING})\b"
    rf"|\b(?:chang|updat|amend|revis|replac)\w* (?:of |in |to )?(?:(?:the|our|your|these|those) )?(?:{_PAYING})\b"
    r"|\b(?:zelle|cash ?app|venmo|western union|moneygram|gift cards?|usdt|bitcoins?|btc|crypto(?:currency|currencies)?|wallet address)\b",
    re.IGNORECASE,
)


def money_words(text: str) -> str:
    """The first words that betray such a mail; '' where there are none."""
    plain = text[:_MOST_SEARCHED]
    folded = plain.casefold()
    part = next((one for one in _PARTS if one in folded), "")
    found = None if part else _TRICKS.search(plain)
    return part or (found[0] if found else "")
