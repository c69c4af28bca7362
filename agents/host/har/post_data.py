"""The body of a request, and the fields of a form in it."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from ..content.display import ContentType, display
from ..content.headers import HeaderPairs, find_header
from ..store.body import Body
from .values import Param, PostData

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_MOST_FIELDS = 10_000


def post_data(body: Body, headers: HeaderPairs) -> PostData | None:
    """Give what is kept of a request's *body*; ``None`` if it has none."""
    if not body.length:
        return None
    announced = find_header(headers, "content-type")
    content_type = ContentType.parse(announced)
    shown = display(body.data(), content_type)
    return PostData(
        mime_type=announced,
        text=shown.text,
        params=_params(body.data(), announced, content_type),
        encoding="base64" if shown.base64_encoded else None,
        comment=missing(body),
    )


def missing(body: Body) -> str | None:
    """Give what is missing of *body* and why; ``None`` if nothing is."""
    if not body.cut:
        return None
    return f"{body.kept:,} of {body.length:,} bytes were kept: {body.cut}"


def _params(data: bytes, announced: str, content_type: ContentType) -> list[Param] | None:
    try:
        if content_type.mime_type == _FORM:
            fields = parse_qsl(
                data.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
            )
            return [Param(name=name, value=value) for name, value in fields]
        if content_type.mime_type == _MULTIPART:
            return _parts(data, announced)
    except Exception:
        # The text is there all the same.
        return None
    return None


def _parts(data: bytes, announced: str) -> list[Param] | None:
    head = f"Content-Type: {announced}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + data)
    if not message.is_multipart():
        return None
    return [_part(part) for part in message.iter_parts()]


def _part(part: Message) -> Param:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    file_name = part.get_filename()
    kind = part.get("Content-Type")
    shown = display(data, ContentType.parse(kind or "text/plain"))
    return Param(
        name=str(part.get_param("name", "", "Content-Disposition")),
        value=None if file_name else shown.text,
        file_name=file_name,
        content_type=kind,
    )
