r"""The phrases of signatures, disclaimers and banners, by language: data.

In: nothing. Out: alternatives of regular expressions, to be searched without regard to case in one line at a time; every
repetition in them is bounded, so that a line costs linear time. Languages: en de fr es it nl pt pl sv no da fi cs hu ro tr
ja zh, some ru el.
"""

# ruff: noqa: RUF001  the letters of other languages are meant


def _alternatives(lines: str) -> str:
    """One alternation of all the lines; a line that begins with "|" goes on inside the alternative above it."""
    return "".join(line if line.startswith("|") else f"|{line}" for line in lines.strip("\n").split("\n"))[1:]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Closing formulas; a name may follow.
CLOSINGS = _alternatives(r"""
(?:kind(?:est)?|best|warm(?:est)?|with(?: kind| best| warm)?|many|sincere|cordial)?\s?(?:personal )?regards?
(?:all )?(?:the )?best(?: wishes)?|rgds|br|kr|b\. ?rgds|cheers|sincerely|yours(?: sincerely| faithfully| truly)?|respectfully
cordially|many thanks|thank(?:s|ing)?(?: you)?(?: (?:so|very) much| in advance| in anticipation| again| a lot| kindly)?|thx|th?ks
greetings?|with appreciation|appreciate (?:it|ya|you)|xo+|tks|ta|take care|tia|cordialement|(?:bien )?(?:à|a) (?:vous|toi)
bien cordialement|(?:meilleures |sincères )?salutations(?: distinguées)?|merci(?: d'avance| beaucoup)?|bonne (?:journée|soirée|fin)
amicalement|mit (?:freundlichen|besten|vielen|herzlichen) (?:grü(?:ß|ss)en|gruessen|dank)|m\.?\s?f\.?\s?g\.?
freundliche (?:grü(?:ß|ss)e|gruesse)
(?:viele|liebe|beste|schöne|herzliche|sonnige|freundlich(?:e|er)) (?:grü(?:ß|ss)e|gruesse|gru(?:ß|ss))|gru(?:ß|ss)|grü(?:ß|ss)e|vg
lg|bg|(?:vielen|besten|herzlichen) dank|danke(?: schön| sehr| im voraus)?|hochachtungsvoll
(?:un )?(?:cordial(?:es)? |atentos? |cordiales )?saludos?(?: cordiales)?|atentamente|(?:muchas )?gracias(?: de antemano)?|un abrazo
quedo atent[oa]|(?:cordiali|cari|tanti) saluti|ha en (?:fin|bra) dag|distinti saluti|(?:un )?cordiale? saluto|saluti
grazie(?: mille| in anticipo)?|buona giornata|(?:met )?(?:vriendelijke|hartelijke) groet(?:en|jes)?|mvg|gr|groet(?:en|jes)?
(?:alvast )?bedankt|dank(?: u| je)?(?: wel)?|hoogachtend|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|atte|abraços?
obrigad[oa]|cordialmente|pozdrawiam|z (?:poważaniem|wyrazami szacunku)|z góry dziękuję|dziękuję|pozdrowienia|pozdr
med (?:vänlig|vänliga|venlig|vennlig|bästa|beste) (?:hälsning(?:ar)?|hilsen)|(?:vänliga |bästa )?hälsning(?:ar)?
(?:mange |beste |venlig |vennlig |de bedste )?hilsen(?:er)?|mvh|vh|tack(?: på förhand)?|takk|tak|på forhånd (?:takk|tak)
ystävällisin terveisin|yst\.? ?terv|terveisin|parhain terveisin|kiitos|s pozdravem|děkuji|díky|hezký den|üdvözlettel|köszönettel
köszönöm|tisztelettel|cu (?:stimă|respect)|mulțumesc|o zi bună|toate cele bune|saygılarımla|saygılarımızla|iyi çalışmalar
teşekkürler|sevgiler|よろしくお願い(?:いた|致)?します|以上|敬具|此致|敬礼|顺祝商祺|谢谢|謝謝|祝好|с уважением|спасибо|με εκτίμηση
""")

# Words that make a short line ending in a comma a closing formula.
CLOSING_STEMS = _alternatives(r"""
thanks|thank you|thx|regards|greetings|wishes|appreciat\w+|gratitude|cheers|sincerely|cordial\w*|grü(?:ß|ss)\w*|gruss|gruß|dank
saludos|salutations|merci|saluti|grazie|groet\w*|hälsning\w*|hilsen|pozdr\w*|terveis\w*|cumprimentos
""")

