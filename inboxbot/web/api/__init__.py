"""The JSON API: the same actions as the pages, for a team's own scripts.

In: a `Desk`; requests with a user's token. Out: an application of its own under /api/v1 with an OpenAPI description, and a page
that shows it. It decides nothing: every function is `desk`'s, every answer within the token's scope.

    door          whose token it is, and what is said when something is not possible
    given         what a script may send
    shown         what it gets back
    reading       views, lists, search, conversations, customers, the audit trail
    working       everything that changes a conversation
    house         canned replies, saved views, accounts and invitations
    docs          the page
"""
