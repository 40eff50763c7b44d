"""The pages that show the OpenAPI document; they load nothing from elsewhere."""

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from taskforce.api.strict import StrictRoute

router = APIRouter(route_class=StrictRoute, include_in_schema=False)

TITLE = "Taskforce Agent API"
DOCUMENT = "/openapi.json"
STATIC = "/docs/static"
POLICY = (
    "default-src 'none'; connect-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; worker-src blob:; "
    "frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY}


def mount_static(app: FastAPI) -> None:
    """Serve the scripts and styles of the pages, which fastapi-offline brings along."""
    app.mount(STATIC, StaticFiles(packages=[("fastapi_offline", "static")]), name="docs-static")


@router.get("/", operation_id="docs.root")
async def root() -> RedirectResponse:
    """Lead who comes to the door to the pages."""
    return RedirectResponse("/docs")


@router.get("/docs", operation_id="docs.swagger")
async def swagger() -> HTMLResponse:
    """Show the document as Swagger UI."""
    page = get_swagger_ui_html(
        openapi_url=DOCUMENT,
        title=TITLE,
        swagger_js_url=f"{STATIC}/swagger-ui-bundle.js",
        swagger_css_url=f"{STATIC}/swagger-ui.css",
        swagger_favicon_url=f"{STATIC}/favicon.png",
    )
    return HTMLResponse(page.body, headers=HEADERS)


@router.get("/redoc", operation_id="docs.redoc")
async def redoc() -> HTMLResponse:
    """Show the document as ReDoc."""
    page = get_redoc_html(
        openapi_url=DOCUMENT,
        title=TITLE,
        redoc_js_url=f"{STATIC}/redoc.standalone.js",
        redoc_favicon_url=f"{STATIC}/favicon.png",
        with_google_fonts=False,
    )
    return HTMLResponse(page.body, headers=HEADERS)
