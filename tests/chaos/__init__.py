"""The chaos harness: the real daemon, real and faulty servers, faults, and a count made from outside.

    books      a company with as many customers as mails: every mail is somebody's own question
    sink       an SMTP server that accepts, refuses, stalls, cuts, and remembers what it accepted
    proxy      an IMAP proxy before Dovecot that cuts, stalls, splits and falsifies what the server says
    poison     mails that are meant to break the parser
    scene      one run: servers, daemon, mails, kills, and the count
    rows       the fault table, one function a row
    __main__   by hand: `make soak ARGS="--rows 7 --mails 1000 --seeds 20"`

The oracle is the mail that the sink (or Postfix's captured mailbox) accepted and what `inboxbot queue list` shows to
people; the program's own tables are never asked.
"""
