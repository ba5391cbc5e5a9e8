"""The demo: a sample company with its ledger, invoice PDFs, mail and mail servers.

In: a day and a folder. Out: everything the program needs to run without a real company around it.
"""
