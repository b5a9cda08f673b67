"""Property lists in the notation of NeXT, which Xcode writes projects in: plistlib reads only XML and binary ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(
    r'\s+|//[^\n]*|/\*.*?\*/|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<word>[\w$/:.-]+)|(?P<sign>[{}()=;,])', re.DOTALL
)
_ESCAPES = {"n": "\n", "t": "\t"}


def parse(text: str) -> Any:
    """Dicts, lists and strings. Raises ValueError where the text is no such list, or a key comes twice."""
    tokens = _tokens(text)
    found = _value(next(tokens, ""), tokens)
    if next(tokens, None) is not None:
        raise ValueError("something follows the list's end")
    return found


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"character {at}: {text[at]!r} is not expected")
        at = match.end()
        if match.lastgroup:
            yield match[0]


def _value(token: str, tokens: Iterator[str]) -> Any:
    if token == "{":
        return _members(tokens)
    if token == "(":
        return _items(tokens)
    if token in ("", "}", ")", "=", ";", ","):
        raise ValueError(f"a value is missing before {token!r}")
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), token[1:-1]) if token[0] == '"' else token


def _members(tokens: Iterator[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for token in tokens:
        if token == "}":
            return found
        key = _value(token, tokens)
        _expect("=", tokens)
        if not isinstance(key, str) or key in found:
            raise ValueError(f"the key {key!r} is no text, or comes twice")
        found[key] = _value(next(tokens, ""), tokens)
        _expect(";", tokens)
    raise ValueError("a brace is not closed")


def _items(tokens: Iterator[str]) -> list[Any]:
    found: list[Any] = []
    for token in tokens:
        if token == ")":
            return found
        found.append(_value(token, tokens))
        if (after := next(tokens, "")) == ")":
            return found
        if after != ",":
            raise ValueError(f"a comma is missing before {after!r}")
    raise ValueError("a parenthesis is not closed")


def _expect(sign: str, tokens: Iterator[str]) -> None:
    if (found := next(tokens, "")) != sign:
        raise ValueError(f"{sign!r} is missing before {found!r}")
