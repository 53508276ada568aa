"""The two proofs a webhook carries: Meta's signature on each POST and our own token in the GET handshake."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

_PREFIX: Final = b"sha256="


def is_signed(raw: bytes, header: str | None, app_secret: str) -> bool:
    """Tell whether a body is Meta's: `header` is X-Hub-Signature-256, computed over the raw bytes.

    An empty secret signs nothing.
    """
    if not header or not app_secret:
        return False
    digest = hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(header.encode(errors="replace"), _PREFIX + digest.encode())


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """Give the text that answers a subscription handshake, or None where it is not ours (answer 403)."""
    offered = query.get("hub.verify_token", "")
    known = bool(verify_token) and hmac.compare_digest(
        offered.encode(errors="replace"), verify_token.encode(errors="replace")
    )
    if query.get("hub.mode") != "subscribe" or not known:
        return None
    return query.get("hub.challenge")
