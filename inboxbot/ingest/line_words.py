"""Words by what they are in a mail's last lines, in many languages: data for the line tagger.

In: nothing. Out: `WORD_CLASSES`, a word in lower case to the classes it belongs to. A word may belong to several.
"""

# ruff: noqa: RUF001  the letters of other languages are meant

_CLASSES = {
    "closing": """
    diolch cofion hwyl takkar kveðja kveðjur bestu gràcies salutacions eskerrik agur graciñas
    saúdos dankon dankie groete asante makasih arigato arigatou merci vielmals ade adieu tschau
    baci bacio beijos bjs kram kramar klem knus kh dbh vänligen hilsener moikka čau szia üdvözöl
    salut multumesc selam hoşçakalın gelsin günler peace toodle tara ttfn laters solidarity
    blessed yrs respects weekend day evening afternoon feierabend wochenende tag abend woche bless
    god smooches tnx thnx week journée soirée fin serata giornata helg dag päivää dzień den napot
    zi grüßle grüssli grüessli distintamente smile yay happy nice lovely thanks thank thx thanx
    tks ty ta cheers regards regard rgds rgd best kind kindest warm warmest warmly sincerely
    cordially faithfully truly yours respectfully gratefully appreciatively appreciated appreciate
    obliged grateful gratitude greetings wishes blessings hugs xoxo love later cya bye goodbye
    ciao kr br tia farewell hooroo cheerio toodles ttyl namaste salamat salaam mahalo aloha
    sláinte grüße grüsse grüßen grüssen gruß gruss gruesse gruessen grüess dank danke vg lg mfg bg
    hochachtungsvoll freundlichst servus tschüss tschüs cordialement cdlt bàv bav salutations
    bises bisous amicalement respectueusement sincèrement plaisir remerciant saludos saludo
    atentamente atte gracias abrazo abrazos besos cordialmente cordialità saluti saluto grazie
    distinti ossequi groet groeten groetjes gr mvg hoogachtend bedankt dankjewel cumprimentos
    atenciosamente obrigado obrigada abraço abraços abs att pozdrawiam pozdrawiamy poważaniem
    dziękuję dziękujemy pozdrowienia pozdr wyrazami szacunku dzięki hälsning hälsningar hälsar mvh
    vh tack tackar hilsen hilsner hilser takk tak vennlig venlig ystävällisin terveisin terv
    kiitos kiitokset pozdravem pozdravom děkuji ďakujem díky dík zdravím üdvözlettel tisztelettel
    köszönettel köszönöm üdv kösz stimă respect mulțumesc mulțumim salutări saygılarımla
    saygılarımızla saygılar teşekkürler teşekkür sevgiler selamlar pozdrav poštovanjem hvala lijep
    spoštovanjem поздрав уважением спасибо благодарю поважою повагою дякую εκτίμηση ευχαριστώ
    χαιρετισμούς lugupidamisega tänan cieņu paldies pagarba ačiū 敬具 以上 此致 敬礼 敬禮 谢谢 謝謝 祝好 商祺 감사합니다
    드림 בברכה תודה تحياتي شكرا trân trọng salam hormat terima kasih
    """,
    "post": """
    accounts account payable payables receivable receivables ap ar a/p accountant accounting
    bookkeeper bookkeeping finance financial treasurer treasury controller comptroller purchasing
    procurement buyer manager mgr director head lead clerk assistant analyst specialist
    coordinator officer cfo ceo coo owner president vp partner founder secretary chair chairman
    chairwoman administrator admin department dept team desk office division unit branch ledger
    supervisor associate executive exec foreman superintendent proprietor principal counsel
    paralegal shop billing invoices invoicing credit collections payroll shared services centre
    center buchhaltung buchhalter buchhalterin kreditoren kreditorenbuchhaltung debitoren
    rechnungswesen finanzen einkauf einkäufer einkäuferin leiter leiterin leitung sachbearbeiter
    sachbearbeiterin prokurist prokuristin geschäftsführer geschäftsführerin geschäftsführung
    sekretariat abteilung verwaltung kassier kassiererin vorsitzende vorsitzender vorstand versand
    büro comptable comptables comptabilité fournisseurs responsable directeur directrice gérant
    gérante service achats trésorier trésorière secrétariat secrétaire adjoint adjointe agente
    agent bureau assistante contabilidad contable compras administración administrativo
    administrativa tesorería tesorera tesorero gerente jefe jefa departamento dpto cuentas pagar
    directora finanzas contabilidade financeiro tesouraria gestor gestora contas amministrazione
    amministrativo amministrativa contabilità ufficio acquisti fornitori responsabile titolare
    segreteria ragioneria boekhouding boekhouder crediteuren crediteurenadministratie
    administratie inkoop financiën afdeling eigenaar medewerker księgowość księgowa księgowy dział
    finansowy zakupów zakupy kierownik dyrektor prezes specjalista ekonomi ekonomiavdelningen
    ekonomiansvarig inköp inköpare redovisning leverantörsreskontra avdelning chef kassör regnskap
    regnskapssjef regnskab bogholderi bogholder økonomi innkjøp indkøb daglig leder avdeling
    fakturamottak økonomiansvarlig talous taloushallinto kirjanpito ostoreskontra ostot päällikkö
    johtaja toimitusjohtaja účetní účtárna oddělení ekonom jednatel könyvelés könyvelő pénzügy
    beszerzés osztály ügyvezető igazgató contabilitate contabil financiar achiziții serviciul
    departament muhasebe finans satın alma müdürü müdür uzmanı departmanı računovodstvo
    računovodja бухгалтерия бухгалтер директор отдел бухгалтерія λογιστήριο διευθυντής 経理部 経理 部長
    課長 財務部 财务部 财务 会计 經理 经理 회계팀 경리팀 과장 팀장 she/her he/him they/them esq cpa acca cma mba phd bsc msc
    dipl ing
    """,
    "firm": """
    gmbh inc llc ltd limited plc corp corporation co ag kg ohg ug sa sas sarl srl spa bv nv ab as
    aps oy oyj sl lda zoo sro kft zrt doo ad ood ooo pty pte bhd kk sdn group gruppe groupe grupo
    gruppo holding holdings company industries sons services solutions systems logistics
    construction manufacturing engineering partners associates enterprises trading supply supplies
    foods brewing marine hospital school district university college institute authority county
    city council association foundation church society club union maschinenbau werke handel verein
    genossenschaft stadtwerke gemeinde société frères fils cie talleres hermanos hijos fratelli
    figli officine
    """,
    "register": """
    hrb hra amtsgericht registergericht ust-idnr ustid steuernummer vat vat-id siret siren rcs kvk
    btw cif nif nipc regon nip krs orgnr org cvr ičo ico dič registered registration reg company
    registro mercantile codice fiscale piva iva abn acn ein tin duns capital stammkapital
    handelsregister aufsichtsrat vorstandsvorsitzender iban bic swift y-tunnus
    """,
    "street": """
    street st avenue ave road rd blvd boulevard suite ste drive dr lane ln way floor pkwy parkway
    hwy highway box court plaza square sq building bldg unit estate park quay wharf straße strasse
    str weg platz allee gasse ring damm ufer postfach rue cours quai impasse chemin route place zi
    za bp cedex calle avenida avda polígono paseo apdo via viale piazza corso strada rua praça
    largo travessa straat laan plein kade postbus ulica ul aleja al plac vej gade vägen gatan väg
    veien gata gaten katu tie ulice náměstí út utca bulevardul cad sok mah ул улица проспект
    """,
    "contact": """
    tel telefon téléphone tél teléfono telefono telefone telefoon phone ph mob mobile mobil cell
    fax direct ext extension durchwahl handy portable móvil celular cellulare gsm komórka puh
    puhelin tlf tfn mobiltelefon switchboard hotline whatsapp skype teams web website www email
    e-mail mail office t m f e p w d c o тел 电话 電話
    """,
    "ask": """
    resubmit submit respond required please pls plz kindly send resend need needs want wants could
    would can cannot missing statement statements copy copies pdf w-9 w9 remit remittance paid pay
    pays paying payment payments wire asap urgent urgently refund dispute disputed wrong hold
    release due overdue balance invoice invoices inv confirm attached attachment forward advise
    call why when where which what who how help check cheque answer return must disagreement
    settles settle clears note notice deadline within until before cancel stop update change
    changed invoiced credit order orders delivery shipment approve approved rejected bitte
    schicken schick senden brauche brauchen benötigen benötige kontoauszug rechnung rechnungen
    kopie zahlen zahlung zahlt überweisen überwiesen mahnung wann warum offen fehlt veuillez svp
    envoyer envoyez envoi facture factures relevé copie payé payer paiement solde virement
    pourquoi quand manque favor envíe enviar enviad necesito factura facturas copia pago pagar
    pagado saldo extracto cuándo falta cortesemente inviare fattura fatture estratto pagamento
    pagato bonifico quando manca graag sturen stuur factuur facturen afschrift betaal betalen
    betaling wanneer ontbreekt fatura faturas extrato proszę faktura faktury fakturę wyciąg kopię
    zapłacić zapłata kiedy vänligen skicka fakturan betala betalning kontoutdrag vennligst betale
    venligst prosím pošlete fakturu lasku laskun kérem számla számlát vă rog lütfen пожалуйста
    счет пришлите
    """,
    "talk": """
    i'm i'll i've i'd we we're we'll we've our you you're your yours it's its is are was were be
    been being has have had does don't doesn't didn't won't can't isn't aren't not this that these
    those they them their mine there shall should must might if because already still yet only
    less minus off wrong damaged short different wir uns unser unsere unserer unseren euch eure
    ihnen ihr ich mir mich es ist sind war waren wird werden haben hat habe hatten nicht kein
    keine keinen schon noch auf statt durch mal abzüglich neue falsch beschädigt je j'ai nous vous
    nos notre votre mes elle est sont était avons avez ai pas jamais déjà encore moins c'est ce
    cette mis nuestro nuestra nuestros su sus está están fue hemos han ya menos eso esto ci vi ti
    è era abbiamo avete hanno ho non già ancora meno questo questa nostro nostra vostro vostra wij
    ons onze jullie uw ik mij het zijn heeft hebben heb niet geen al nog dit dat minder não nós
    nossa nosso vossa vosso você já ainda foi foram temos estão isto isso meu minha nas nam nasz
    nasza państwa jest są był mamy nie już jeszcze oss vår våra vårt ert ni jag mig är var har
    hade inte redan ännu våre dere deres jeg hadde ikke allerede ennå vores jer jeres meidän
    teidän minä oli ovat ei vielä jo náš nám vám jsou byl máme ne už ještě nem volt már még noi nu
    este sunt avem deja biz bizim siz değil мы нам наш вы ваш это не уже еще εμείς μας σας δεν
    είναι
    """,
    "request": """
    bank banks bankverbindung banque banco banca konto account-number iban swift ship shipping
    shipped delivery discount skonto escompte descuento sconto resubmit submit respond required
    please pls plz kindly send resend need needs want wants could would can cannot also copy
    copies missing wire remit paid refund dispute confirm attach attached forward call cancel hold
    release why what where when how w-9 w9 owe urgent urgently advise bitte schicken schick senden
    sende brauche brauchen benötigen kopie kontoauszug überweisen überwiesen zahlen auch fehlt
    veuillez svp envoyer envoyez renvoyer merci-de aussi copie relevé payer manque favor envíe
    enviar enviad reenviar también copia cortesemente inviare inviate anche graag sturen stuur ook
    enviem envie também cópia proszę prosimy wyślij przesłać kopię vänligen skicka också kopia
    vennligst venligst også kopi prosím pošlete také lähettäkää myös kérem küldje lütfen gönderin
    """,
    "change": """
    since from new now effective moved moving change changed changes formerly longer seit neu neue
    neuer neues künftig umzug geändert depuis nouvelle nouveau désormais dès desde nueva nuevo
    ahora cambio agora nova novo a-partir dal nuova nuovo vanaf nieuw nieuwe sinds od nowy nowa
    nowe från nytt nye fra uusi alkaen nový nová új új-cím nou nouă yeni
    """,
    "notice": """
    terms conditions insured licensed license liability responsibility contract legal advice
    forests trees paperless gdpr dsgvo rgpd computer produced scanned checked opt preferences
    certified iso agb maschinell gültig geschäftsbedingungen datenschutz courriel réservé généré
    parvenu confidenciales système protección destinato esclusivamente riservate automatico
    gestionale inhoud aangemaakt voorwaarden gerada destina-se mensagem wygenerowana przeznaczona
    poufna systemgenererat avsett personuppgifter sendt konfidensiell automaattinen tarkoitettu
    vytvořena automaticky automatikus generat otomatik автоматически tariff employer addressee
    addressed disclosed collector purpose password portal network help-centre unsubscribe
    abbestellen impressum contains contain contener contiene contenir contient enthält enthalten
    contenere bevat contém zawiera innehåller indeholder confidential confidentiality privileged
    intended recipient recipients disclosure disclaimer unauthorised unauthorized virus viruses
    monitored unmonitored unattended mailbox automated automatically generated reply replies
    notification notifications subscribed environment print printing public records record law
    opinions views registered nonprofit error delete notify sender dissemination distribution
    prohibited system-generated computer-generated privacy policy trademark copyright vertraulich
    vertrauliche adressat empfänger unbefugt irrtümlich vernichten umwelt ausdrucken automatisch
    erstellt confidentiel confidentiels destinataire destinataires erreur détruire imprimer
    environnement automatiquement confidencial destinatario destinatarios imprimir ambiente
    generado automáticamente riservato destinatari stampare generato vertrouwelijk geadresseerde
    bestemd afdrukken milieu confidenciais destinatário poufne adresata wydrukiem konfidentiell
    mottagaren fortrolig modtageren luottamuksellinen důvěrné bizalmas confidențial gizli
    конфиденциально
    """,
    "mobile": """
    sent iphone ipad android samsung galaxy blackberry outlook ios mobile smartphone device
    gesendet unterwegs envoyé enviado inviato verzonden verstuurd wysłano wysłane skickat
    skickades sendt lähetetty odesláno küldve trimis gönderildi отправлено
    """,
    "day": """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december today tomorrow yesterday montag dienstag
    mittwoch donnerstag freitag heute morgen gestern lundi mardi mercredi jeudi vendredi lunes
    martes miércoles jueves viernes mon-fri hours
    """,
}


def _by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in _CLASSES.items():
        for word in dict.fromkeys(words.split()):
            found[word] = (*found.get(word, ()), name)
    return found


WORD_CLASSES = _by_word()
