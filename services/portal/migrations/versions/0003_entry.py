"""second factor and privacy notice

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
    # Columns are added in place: an account or session that others point to is not copied over (SQLite).
    op.add_column('accounts', sa.Column('accepted_notice', sa.Integer(), nullable=True))
    op.add_column('accounts', sa.Column('notice_accepted_at', UtcDateTime(), nullable=True))
    op.add_column('sessions', sa.Column('awaits_second_factor', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'second_factors',
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('secret_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('confirmed_at', UtcDateTime(), nullable=True),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_second_factors_account_id')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_factors')),
    )
    op.create_table(
        'recovery_codes',
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_recovery_codes_account_id')),
        sa.PrimaryKeyConstraint('account_id', 'code_hash', name=op.f('pk_recovery_codes')),
    )


def downgrade() -> None:
    op.drop_table('recovery_codes')
    op.drop_table('second_factors')
    op.drop_column('sessions', 'awaits_second_factor')
    op.drop_column('accounts', 'notice_accepted_at')
    op.drop_column('accounts', 'accepted_notice')
