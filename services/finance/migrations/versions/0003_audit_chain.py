"""audit chain

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op
from shared.storage.migrations import protect_audit_entries, unprotect_audit_entries

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('audit_entries', sa.Column('position', sa.BigInteger(), nullable=True))
    op.add_column('audit_entries', sa.Column('previous', sa.String(length=64), nullable=True))
    op.add_column('audit_entries', sa.Column('digest', sa.String(length=64), nullable=True))
    op.create_index('uq_audit_entries_position', 'audit_entries', ['position'], unique=True)
    unsealed = sa.text('position IS NULL')
    op.create_index('ix_audit_entries_unsealed', 'audit_entries', ['id'], postgresql_where=unsealed, sqlite_where=unsealed)
    op.create_index('ix_audit_entries_at', 'audit_entries', ['at'])
    protect_audit_entries(days=180)


def downgrade() -> None:
    unprotect_audit_entries()
    for index in ('ix_audit_entries_at', 'ix_audit_entries_unsealed', 'uq_audit_entries_position'):
        op.drop_index(index, table_name='audit_entries')
    for column in ('digest', 'previous', 'position'):
        op.drop_column('audit_entries', column)
