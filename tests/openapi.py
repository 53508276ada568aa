"""Meta's own description of what Graph takes, as a validator of outgoing bodies."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE: Final = Path(__file__).parents[1].parent / "shared/fixtures/whatsapp/openapi-v23-outbound.yaml"
ABSENT: Final = f"Meta's OpenAPI description is not at hand ({FILE.name})"
_ROOT: Final = "urn:graph"


@cache
def _registry() -> tuple[Registry[Any], Mapping[str, str]]:
    document = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    registry: Registry[Any] = Registry()
    registry = registry.with_resource(_ROOT, Resource.from_contents(document, DRAFT202012))
    return registry, document["components"]["schemas"]["Message"]["discriminator"]["mapping"]


@cache
def _schema(kind: str) -> Draft202012Validator:
    registry, mapping = _registry()
    reference = mapping[kind] if kind else "#/components/schemas/MarkMessageRequestPayload"
    return Draft202012Validator({"$ref": f"{_ROOT}{reference}"}, registry=registry)


def _validate(body: Mapping[str, Any]) -> None:
    _schema(body.get("type", "")).validate(body)


validate_outgoing: Final[Callable[[Mapping[str, Any]], None] | None] = _validate if FILE.exists() else None
"""Check a body against the schema of its `type`, raising `ValidationError`; None without the file."""
