"""The page that shows an OpenAPI document, all from files of our own."""

import html
from importlib import resources
from typing import Final

from fastapi import FastAPI, Response

# Swagger UI draws its icons from data: URLs and sets styles on elements. connect-src keeps its
# requests, a validator's included, on this server.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""
_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}


def _asset(name: str) -> bytes:
    return resources.files("fedquery.transport").joinpath("swagger", name).read_bytes()


def add_docs(app: FastAPI, title: str) -> None:
    """Serve /docs and the files it needs; none of them is listed in the OpenAPI document."""
    page = _PAGE.format(title=html.escape(title))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        headers = {"content-security-policy": _POLICY}
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(_START, media_type="text/javascript; charset=utf-8")

    for name, media_type in _ASSETS.items():
        _add_asset(app, name, media_type)


def _add_asset(app: FastAPI, name: str, media_type: str) -> None:
    content = _asset(name)

    @app.get(f"/docs/{name}", include_in_schema=False)
    async def asset() -> Response:
        return Response(content, media_type=media_type)