# What telephones' mail programs write below a mail.
MOBILE = _alternatives(r"""
(?:sent|secured) (?:from|via|with|using) \[?(?:my |the )?(?:\w+ ){0,3}(?:i?phone|ipad|mobile|android|samsung|galaxy|blackberry|outlook|mail
|gmail|yahoo|tuta|device|huawei|pixel|phone|proton ?mail|spark|superhuman|app|smartphone|handy|tablet|windows|aol|web)\b
sent (?:from|via) (?:my |the )?\w+$|get outlook for|get bluemail
(?:von|vom) (?:meinem|mein|unterwegs|mobil\w*|handy|iphone|smartphone)\b.{0,60}(?:gesendet|geschickt)?
gesendet (?:von|mit|aus|über)\b|diese nachricht wurde von meinem|holen sie sich outlook|outlook für (?:ios|android)
(?:envoyé|enregistré) (?:de|depuis|à partir de|avec|via) |télécharge[rz] outlook|obtenez outlook|provenance de
enviado (?:desde|do|a partir|de|pelo|via|con)\b|obtener outlook|obter o outlook|inviato d(?:a|al|all)\b|scarica outlook
ottieni outlook|verzonden (?:vanaf|via|met|vanuit)|verstuurd vanaf|download outlook|wysłan[eoa] z |pobierz (?:program )?outlook
skickat från|skickades från|sendt fra|hämta outlook|hent outlook|lähetetty |hanki outlook|odesláno z|posláno z|získat outlook
iphone(?:ról|-ról| készülék)|küldve|trimis de pe|trimis din|iphone['’]umdan|.{0,20}(?:telefonumdan|cihazımdan) gönderildi|iphoneから送信
从我的 ?iphone|发自我的|發自我的|отправлено с
""")

# How an afterthought begins.
POSTSCRIPTS = _alternatives(r"""
p\.?\s?s\b|n\.?b\.?\s?[:.]|btw\b|by the way|one more|also\b|oh[,.! ]|übrigens|ach ja|außerdem|nachtrag|au fait|posdata|p\.?d\.
""")

# Words that may ask for something: a line with one of them is never cut as signature.
ASKS = _alternatives(r"""
please|pls|plz|kindly|send|resend|need|want|could|would|can you|missing|statement|cop(?:y|ies)|pdf|w-?9|remit\w*|paid|pay|paying
payment (?!terms)|wire|asap|urgent\w*|refund|credit note|dispute\w*|wrong|hold|release|due|overdue|balance
invoices?(?! (?:team|department|dept|processing|desk|control))|inv|confirm\w*|attached|attachment|see below|let (?:me|us) know
forward|call me|bitte|schick\w*|senden|brauch\w*|benötig\w*|kontoauszug|rechnung(?!swesen|sprüfung|sabteilung)\w*|kopie|zahl\w*
überw\w*|mahn\w*|veuillez|svp|s'il|envoy\w*|facture|relevé|copie|payé|paie\w*|solde|virement|por favor|env(?:í|i)\w*|factura|copia
pag(?:o|ar|ado|amos)|saldo|estado de cuenta|per favore|cortesemente|inviare|fattura|estratto|pagament\w*|pagat\w*|graag|stuur\w*
factuur|afschrift|betaal\w*|betaling|fatura|extrato|pagamento|proszę|faktur\w*|wyciąg|kopi\w*|zapłac\w*|vänligen|skicka|kontoutdrag
betal\w*|prosím|pošlete|laskun?|tiliote|számla|kérem|factura|vă rog|lütfen
""")

# Telephone numbers, mail and web addresses.
CONTACTS = _alternatives(r"""
(?:\b(?:tel|phone|ph|mob(?:ile)?|cell|fax|direct|dir|office|telefon|handy|mobil|téléphone|tél|fixe|portable|móvil|teléfono
|cellulare|telefoon|komórka|puhelin|durchwahl|ext|hotline|skype|teams|whatsapp)\b|\b[tmfpceodw]\b\s?[.:|]|[☎✆📞📱✉])\s?[.:]?.{0,12}\d
\+\d[\d\s().\-/]{6,}|\(?\b\d{3}\)?[\s.\-/]\d{3}[\s.\-]\d{4}\b|\b\d{3}-\d{4}\b|\b0\d{1,4}[\s/\-]\d[\d\s\-/]{4,}
[^\s<>@]{1,64}@[^\s<>@]{1,60}\.[a-z]{2,}|\b(?:https?://|www\.)\S
""")

