"""Serve the sample company's shared inbox for looking at: `python scripts/serve_inbox.py [FOLDER]`; passwords are printed."""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "web"))

from inbox_office import PASSWORD, build, served


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="inboxbot-inbox-") as name:
        office = build(Path(name))
        with served(office) as address:
            print(f"{address}/inbox  dana@brightwater.example, password: {PASSWORD}", flush=True)
            while True:
                time.sleep(60)


main()
