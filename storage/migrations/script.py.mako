<%
    body = "\n".join(line for line in (upgrades or "pass").splitlines() if "###" not in line).strip()
%>\
"""${message[0].upper()}${message[1:]}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}


def upgrade() -> None:
    """Take the step."""
    ${body}
