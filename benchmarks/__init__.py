"""What inboxbot costs, measured on this machine beside the floor under it: `python -m benchmarks`.

latency         a mail delivered -> its answer accepted, beside a bare script that does only that
understanding   one mail understood, beside spaCy's tokeniser over the same text
explaining      `inboxbot explain` over 500 files
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the tests' mail servers serve here too
