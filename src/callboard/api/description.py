"""What the description of the API says beyond its calls: problems, retries, evidence, the stream."""

from __future__ import annotations

from typing import Any

from ninja.openapi.schema import OpenAPISchema

TEXT = (
    "Everything that the web can do, through the same operations. Times are RFC 3339 in UTC. Failures are "
    "problem documents (RFC 9457) with a stable `code`. A POST with an `Idempotency-Key` may be sent again "
    "within a day and is done once. Lists come in pages: hand `next` back as `cursor`."
)

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; stable."},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": True,
}
FAILED = {
    "description": "A problem (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
AGAIN = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request is done once, and answered the same.",
}
EVENTS: dict[str, Any] = {
    "post": {
        "operationId": "send_events",
        "summary": "Send evidence",
        "description": "A batch of events as a JSON array or NDJSON; 202 only once they are committed.",
        "tags": ["Evidence"],
        "security": [{"Key": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
                },
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": {
            "202": {
                "description": "Committed.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}},
            },
            "default": FAILED,
        },
    }
}
STREAM: dict[str, Any] = {
    "get": {
        "operationId": "stream",
        "summary": "What changes, as it changes",
        "description": (
            "Server-sent events named by topic: `case` with the whole case, `session`, `live`, `queue`, "
            "`person`, `incident` with ids; `lost`: read again what you show; `beat` every 15 s. After a "
            "break `Last-Event-ID` catches up on cases."
        ),
        "tags": ["Stream"],
        "responses": {
            "200": {
                "description": "A stream without end.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            "default": FAILED,
        },
    }
}
SCHEMAS: dict[str, Any] = {
    "Problem": PROBLEM,
    "Event": {
        "type": "object",
        "required": ["id", "session", "kind", "at"],
        "properties": {
            "id": {"type": "string"},
            "session": {"type": "string"},
            "participant": {"type": ["string", "null"]},
            "kind": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "data": {"type": "object"},
        },
    },
    "Accepted": {
        "type": "object",
        "properties": {
            "accepted": {"type": "integer"},
            "duplicate": {"type": "integer"},
            "rejected": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": {"type": "integer"},
                        "id": {"type": ["string", "null"]},
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
    },
}


def completed(schema: OpenAPISchema) -> OpenAPISchema:
    """The description with what the framework does not know."""
    paths: dict[str, Any] = schema["paths"]
    for path in paths.values():
        for method, call in path.items():
            call.setdefault("responses", {})["default"] = FAILED
            if method in ("post", "put", "delete"):
                call.setdefault("parameters", []).append(AGAIN)
    root = next(iter(paths)).split("/v1/")[0] + "/v1"
    security: list[dict[str, list[str]]] = [
        {name: []} for name in schema["components"].get("securitySchemes", {})
    ]
    paths[f"{root}/events"] = EVENTS
    paths[f"{root}/stream"] = {"get": {**STREAM["get"], "security": security}}
    schema["components"].setdefault("schemas", {}).update(SCHEMAS)
    return schema
