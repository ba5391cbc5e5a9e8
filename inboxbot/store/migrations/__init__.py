"""Schema changes, by Alembic, run in the process: no `alembic.ini`, nothing to remember at an upgrade.

In: an engine. Out: the newest schema. A new change: a module in `versions/`, numbered on.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
