"""audit chain

Revision: 0002
After: 0001
"""

from shared.storage.migrations import chain_audit_entries, unchain_audit_entries

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    chain_audit_entries(days=180)


def downgrade() -> None:
    unchain_audit_entries()
