"""inboxbot: an accounts-receivable mailbox that answers what a machine can answer safely and queues the rest for people.

The way of a message, and where each step lives:

    mailbox   new mail (IMAP IDLE and polling, or a Maildir)                     ingest/      reading.py
      | record     raw bytes and identity, before anything else                  store/
      | parse      RawMessage -> Message: newest text, attachments               ingest/
      | machine    a person's mail, or which kind of machine's?                  classify/
      | verify     is the sender who he says?  -> Authenticity                   ingest/
      | look up    sender -> customer -> Facts                                   ledger/
      | classify   (Message, Facts) -> Understanding                             classify/
      | decide     everything known -> Decision, a pure function                 policy/
      | compose    Decision -> Reply: text, HTML, PDFs, account link             responders/
      | commit     decision, conversation, promise, outbox: one transaction      store/       pipeline.py
      | mark       in the mailbox, best effort, after the commit                 ingest/      reading.py
    outbox, apart: claim -> send in phases -> sent, ready again, failed, in doubt             sending.py
    people, apart: the shared inbox, the customer's account page                 web/ cli/    desk.py

The nouns that travel: message, facts, understanding, decision, reply, conversation (each a module here). `pipeline`
calls the steps in order, `machinery` is one round of each kind of work, `daemon` and `once` run the rounds, `app` is
the composition root, `cli` the command line.
"""
