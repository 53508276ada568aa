"""All flows by name. A new flow is added here, and only here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.certificate import CERTIFICATE
from flows.consent import CONSENT
from flows.engine import Flow
from flows.menu import ANNOUNCEMENTS, LANGUAGE, MENU, WAITING
from flows.person import PERSON
from flows.privacy import DATA, ERASE, PRIVACY
from flows.product import DETAILS, PRODUCT
from flows.products import PRODUCTS
from flows.profile import PROFILE
from flows.register import REGISTER
from flows.registrations import REGISTRATIONS

BOOK: Final[Mapping[str, Flow]] = {
    flow.name: flow
    for flow in (
        MENU,
        LANGUAGE,
        WAITING,
        CONSENT,
        REGISTER,
        PROFILE,
        REGISTRATIONS,
        PRODUCT,
        DETAILS,
        PRODUCTS,
        CERTIFICATE,
        ANNOUNCEMENTS,
        PRIVACY,
        DATA,
        ERASE,
        PERSON,
    )
}
