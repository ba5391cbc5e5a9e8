"""The chaos harness by hand: `make soak`, or `make soak ARGS="--rows 6-8,13 --mails 1000 --seeds 20"`.

In: which rows, how many mails a run, how many seeds. Out: a table, one line a row; exit code 1 when a promise was broken.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from servers.mailserver import MailServer, unavailable
from servers.nursery import Nursery

from chaos.rows import Row, here
from chaos.runner import run, select


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--rows", default="", help="such as 1-9,13; all of them where it is left out")
    parser.add_argument("--mails", type=int, default=1000, help="mails a run")
    parser.add_argument("--seeds", type=int, default=20, help="runs a row")
    parser.add_argument("--first-seed", type=int, default=1)
    chosen = parser.parse_args()
    reason = unavailable()
    if reason:
        print(f"the soak needs Dovecot and Postfix: {reason}")
        return 2
    print("| row | fault | runs | mails | lost | twice | in doubt | starts | seconds a run | figures |\n" + "|---" * 10 + "|", flush=True)
    with MailServer() as server, Nursery() as nursery:
        broken = [soak(row, server, chosen, nursery) for row in select(chosen.rows)]
    return 1 if any(broken) else 0


def soak(row: Row, server: MailServer, chosen: argparse.Namespace, nursery: Nursery) -> bool:
    """All runs of one row, and its line; True when a promise was broken."""
    if why := here(row):
        print(f"| {row.number} | {row.words} | 0 | | | | | | | left out: {why} |", flush=True)
        return False
    sums: Counter[str] = Counter()
    seen: dict[str, str] = {}
    problems = []
    began = time.monotonic()
    for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
        try:
            from_nursery = None if seed % 3 == 1 else nursery  # every third seed starts the program as a user does
            count = run(row, server, chosen.mails, seed, long=True, nursery=from_nursery)
        except (AssertionError, TimeoutError) as error:
            problems.append(f"seed {seed}: {str(error)[:3000]}")
            continue
        sums.update(mails=count.mails, lost=len(count.lost), twice=len(count.twice), doubt=count.in_doubt, starts=count.starts)
        for name, value in count.figures.items():
            if isinstance(value, int | float):
                sums[f"= {name}"] += value  # type: ignore[assignment]
            else:
                seen[name] = max(seen.get(name, ""), str(value))
    figures = [f"{name[2:]} {value}" for name, value in sums.items() if name.startswith("= ")] + [f"{n} {v}" for n, v in seen.items()]
    each = (time.monotonic() - began) / chosen.seeds
    print(
        f"| {row.number} | {row.words} | {chosen.seeds} | {sums['mails']} | {sums['lost']} | {sums['twice']} | {sums['doubt']} |"
        f" {sums['starts']} | {each:.0f} | {', '.join(figures)}{' BROKEN' if problems else ''} |",
        flush=True,
    )
    for problem in problems:
        print(f"  {problem}", flush=True)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
