"""Webhooks as Meta sends them: the envelope, statuses, and batches of every shape."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def envelope(phone_number_id: str, field: str = "messages", **value: Sequence[Json]) -> Json:
    """Put items into a webhook of one change."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": phone_number_id}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "419561257915477", "changes": [change]}]}


def in_one_entry(*payloads: Json) -> Json:
    """Join webhooks into one entry of several changes."""
    changes = [change for payload in payloads for entry in payload["entry"] for change in entry["changes"]]
    return {**payloads[0], "entry": [{**payloads[0]["entry"][0], "changes": changes}]}


def in_one_batch(*payloads: Json) -> Json:
    """Join webhooks into one of several entries."""
    return {**payloads[0], "entry": [entry for payload in payloads for entry in payload["entry"]]}


def in_one_change(*payloads: Json) -> Json:
    """Join webhooks into one change, with their contacts in another order than their messages."""
    values = [
        change["value"] for payload in payloads for entry in payload["entry"] for change in entry["changes"]
    ]
    joined = {
        key: [item for value in values for item in value.get(key, [])] for key in ("messages", "statuses")
    }
    contacts = [contact for value in values for contact in value.get("contacts", [])][::-1]
    value = {**values[0], **{key: items for key, items in joined.items() if items}, "contacts": contacts}
    return {**payloads[0], "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}


def status_item(message_id: str, status: str, body: Json, at: float, code: int = 0, title: str = "") -> Json:
    """Make a status of a message we sent."""
    item: Json = {"id": message_id, "status": status, "timestamp": str(int(at))}
    item |= {"recipient_id": body["to"]} if "to" in body else {"recipient_user_id": body["recipient"]}
    if "biz_opaque_callback_data" in body:
        item["biz_opaque_callback_data"] = body["biz_opaque_callback_data"]
    if code:
        item["errors"] = [{"code": code, "title": title, "message": title, "error_data": {"details": title}}]
    elif status in {"sent", "delivered"}:
        item["pricing"] = {"billable": True, "pricing_model": "PMP", "category": "service"}
    return item


def given(**fields: str) -> dict[str, str]:
    """Leave out the fields that are empty."""
    return {key: value for key, value in fields.items() if value}