# Legal forms and registers of firms.
LEGAL_FORMS = _alternatives(r"""
\b(?:gmbh|inc|llc|ltd|limited|plc|corp(?:oration)?|co|ag|kg|ohg|ug|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|a\.?b|a/s|aps|oy
|oyj|s\.?l|lda|sp\. ?z ?o\.?o|a\.?s|s\.?r\.?o|kft|zrt|group|holdings?|company)\b\.?
\b(?:hrb|hra|amtsgericht|geschäftsführer\w*|ust-?id\S*|vat|siret|siren|rcs|kvk|btw|cif|nif|p\.? ?iva|c\.?f\.|regon|nip|krs
|org\.? ?nr|cvr|ico|dič|registered (?:in|office)|company (?:no|number|reg))\b
""")

# Posts and departments.
POSTS = _alternatives(r"""
\b(?:accounts? (?:payable|receivable|department|dept|team|office)|a/?p\b|a/?r\b|account(?:ant|ing|s)|bookkeep\w*|finance
|financial|treasur\w*|controll\w*|purchas\w*|procure\w*|buyer|payables?|manager|director|head of|lead|clerk|assistant|analyst
|specialist|coordinator|officer|cfo|ceo|coo|owner|president|vp|department|dept|team|office|buchhaltung|kreditoren\w*
|rechnungswesen|einkauf|leiter\w*|sachbearbeiter\w*|prokurist\w*|comptab\w*|responsable|service|achats|contabilidad|compras
|administra\w*|contabilità|amministra\w*|boekhouding|crediteuren\w*|administratie|inkoop|księgow\w*|ekonomi\w*|inköp|regnskab
|økonomi|účetní|osasto|talous)\b
\((?:she|he|they)/
""")

# Postal addresses.
STREETS = _alternatives(r"""
\b(?:street|st|avenue|ave|road|rd|blvd|boulevard|suite|ste|drive|lane|way|floor|p\.? ?o\.? box|postbus|postfach|apdo
|boîte postale|bp|stra(?:ß|ss)e|str|platz|weg|allee|rue|calle|via|straat|laan|ul)\b\.?
(?:straße|strasse|str\.|weg|platz|gasse|straat|gatan|vej|gade)\s?\d|\b[A-Z]{2} \d{5}\b|^\W?(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÄÖÜ]\w+
""")

# How a gateway's "external e-mail" banner begins.
BANNERS = _alternatives(r"""
\[?\W*(?:external|extern|externe|externo|esterno|ekstern|zewnętrzn[ay])\W*(?:e-?mail|mail|sender|message|nachricht|absender
|bericht)?\W{0,5}$
(?:caution|warning|attention|achtung|vorsicht|attenzione|atención|let op|notice|uwaga|external(?: e-?mail| sender
| message)?)\W{1,4}(?:this|the|diese|ce|cet|este|questo|deze|external|externe|e-?mail|do not|think|be careful
|ta)\b.{0,80}(?:external|outside|originat|extern|expéditeur|esterno|externo|zewnątrz|click|links)
this (?:e-?mail|message) (?:originated|came|was sent|is) (?:from )?(?:an? )?(?:outside|external)
you don['’]t often (?:get|receive) e-?mail from|sie erhalten nicht (?:oft|häufig) e-?mails? von
diese e-?mail (?:stammt|kommt) von (?:einem )?(?:extern|außerhalb)|vous n['’]obtenez pas souvent d['’]e-?mail
no suele recibir correo|u ontvangt niet vaak
""")

# What the banner goes on to say.
BANNERS_ON = _alternatives(r"""
do not (?:click|open|reply)|(?:please )?(?:exercise|use) caution|be (?:careful|cautious)|unless you (?:recogni[sz]e|know|trust)
and know the content|(?:the )?content is safe|recogni[sz]e the sender|links or (?:open )?attachments|learn why this is important
klicken sie (?:nicht|keine)|öffnen sie keine|sender and know|report (?:suspicious|phishing)|erfahren sie, warum
""")

