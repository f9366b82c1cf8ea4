"""identities at an OpenID provider

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

from shared.storage.tables import UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'external_identities',
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('issuer', sa.String(length=255), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('linked_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_external_identities_account_id')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_external_identities')),
        sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_external_identities_issuer_subject')),
    )
    op.create_table(
        'provider_trips',
        sa.Column('cookie_hash', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('nonce', sa.String(length=64), nullable=False),
        sa.Column('verifier', sa.String(length=64), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=True),
        sa.Column('wanted', sa.Text(), nullable=False),
        sa.Column('began_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_provider_trips_account_id')),
        sa.PrimaryKeyConstraint('cookie_hash', name=op.f('pk_provider_trips')),
    )
    with op.batch_alter_table('provider_trips') as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_trips_began_at'), ['began_at'], unique=False)


def downgrade() -> None:
    op.drop_table('provider_trips')
    op.drop_table('external_identities')
