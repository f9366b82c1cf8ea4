"""correction requests

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
    field = sa.Enum('name', 'id_number', 'phone', 'post', 'unit', 'other', name='field', native_enum=False, create_constraint=True, length=40)
    state = sa.Enum('open', 'done', 'refused', name='state', native_enum=False, create_constraint=True, length=40)
    op.create_table('correction_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('field', field, nullable=False),
    sa.Column('stated_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('text_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('state', state, nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('answer', sa.String(length=500), server_default='', nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', sa.String(length=80), server_default='', nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f('ck_correction_requests_decided_has_its_time')),
    sa.CheckConstraint("state = 'open' OR stated_cipher IS NULL", name=op.f('ck_correction_requests_stated_value_erased')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_correction_requests_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_requests'))
    )
    with op.batch_alter_table('correction_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_requests_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_correction_requests_state', ['state', 'asked_at'], unique=False)
        batch_op.create_index('uq_correction_requests_open', ['person_id', 'field'], unique=True, postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_table('correction_requests')
