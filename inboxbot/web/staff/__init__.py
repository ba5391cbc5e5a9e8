"""The shared inbox: the pages in which staff work.

In: a `Desk`. Out: routes under /inbox. Every page works without JavaScript (links and forms, then a redirect); with it
htmx exchanges parts of the page, server-sent events bring what colleagues and customers do, and keys do the rest.

    gate          who is behind a request: session cookie, CSRF, redirects to the sign-in page
    render        templates, and the filters by which values become words
    assets        style sheet, scripts
    sign_in       signing in and out, invitations
    queue         the list of conversations, search, bulk actions, saved views
    talk          one conversation
    view          the values of these pages (pure)
"""
