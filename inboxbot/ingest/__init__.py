"""New mail in, messages out.

In: a mailbox (IMAP or Maildir). Out: `RawMessage` as the mailbox gave it, then `Message` and `Authenticity`. The only
package that knows IMAPClient and mail-parser.

    mailbox        what a mailbox can do, whatever its kind; mailbox_kinds picks one
    imap, maildir  the kinds
    parse          RawMessage -> Message; calls the modules below
    headers        limits, header values, dates, Message-IDs; charset decodes bytes
    addresses      From and the other parties; two parsers must agree
    mime           which parts are text and which are files
    harmless       the files that belong to the mail's form: signatures, keys, cards; clearsigned takes off PGP's frame in a text
    html_text      HTML to the text a reader sees, on an html_page; html_hidden knows what he does not see
    body           the newest text apart from quotes, signature and disclaimer
                   (reply_headers, signature, disclaimers know how those look; phrases are the words)
    authenticity   is the sender who he says? auth_results judges what gateways wrote, dkim_check signatures (dkim_form is the
                   form in which mail is signed, dns finds their keys), alignment whether two domains are one owner's
"""
