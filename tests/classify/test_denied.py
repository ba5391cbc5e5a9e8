"""What is asked not to be done: held in every language taught; genuine requests with a "not" in them are not."""

# ruff: noqa: RUF001  the letters of other scripts are meant

import time
from datetime import UTC, datetime

import pytest
from entity_facts import facts

from inboxbot.classify.denied import Denied, denying_words
from inboxbot.classify.understand import Understander
from inboxbot.classify.word_lists import WordLists
from inboxbot.message import Address, MachineClass, Message

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

DENIED = """
Please don't send INV-20021.
Please do not send a copy of INV-20021.
Please don’t send INV-20021.
PLEASE DO NOT SEND INV-20021
pls dont send inv 20021
Please never send INV-20021 again.
Do not resend INV-20021.
Do not send INV-20021 to anyone.
Do not send INV-20021 and INV-20022.
Do not send INV-20021, INV-20022 or INV-20023.
No copy of INV-20021 needed.
No copy of INV-20021 is required any more.
A copy of INV-20021 is not needed.
INV-20021 is no longer needed.
Don't send INV-20021, I have it.
There is no need to send INV-20021.
You do not need to send INV-20021.
You don't have to send us INV-20021.
You needn't send INV-20021.
I asked you not to send INV-20021.
We would ask you not to send a statement of account.
We do not need a statement of account.
We don't need a copy of INV-20021 any more.
I no longer need INV-20021.
We no longer require the statement.
We do not require a copy of the invoice.
We don't want a statement of account.
I don't want you to send INV-20021.
We need no statement.
Send no copy of INV-20021.
Please do not email the statement.
Please do not forward us the invoice again.
Please stop sending us statements of account.
Please stop emailing us invoice copies.
Please refrain from sending INV-20021.
Don't bother sending INV-20021.
Don't bother with the statement.
Please ignore my request for INV-20021.
Please cancel our request for the statement.
We have received it so you need not send INV-20021.
Statement not required.
No need for a copy of INV-20021.
We won't be needing a copy of INV-20021.
You can skip sending INV-20021.
No further copies of INV-20021, please.
No more copies of INV-20021, please.
I'd rather not receive INV-20021 again.
I would prefer not to get a statement.
Under no circumstances send INV-20021.
Do not, under any circumstances, send INV-20021.
Please do not, I repeat not, send INV-20021.
INV-20021: please don't send.
Copy of INV-20021? Not needed.
A statement of account is unnecessary.
It isn't necessary to send INV-20021.
It is unnecessary to send INV-20021.
Sending a copy of INV-20021 isn't required.
The copy of INV-20021 isn't required anymore.
Please do not issue a copy of INV-20021.
Please don't let us have INV-20021.
I did not ask for a copy of INV-20021.
We didn't request a statement of account.
Nobody needs a copy of INV-20021.
Can you please not send INV-20021?
Would you mind not sending INV-20021?
Please ensure no copy of INV-20021 is sent.
please do n't send INV-20021
plz dnt send INV-20021
No statement please.
Don't tell us our balance.
We do not need to know when INV-20021 is due.
Bitte verzichten Sie auf eine Kopie von INV-20021.
Eine Kopie von INV-20021 erübrigt sich.
Ich bitte Sie, INV-20021 nicht zu schicken.
Keinen Kontoauszug bitte.
Bitte nicht senden: INV-20021.
Plus besoin de INV-20021.
Pas de relevé de compte, merci.
Il n'est pas nécessaire de m'envoyer INV-20021.
Favor de no enviar INV-20021.
Ninguna copia de INV-20021, por favor.
Vi prego di non inviare INV-20021.
Non mi serve più la fattura INV-20021.
Niet sturen: factuur INV-20021.
Geen rekeningoverzicht a.u.b.
Dispensamos o envio da fatura INV-20021.
Nie chcemy kopii faktury INV-20021.
Ingen kopia av INV-20021 behövs.
Ingen kopi af INV-20021, tak.
There's no point in sending INV-20021.
Please make no copy of INV-20021.
Bitte senden Sie uns INV-20021 auf keinen Fall.
N'envoyez en aucun cas la facture INV-20021.
Non desidero ricevere la fattura INV-20021.
No envíen en ningún caso la factura INV-20021.
Stuur factuur INV-20021 in geen geval.
Bitte senden Sie INV-20021 nicht.
Bitte keine Kopie von INV-20021 senden.
Bitte schicken Sie uns die Rechnung INV-20021 nicht mehr.
Senden Sie mir INV-20021 und INV-20022 nicht.
Bitte INV-20021 nicht nochmals senden.
Wir brauchen keine Kopie von INV-20021.
Die Rechnung INV-20021 brauchen wir nicht mehr.
Ein Kontoauszug ist nicht nötig.
Eine Kopie der Rechnung INV-20021 wird nicht benötigt.
Wir benötigen keinen Kontoauszug.
Sie müssen die Rechnung INV-20021 nicht senden.
Wir möchten keinen Kontoauszug.
Schick die Rechnung nicht.
Ne m'envoyez pas la facture INV-20021.
N'envoyez pas la facture INV-20021.
Merci de ne pas envoyer la facture INV-20021.
Merci de ne plus nous envoyer de relevé de compte.
Inutile d'envoyer une copie de INV-20021.
Ce n'est pas la peine d'envoyer la facture INV-20021.
Nous n'avons pas besoin d'une copie de INV-20021.
Nous n'avons plus besoin du relevé de compte.
Aucune copie de INV-20021 n'est nécessaire.
Nous ne voulons pas de relevé de compte.
No envíen la factura INV-20021.
Por favor, no me envíen la factura INV-20021.
Por favor no vuelvan a enviar la factura INV-20021.
No hace falta que envíen la factura INV-20021.
No es necesario enviar la copia de INV-20021.
No necesitamos un estado de cuenta.
Ya no necesitamos la factura INV-20021.
No queremos el estado de cuenta.
Non inviate la fattura INV-20021.
Non inviatemi la fattura INV-20021.
Per favore non mandate più la fattura INV-20021.
Non serve una copia di INV-20021.
Non occorre inviare la fattura INV-20021.
Non abbiamo bisogno di un estratto conto.
Nessuna copia della fattura INV-20021 è necessaria.
Stuur factuur INV-20021 niet.
Gelieve factuur INV-20021 niet te sturen.
Stuur ons geen kopie van INV-20021.
U hoeft factuur INV-20021 niet te sturen.
Wij hebben geen kopie van INV-20021 nodig.
Een rekeningoverzicht is niet nodig.
Não envie a fatura INV-20021.
Por favor não nos enviem a fatura INV-20021.
Não é necessário enviar a fatura INV-20021.
Não precisamos de cópia da fatura INV-20021.
Já não precisamos do extrato.
Proszę nie wysyłać faktury INV-20021.
Nie przysyłajcie faktury INV-20021.
Nie potrzebujemy kopii faktury INV-20021.
Kopia faktury INV-20021 nie jest potrzebna.
Nie trzeba przesyłać faktury INV-20021.
Skicka inte faktura INV-20021.
Vänligen skicka inte fakturan INV-20021 igen.
Vi behöver ingen kopia av INV-20021.
Vi behöver inte fakturan INV-20021.
Kontoutdrag behövs inte.
Send ikke faktura INV-20021.
Vennligst ikke send faktura INV-20021.
Vi trenger ikke kopi av INV-20021.
Vi behøver ikke en kopi af fakturaen.
I behøver ikke sende faktura INV-20021.
Vi har ikke brug for kontoudtog.
Älkää lähettäkö laskua INV-20021.
Emme tarvitse kopiota laskusta INV-20021.
Teidän ei tarvitse lähettää laskua INV-20021.
Neposílejte prosím fakturu INV-20021.
Kopii faktury INV-20021 nepotřebujeme.
Prosím, neposielajte faktúru INV-20021.
Kérem, ne küldjék el a INV-20021 számlát.
Nem kell elküldeni a INV-20021 számlát.
Nincs szükségünk számlamásolatra.
Vă rugăm nu trimiteți factura INV-20021.
Nu mai avem nevoie de factura INV-20021.
Lütfen INV-20021 faturasını göndermeyin.
Пожалуйста, не отправляйте счёт INV-20021.
Не присылайте нам больше счёт INV-20021.
Нам не нужна копия счета INV-20021.
Копия счета INV-20021 больше не нужна.
Будь ласка, не надсилайте рахунок INV-20021.
Μην στείλετε το τιμολόγιο INV-20021.
Δεν χρειαζόμαστε αντίγραφο του τιμολογίου INV-20021.
INV-20021の請求書は送らないでください。
INV-20021のコピーは不要です。
请不要发送发票INV-20021。
不需要对账单。
INV-20021 송장을 보내지 마세요.
لا ترسلوا الفاتورة INV-20021.
נא לא לשלוח את החשבונית INV-20021.
Vui lòng đừng gửi hóa đơn INV-20021.
""".strip().splitlines()

