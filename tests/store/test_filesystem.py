"""A store on another machine's disk is refused; a local one below or above it is not."""

from pathlib import Path

import pytest

from inboxbot.errors import StoreError
from inboxbot.store import engine
from inboxbot.store.engine import Store
from inboxbot.store.filesystem import network_kind

MOUNTS = """\
/dev/vda / ext4 rw 0 0
nas:/export /srv/nas nfs4 rw 0 0
/dev/vdb /srv/nas/local xfs rw 0 0
//pc/share /mnt/my\\040share cifs rw 0 0
overlay /over overlay rw 0 0
nas:/x /over nfs rw 0 0
garbage
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/inboxbot", ""), ("/srv/nas", "nfs4"), ("/srv/nas/deep/down", "nfs4"), ("/srv/nas/local/db", ""),
        ("/srv/nassau", ""), ("/mnt/my share/db", "cifs"), ("/over/db", "nfs"),
    ],
)  # fmt: skip
def test_the_nearest_mount_tells(path: str, kind: str) -> None:
    assert network_kind(Path(path), MOUNTS) == kind


def test_a_store_there_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "network_kind", lambda _path: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*local disk or PostgreSQL"):
        Store(f"sqlite:///{tmp_path / 'inboxbot.db'}")


def test_this_machines_own_mounts_can_be_read(tmp_path: Path) -> None:
    assert network_kind(tmp_path) == ""
