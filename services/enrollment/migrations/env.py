"""Alembic's way in; shared.storage.migrations does the rest."""

from services.enrollment.storage.tables import metadata
from shared.storage import migrations

migrations.run(metadata)
