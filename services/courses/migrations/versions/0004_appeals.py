"""appeals

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
    state = sa.Enum('open', 'granted', 'refused', name='state', native_enum=False, create_constraint=True, length=40)
    op.create_table('appeals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', state, nullable=False),
    sa.Column('filed_at', UtcDateTime(), nullable=False),
    sa.Column('answer', sa.Text(), server_default='', nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', sa.String(length=80), server_default='', nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f('ck_appeals_decided_has_its_time')),
    sa.ForeignKeyConstraint(['enrollment_id'], ['trainees.enrollment_id'], name=op.f('fk_appeals_enrollment_id_trainees')),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_appeals_session_id_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeals'))
    )
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeals_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_appeals_enrollment_id'), ['enrollment_id'], unique=False)
        batch_op.create_index('ix_appeals_state', ['state', 'filed_at'], unique=False)
        batch_op.create_index('uq_appeals_open', ['session_id', 'enrollment_id'], unique=True, postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_table('appeals')