# Legal disclaimers, virus and print notices, notices of unattended mailboxes.
DISCLAIMERS = _alternatives(r"""
(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication
|transmission)(?: message)?(?: and| \(|,| \[| may| is| contains| has| was| transmission|\s+or).{0,120}?(?:confidential|privileged
|intended|virus|scanned|monitored|proprietary|secured)
(?:may contain|contains?) (?:information (?:that|which) is )?(?:legally )?(?:confidential|privileged|proprietary)(?: (?:and|or
|information|material)|[,/.])
if you (?:are|'re|have received|received|think you)(?: not)? (?:the (?:intended|named|correct)|this (?:e-?mail|message
|communication|in error))
intended (?:solely|only|exclusively) for|privileged (?:and|&) confidential|confidential(?:ity)? (?:notice|note|disclaimer)
\bdisclaimer\s?:|(?:consider|think of|think about) the environment|think before (?:you )?print|before (?:you print|printing) this
avoid printing|(?:scanned|checked) (?:for viruses|by)|virus[- ]?free|avast|does not accept liability for
no liability (?:is accepted )?for|this (?:mailbox|inbox|address) is (?:not|un)\s?-?monitored
do not reply to this (?:e-?mail|message)|(?:please |pls )?do not reply (?:to this|directly)\b|please do not reply\b
antworten sie (?:bitte )?nicht auf diese|automatisch (?:erzeugt|erstellt|generiert)|courriel généré par
merci de ne pas (?:y )?répondre|^\W*generated by (?:the|our)\b|^\W*privileged and confidential|(?:system|computer)[- ]generated
diese (?:e-?mail|nachricht|mitteilung)(?: und| \(|,| kann| enthält| ist).{0,80}vertraulich
nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)|vertrauliche (?:und|informationen)
(?:bevor|ehe) sie diese (?:e-?mail|mail|nachricht) (?:aus)?drucken|denken sie an die umwelt|umwelt.{0,40}ausdrucken
ce (?:message|courriel|mail).{0,80}confidentiel
si vous (?:n['’]êtes pas le destinataire|avez reçu ce (?:message|courriel|mail) par erreur)|pensez à l['’]environnement
n['’]imprimez|este (?:mensaje|correo|e-?mail|email).{0,80}confidencial|si (?:usted )?(?:no es el destinatario|ha recibido este)
piense en el medio ambiente|antes de imprimir|aviso (?:legal|de confidencialidad)|questo messaggio.{0,80}(?:riservat|confidenzial)
(?:qualora|se) (?:non foste|avete ricevuto|ha ricevuto).{0,30}(?:destinatari|messaggio)|rispetta l['’]ambiente|prima di stampare
(?:dit|deze) (?:bericht|e-?mail).{0,80}(?:vertrouwelijk|uitsluitend)|indien u niet de (?:beoogde|geadresseerde)|denk aan het milieu
(?:esta|este) (?:mensagem|e-?mail).{0,80}(?:confidenciais|confidencial)|se não (?:for|é) o destinatário|antes de imprimir
pense no meio ambiente|(?:ta|niniejsza) wiadomość.{0,80}poufn|jeżeli nie (?:jest|są) (?:pan|państwo)|zanim wydrukujesz
detta (?:meddelande|e-?post|mejl).{0,80}(?:konfidentiell|avsett)
denne (?:e-?post|e-?mail|meddelelsen|mail).{0,80}(?:fortrolig|konfidensiell)|tänk på miljön|tænk på miljøet
tämä (?:viesti|sähköposti).{0,80}luottamuksel|tato zpráva.{0,80}důvěrn|本邮件.{0,40}(?:机密|保密)|本メール.{0,40}(?:機密|秘密)
ez az (?:üzenet|e-mail).{0,80}bizalmas|acest (?:mesaj|e-?mail).{0,80}confidențial
bu (?:e-?posta|mesaj|ileti).{0,80}(?:gizli|kişiye özel)
""")

# Small words inside the names of firms and people.
CONNECTORS = _words("& and und et y e og och of the de des du la le for van von der für di i t/a")

# Capitalised words that, alone at the end of a mail, are an answer and not a name.
ANSWERS = _words(
    """
    fyi fya pfa pfb disputed correct wrong noted understood shipped sent paid yep nope
    yes no ok okay agreed approved accepted confirmed declined denied rejected refused returned received done never today tomorrow
    yesterday now stop cancel cancelled unacceptable help hello hi either neither both none all nothing monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november december
    ja nein genehmigt bestätigt abgelehnt storniert erledigt heute morgen hallo montag dienstag mittwoch donnerstag freitag januar
    februar märz mai juni juli oktober dezember oui non lundi mardi mercredi jeudi vendredi sí si lunes martes jueves viernes tak nie
    da ne kyllä
    """
)
