"""Keeps web pages away from the emulator, which would let them run code on this machine.

MiniStack answers every origin with `Access-Control-Allow-Origin: *` and looks at no name in `Host`, so any page in the developer's browser could
create a function here and invoke it. SDKs, Terraform and functions send neither `Origin` nor `Sec-Fetch-Site`, and the shop's own pages never call
the emulator: the server behind them does. It stays, whatever MiniStack does.
"""

import json

_NAMES = ("127.0.0.1", "localhost")
# Same-site is every other server on this machine, whatever it serves. A person at the address bar is `none`.
_FOREIGN_SITES = ("cross-site", "same-site")


def guarded(app, port: int):
    async def answer(scope, receive, send):
        refused = _refusal(scope["headers"], port) if scope["type"] in ("http", "websocket") else None
        if refused is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            status, error = refused
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
            await send({"type": "http.response.body", "body": json.dumps({"error": error}).encode()})

    return answer


def _refusal(headers: list, port: int) -> tuple[int, str] | None:
    def values(name: bytes) -> list[str]:
        return [value.decode("latin-1") for key, value in headers if key == name]

    hosts = values(b"host")
    if not hosts or not all(_is_ours(host, port) for host in hosts):
        return 421, f"This emulator is 127.0.0.1:{port}, not \"{', '.join(hosts)}\"."
    if values(b"origin") or any(site in _FOREIGN_SITES for site in values(b"sec-fetch-site")):
        return 403, "No web page may call the emulator (the request comes from one: see its Origin or Sec-Fetch-Site)."
    return None


def _is_ours(host: str, port: int) -> bool:
    """Our own names, and what is below them (`<api>.execute-api.localhost`): nobody can register a name that ends like this and bind it to this machine."""
    name, _, given = host.lower().rpartition(":") if ":" in host else (host.lower(), "", "80")
    return given == str(port) and any(name == own or name.endswith(f".{own}") for own in _NAMES)
