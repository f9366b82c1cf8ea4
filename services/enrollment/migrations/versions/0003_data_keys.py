"""data keys

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

from shared.storage.tables import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys = op.create_table(
        'data_keys',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=True),
        sa.Column('since', UtcDateTime(), nullable=True),
        sa.CheckConstraint('id = 1', name=op.f('ck_data_keys_one')),
        sa.CheckConstraint('number BETWEEN 1 AND 255', name=op.f('ck_data_keys_number')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_data_keys')),
    )
    op.execute(keys.insert().values(id=1, number=1))
    op.add_column('intakes', sa.Column('forgotten_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('intakes', 'forgotten_on')
    op.drop_table('data_keys')
