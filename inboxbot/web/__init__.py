"""The web: pages that people open in a browser.

In: `WebServices` (callables and values; the web knows no store and no ledger of its own). Out: a FastAPI application
(`app.create_app`). `portal` is the customer's account page; `health` tells a supervisor how we are.
"""