WISHED = """
We do not have INV-20021, please send it.
We don't have the invoice please send it again
i dont see inv 20021 please send
We cannot find INV-20021. Could you send a copy?
We never received INV-20021, please resend.
We never got the statement, can you send one?
No copy of INV-20021 ever reached us, please send one.
We have no copy of INV-20021 please send one.
Why have you not sent INV-20021?
Why don't you send the invoice?
Please don't hesitate to send INV-20021.
Don't forget to send INV-20021.
If you have not sent INV-20021 yet, please do.
If you do not send the statement we cannot pay.
Could you not send it by post?
Please send the PDF, don't post it.
We don't need it by post, the PDF of INV-20021 is enough.
No hard copy needed, just email INV-20021.
No need to call, just send INV-20021.
Please send INV-20021 no later than Friday.
I need INV-20021 not urgently but this week.
I don't need it until Friday.
You never send us statements, please send one.
We do not send cheques any more, INV-20021 went by ACH.
We have not been sent INV-20021.
I have not yet received the copy you sent.
Nothing else is needed, only INV-20021.
We don't want the invoice to fall overdue.
We do not want to pay INV-20021 twice, please send a statement.
Please send the gondolier no more.
No problem, please send INV-20021.
Not sure who to ask: please send INV-20021.
The invoice is not in our system, please send it.
INV-20021 was not attached, please send it again.
Please send INV-20021, as we have no record of it.
INV-20021 is not yet due, is it?
Has INV-20021 not been paid?
I need the invoice, the packing slip does not help.
There is nothing we need but INV-20021.
Wir haben die Rechnung INV-20021 nicht erhalten, bitte senden.
Uns liegt keine Kopie vor, bitte senden Sie eine.
Leider haben wir keine Rechnung erhalten bitte schicken Sie sie uns
Bitte senden Sie uns INV-20021, wir finden sie nicht.
Warum senden Sie die Rechnung nicht?
Können Sie die Rechnung nicht noch einmal schicken?
Falls Sie die Rechnung noch nicht gesendet haben, bitte senden.
Wir brauchen die Rechnung nicht per Post, PDF reicht.
Zögern Sie nicht, uns die Rechnung zu senden.
Wir wollen die Rechnung nicht zu spät bezahlen.
Je ne trouve pas la facture, pouvez-vous l'envoyer ?
Nous n'avons pas reçu la facture INV-20021, merci de l'envoyer.
N'hésitez pas à m'envoyer la facture INV-20021.
N'oubliez pas d'envoyer la facture INV-20021.
Pourriez-vous m'envoyer plus de détails sur INV-20021 ?
Je n'ai pas la facture merci de l'envoyer
No tengo la factura INV-20021, envíen una copia por favor.
No hemos recibido la factura, ¿pueden enviarla?
No olviden enviar la factura INV-20021.
No encuentro la factura por favor envíen una copia
Non ho ricevuto la fattura, potete inviarla?
Non trovo la fattura INV-20021, inviatemi una copia.
Non esitate a inviare la fattura.
Wij hebben factuur INV-20021 niet ontvangen, graag opsturen.
Kunt u factuur INV-20021 niet nog een keer sturen?
Não recebemos a fatura INV-20021, por favor enviem.
Não encontro a fatura, podem enviar?
Nie otrzymaliśmy faktury INV-20021, proszę o przesłanie.
Nie mamy faktury INV-20021, prosimy wysłać.
Vi har inte fått fakturan INV-20021, skicka den gärna.
Vi hittar inte fakturan, kan ni skicka en kopia?
Vi har ikke mottatt faktura INV-20021, vennligst send den.
Vi har ikke modtaget fakturaen, send den venligst.
Emme ole saaneet laskua INV-20021, lähettäkää se.
Мы не получили счёт INV-20021, отправьте его пожалуйста.
Please send INV-20021.
Mark not@send.example as read.
""".strip().splitlines()


