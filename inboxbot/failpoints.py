"""Named places at which a test may end, stop or delay this process; in production they are calls of an empty function.

In: the environment variable INBOXBOT_FAIL_POINTS, such as "send.begun=kill@3, decide.committed=sleep:0.5": what happens
at which place, and at which passage (the first, where none is named; "kill%7": at every seventh). Out: `reach`. The
variable is for the chaos tests alone; nothing else sets it.

    ingest.fetched    a batch is fetched, nothing of it is written        decide.writing    inside the decision's transaction
    ingest.recording  inside the transaction that records it              decide.committed  the answer lies in the outbox
    ingest.recorded   it is recorded, nothing is decided                  send.claimed      claimed, nothing is said to the server
    send.announced    the server said 354                                 send.begun        `sending` is committed, no byte has left
    send.half         half of the body has left                           send.dotted       all has left, no reply has been read
    send.accepted     the server said 250                                 send.recorded     `sent` is committed
"""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable

VARIABLE = "INBOXBOT_FAIL_POINTS"

_ACTION = re.compile(r"\s*([a-z.]+)=(kill|stop|sleep:([0-9.]+))(?:([@%])(\d+))?\s*")


def _nothing(_name: str) -> None:
    """Production."""


def armed(specification: str) -> Callable[[str], None]:
    """What `reach` does under this specification; raises ValueError for one that it cannot read."""
    actions = {}
    for part in specification.split(","):
        found = _ACTION.fullmatch(part)
        if found is None:
            raise ValueError(f"{VARIABLE}: expected NAME=kill|stop|sleep:SECONDS with @N or %N, got {part!r}")
        actions[found[1]] = (found[2].partition(":")[0], float(found[3] or 0), found[4] or "@", int(found[5] or 1))
    passed: Counter[str] = Counter()

    def reach(name: str) -> None:
        if name not in actions:
            return
        what, seconds, how, number = actions[name]
        passed[name] += 1
        if passed[name] == number if how == "@" else passed[name] % number == 0:
            _act(what, seconds)

    return reach


def _act(what: str, seconds: float) -> None:
    if what == "sleep":
        time.sleep(seconds)
    else:
        os.kill(os.getpid(), signal.SIGKILL if what == "kill" else signal.SIGSTOP)


reach: Callable[[str], None] = armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else _nothing
