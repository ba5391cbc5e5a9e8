"""Make the pictures of docs/inbox.md from the sample company: `make screenshots`.

In: a checkout with Chromium. Out: PNG files in docs/images/inbox; exit code 1 where there is no browser.
"""

import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP / "tests" / "web"))

from browser import Browser, browser, unavailable
from inbox_office import Office, build, served
from selenium.webdriver.common.keys import Keys

from inboxbot import log
from inboxbot.desk import canned, fraud, reading, replies, work
from inboxbot.desk.replies import Answer

OUT = TOP / "docs" / "images" / "inbox"
PAGES = {"customers/C1001": "customer", "settings": "settings", "people": "people", "filed": "filed", "audit": "audit", "canned": "canned"}


def main() -> int:
    if reason := unavailable():
        print(reason, file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="inboxbot-screenshots-") as name:
        log.configure((Path(name) / "log").open("w", encoding="utf-8"))
        office = build(Path(name))
        _prepare(office)
        with served(office) as address:
            with browser(address) as wide:
                wide.sign_in("dana")
                shoot(wide, "/inbox/v/open", "queue")
                shoot(wide, "/inbox/c/1?view=open", "conversation")
                wide.keys(Keys.CONTROL + "k")
                shoot(wide, "", "palette")
                wide.keys(Keys.ESCAPE)
                wide.keys("c", "i")
                shoot(wide, "", "correction")
                shoot(wide, f"/inbox/c/{fraud_lane(office)}?view=fraud", "fraud")
                for path, picture in PAGES.items():
                    shoot(wide, f"/inbox/{path}", picture)
                wide.dark(dark=True)
                shoot(wide, "/inbox/c/1?view=open", "conversation-dark")
                shoot(wide, "/inbox/v/open", "queue-dark")
            with browser(address, width=390, height=844, scale=2) as phone:
                phone.sign_in("dana")
                shoot(phone, "/inbox/v/open", "queue-phone")
                shoot(phone, "/inbox/c/1?view=open", "conversation-phone")
    return 0


def _prepare(office: Office) -> None:
    """A company in the middle of its day."""
    work.note(office.desk, office.viewer("sam"), 1, "Called Megan: the price list of May applies. @dana can we credit the difference?")
    work.assign(office.desk, office.viewer("dana"), 4, "olga@brightwater.example")
    work.change_tags(office.desk, office.viewer("dana"), 2, add=["warehouse"])
    replies.send(office.desk, office.viewer("olga"), 6, Answer("Danke, wir haben die neue Adresse notiert."))
    canned.put(
        office.desk, office.viewer("mia"), None, "Statement", "Dear {contact},\n\n{customer} owes {balance}, of which {overdue} is overdue."
    )
    fraud.genuine(office.desk, office.viewer("sam"), fraud_lane(office), "called Ben on the number in our records")


def fraud_lane(office: Office) -> int:
    view = reading.view(office.desk, office.viewer("dana"), "fraud")
    return reading.queue(office.desk, office.viewer("dana"), view.filter).conversations[0].conversation_id


def shoot(one: Browser, path: str, picture: str) -> None:
    if path:
        one.go(path)
    time.sleep(0.7)
    one.driver.save_screenshot(str(OUT / f"{picture}.png"))
    print(OUT / f"{picture}.png")


sys.exit(main())
