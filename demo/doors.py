"""The doors the model city comes in by: HTTP requests with an API token, in this process or over the network."""

import http.client
import json
import ssl
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from werkzeug.test import Client, EnvironBuilder

TOKEN_SECONDS = 240


class Refused(Exception):
    """A door answered with an error."""

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        super().__init__(f"{method} {path}: {status} {json.dumps(answer, ensure_ascii=False)[:2000]}")
        self.status = status
        self.answer = answer


Send = Callable[[EnvironBuilder], tuple[int, bytes]]


def inside(wsgi: Any) -> Send:
    """Requests to a house in this process."""
    client = Client(wsgi, use_cookies=False)

    def send(request: EnvironBuilder) -> tuple[int, bytes]:
        answer = client.open(request)
        return answer.status_code, answer.get_data()

    return send


def over_http(url: str) -> Send:
    """Requests to a house at `url`."""
    address = urlsplit(url)
    connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection

    def send(request: EnvironBuilder) -> tuple[int, bytes]:
        environ = request.get_environ()
        body = environ["wsgi.input"].read()
        connection = connect(address.netloc, timeout=120, **_trusting(address.scheme))
        try:
            path = request.path + (f"?{request.query_string}" if request.query_string else "")
            connection.request(request.method, path, body, {**dict(request.headers), "Content-Type": environ.get("CONTENT_TYPE", "")})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return send


def _trusting(scheme: str) -> dict[str, Any]:
    if scheme != "https":
        return {}
    # The gateway's first certificate is made by itself; the model city is only ever played on one's own machine.
    return {"context": ssl._create_unverified_context()}


class Doors:
    """Asks the services as one API client; every POST carries its own Idempotency-Key."""

    def __init__(self, send: Send, client_key: str) -> None:
        self._send = send
        self._key = client_key
        self._token = ""
        self._until = 0.0

    def get(self, path: str, **query: Any) -> Any:
        """The JSON behind `path`."""
        return self._ask("GET", path, query_string={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Any = None, *, files: dict[str, tuple[bytes, str]] | None = None, **form: str) -> Any:
        """Post JSON, or a form with files (content, name)."""
        if files is None:
            return self._ask("POST", path, json={} if body is None else body)
        data: dict[str, Any] = {**form, **{name: (BytesIO(content), filename) for name, (content, filename) in files.items()}}
        return self._ask("POST", path, data=data)

    def put(self, path: str, body: Any) -> Any:
        """Put JSON."""
        return self._ask("PUT", path, json=body)

    def download(self, path: str) -> bytes:
        """The bytes behind `path`."""
        return self._raw("GET", path)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        body = self._raw(method, path, **options)
        return json.loads(body) if body else None

    def _raw(self, method: str, path: str, **options: Any) -> bytes:
        if time.monotonic() > self._until and not path.endswith("/tokens"):
            self._token = ""  # one that has run out would be refused before the key is looked at
            self._token = self._ask("POST", "/api/portal/tokens", json={"key": self._key})["token"]
            self._until = time.monotonic() + TOKEN_SECONDS
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        builder = EnvironBuilder(path=path, method=method, headers=list(headers.items()), **options)
        try:
            status, answer = self._send(builder)
        finally:
            builder.close()
        if status >= 400:
            raise Refused(method, path, status, _readable(answer))
        return answer


def _readable(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode("utf-8", "replace")
