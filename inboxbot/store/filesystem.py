"""Whether a file lies on another machine's disk: SQLite's locks and syncs cannot be trusted there.

In: a path, and what Linux tells of its mounts. Out: the network file system's kind, or "". Elsewhere nothing is known.
"""

from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.ceph",
    }
)


def network_kind(path: Path, mounts: str | None = None) -> str:
    """The network file system on which `path` lies (https://sqlite.org/howtocorrupt.html, 2.1); "" when it is local or unknown."""
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    kind, nearest, place = "", -1, path.resolve()
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:  # noqa: PLR2004 - device, mount point, kind
            continue
        point = Path(fields[1].replace("\\040", " "))
        if (place == point or point in place.parents) and len(point.parts) >= nearest:  # the last mount on a place counts
            kind, nearest = fields[2], len(point.parts)
    return kind if kind in _NETWORK else ""
