"""What people do in the shared inbox: the one place for it, called by the pages, the API and the terminal alike.

In: a `Desk` (what it works with) and a `Viewer` (who asks). Out: values to show, or changes written with who and when. Every
function checks first what the viewer may do, and asks the store within the viewer's scope only.

    office        Desk: the adapters, connected
    access        what a viewer may do
    passwords     argon2id
    accounts      signing in and out, users, invitations, tokens
    reading       the queue, counts, search, one conversation
    work          assigning, status, snoozing, notes, tags, merging and the rest
    replies       answering, taking back, what became of a mail in doubt
    addresses     dead addresses, stopped and released
    fraud         the fraud lane: two people before an answer
    corrections   putting the machine right; filed mail
    canned        canned replies
    customer      the customer beside a conversation
    presence      who has what open, what happened
    learned       the ledger with the contacts that staff confirmed
    clock         what happens by the clock
    notices       telling staff by mail
"""

from inboxbot.desk.addresses import release_address, stop_address
from inboxbot.desk.replies import reply, settle

__all__ = ["release_address", "reply", "settle", "stop_address"]
