"""closed intakes

Revision: 0003
After: 0002
"""

import json
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    closed = op.create_table(
        'closed_intakes',
        sa.Column('intake_id', sa.Uuid(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('intake_id', name=op.f('pk_closed_intakes')),
    )
    # What was heard before it had an effect here.
    heard = sa.text("SELECT body FROM inbox WHERE type = 'enrollment.intake.closed.v1' AND status = 'done'")
    data = [json.loads(row.body)['data'] for row in op.get_bind().execute(heard)]
    rows = [{'intake_id': UUID(one['intake_id']), 'closed_on': date.fromisoformat(one['closed_on'])} for one in data]
    if rows:
        op.bulk_insert(closed, rows)


def downgrade() -> None:
    op.drop_table('closed_intakes')
