"""known devices

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

from shared.storage.tables import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'devices',
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
        sa.Column('locked_until', UtcDateTime(), nullable=True),
        sa.Column('signed_in_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_devices_account_id')),
        sa.PrimaryKeyConstraint('token_hash', 'account_id', name=op.f('pk_devices')),
    )
    op.create_index(op.f('ix_devices_account_id'), 'devices', ['account_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_devices_account_id'), table_name='devices')
    op.drop_table('devices')
