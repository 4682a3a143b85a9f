"""The files of the page, read once: nothing of a request is ever part of a path.

Their addresses hold a hash of all of them, so a browser keeps them until the program changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from corridors.output.html.map.map_frame import leaflet_css, leaflet_js, shipped_base_map
from corridors.server.replies import Reply

PAGE, API_PAGE = "index.html", "api.html"
_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_ASSETS = ("map", "report")
KEPT = "public, max-age=31536000, immutable"
_ETAG_CHARACTERS = 20


def static_files() -> Mapping[str, Reply]:
    """Return the page, that of the API, and the files that `/static/` has by `HASH/NAME`.

    The page's own by their names; the scripts and styles that it shares with maps and reports as
    `map/map.js` and `report/charts.js`; Leaflet as `leaflet/leaflet.js`; and `map/basemap.json`,
    what `addBaseMap` takes.
    """
    own = files("corridors.server") / "static"
    contents = {
        path.name: path.read_bytes() for path in own.iterdir() if Path(path.name).suffix in _MEDIA
    }
    for kind in _ASSETS:
        for path in (files("corridors.output.html") / kind / "assets").iterdir():
            if Path(path.name).suffix in (".js", ".css"):
                contents[f"{kind}/{path.name}"] = path.read_bytes()
    contents["leaflet/leaflet.js"] = leaflet_js().encode()
    contents["leaflet/leaflet.css"] = leaflet_css().encode()
    packed = json.dumps(shipped_base_map().packed(), ensure_ascii=False, separators=(",", ":"))
    contents["map/basemap.json"] = packed.encode()
    # The page asks for all of them, so one hash does; scripts find each other beside themselves.
    tag = _hash(b"".join(contents[name] for name in sorted(contents)))
    pages = {
        name: contents.pop(name).replace(b'"static/', f'"static/{tag}/'.encode())
        for name in (PAGE, API_PAGE)
    }
    found = {name: _reply(name, body, "no-cache") for name, body in pages.items()}
    found |= {f"{tag}/{name}": _reply(name, body, KEPT) for name, body in contents.items()}
    return MappingProxyType(found)


def _reply(name: str, body: bytes, caching: str) -> Reply:
    headers = {"ETag": f'"{_hash(body)}"', "Cache-Control": caching}
    return Reply(body=body, media=_MEDIA[Path(name).suffix], headers=headers).packed()


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()[:_ETAG_CHARACTERS]