@pytest.mark.parametrize("text", DENIED)
def test_what_is_not_wanted_is_a_risk(word_lists: WordLists, text: str) -> None:
    assert "negated_request" in {hit.concept for hit in word_lists.concepts.find(f"Question\n{text}")}
    assert "negated_request" in word_lists.concepts.risks


@pytest.mark.parametrize("text", DENIED[::7])
def test_it_is_found_in_the_subject_and_among_other_words(word_lists: WordLists, text: str) -> None:
    thanks = "Hi,\n\nthank you for your mail of Monday"
    for whole in (f"{text}\n{thanks}", f"Question\n{thanks}. {text} Best regards\nMegan", f"Q\n{thanks}\n\n{text}\n\nMegan"):
        (hit,) = [hit for hit in word_lists.concepts.find(whole) if hit.concept == "negated_request"]
        assert " ".join(whole[hit.start : hit.end].replace("’", "'").split()) == hit.words


@pytest.mark.parametrize(
    "text", ["Please don't send INV-20155.", "No envíen la factura INV-20155.", "We do not need a statement of account."]
)
def test_it_forbids_an_answer(understander: Understander, text: str) -> None:
    message = Message("<1@x.example>", "Question", Address("m.fuller@alderstone.example"), NOW, new_text=text)
    vetoes = understander.understand(message, facts(), MachineClass.PERSON).vetoes
    assert "negated_request" in {veto.code for veto in vetoes}


@pytest.mark.parametrize("text", WISHED)
def test_a_request_with_a_not_in_it_is_a_request(word_lists: WordLists, text: str) -> None:
    assert [hit.words for hit in word_lists.concepts.find(f"Question\n{text}") if hit.concept == "negated_request"] == []


@pytest.mark.parametrize(
    "piece", ["no ", "no need ", "no,", "no.", "a-", "don't want no ", "not send it. ", ", 1", "nicht senden ", "n'", "- "]
)
def test_no_text_takes_long(word_lists: WordLists, piece: str) -> None:
    began = time.process_time()
    word_lists.concepts.find(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 2


def test_a_negator_reaches_no_further_than_its_clause() -> None:
    denied = Denied([denying_words({"deny": ["not"], "ask": ["send"], "things": ["it"], "between": ["please"]})])
    assert [list(denied.find(text)) for text in ("not please send it", "not, please send it", "not. send it", "not sure send it", "")] == [
        [(0, 15)], [], [], [], [],
    ]  # fmt: skip
