"""The few calls to GitHub's REST API that posting a review needs.

What to wait for is GitHub's own rule for its limits: ``Retry-After``, else the reset time when
nothing remains, else a minute and more for a secondary limit. All waiting is bounded. A request
that made something is not sent again by itself after an error of the server: it may have been
heard.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from engine import __version__
from engine.base.errors import SpikeproofError
from engine.base.fsio import show

API = "https://api.github.com"
TOKEN_WANTED = "give the step `env: GITHUB_TOKEN: ${{ github.token }}`"
_PAGE = 100  # entries
_PAGES = 100  # of one list; GitHub lists at most 3,000 files
_TRIES = 4
_PATIENCE = 300.0  # seconds of waiting in all
_SECONDARY = 60.0  # seconds, doubled each time, when GitHub names none
_BYTES = 32 * 2**20  # of one answer
_TOKEN = re.compile(r"[\x21-\x7e]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ApiError(SpikeproofError):
    """GitHub refused. ``status`` is HTTP's; 0 when no answer came; ``limited`` tells that too many
    requests were made."""

    def __init__(self, status: int, message: str, detail: str = "", limited: bool = False) -> None:
        super().__init__(message, detail)
        self.status = status
        self.limited = limited


class GitHub:
    """Calls below ``api``. ``token`` goes to that host alone and into no message; without one (""),
    as anybody asks: only what is public, and nothing can be posted."""

    def __init__(
        self,
        api: str,
        token: str,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        check_address(api)
        if token and not _TOKEN.fullmatch(token):
            raise SpikeproofError(f"GITHUB_TOKEN holds no token: {TOKEN_WANTED}")
        self._client = httpx.Client(
            base_url=api.rstrip("/"),
            headers={
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {token}"} if token else {}),
                "User-Agent": f"spikeproof/{__version__}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=httpx.Timeout(30.0),
            follow_redirects=False,
            # Without TLS the token must not pass through a proxy.
            trust_env=urlsplit(api).scheme == "https",
        )
        self._say = say
        self._waited = 0.0

    def close(self) -> None:
        """Close the connections. Nothing can be asked afterwards."""
        self._client.close()

    def get(self, path: str, **query: str | int) -> object:
        """The JSON at ``path``. Raises ApiError."""
        return self._json(self._send("GET", path, query=query))

    def every(self, path: str, **query: str | int) -> Iterator[Mapping[str, object]]:
        """All entries of a list, page by page."""
        for page in range(1, _PAGES + 1):
            answer = self._send("GET", path, query={**query, "per_page": _PAGE, "page": page})
            entries = self._json(answer)
            if not isinstance(entries, list):
                raise ApiError(answer.status_code, f"GitHub gave no list for {path}")
            yield from (entry for entry in entries if isinstance(entry, dict))
            if "next" not in answer.links and len(entries) < _PAGE:
                return
        raise ApiError(200, f"{path} has more than {_PAGE * _PAGES:,} entries: too many to read")

    def post(self, path: str, data: Mapping[str, object]) -> object:
        """Create what ``data`` describes at ``path``; the JSON of the answer. Raises ApiError."""
        return self._json(self._send("POST", path, data=data))

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> httpx.Response:
        # Written here: a lone surrogate in a name would end httpx's own writing.
        content = None if data is None else json.dumps(data).encode("ascii")
        for number in range(_TRIES):
            last = number == _TRIES - 1
            try:
                answer = self._client.request(method, path, params=query, content=content)
            except httpx.HTTPError as error:
                if last or method != "GET":
                    raise ApiError(
                        0, f"GitHub cannot be reached ({type(error).__name__})"
                    ) from None
                self.wait(2.0**number, f"no answer ({type(error).__name__})")
                continue
            if answer.is_success:
                return answer
            pause = self._pause(answer, number)
            if pause is not None and not last and self._waited + pause <= _PATIENCE:
                self.wait(pause, "GitHub asks to slow down")
                continue
            if answer.status_code >= 500 and method == "GET" and not last:
                self.wait(2.0**number, f"GitHub answered {answer.status_code}")
                continue
            raise _refusal(method, path, answer, pause)
        raise AssertionError("each try returns, waits or raises")

    def _pause(self, answer: httpx.Response, number: int) -> float | None:
        """Seconds to wait before the same request may be sent again; None: it is no limit."""
        if answer.status_code not in (403, 429):
            return None
        headers = answer.headers
        after = headers.get("retry-after")
        if after is not None:
            return self._after(after)
        if headers.get("x-ratelimit-remaining") == "0":
            reset = headers.get("x-ratelimit-reset", "")
            return max(1.0, float(reset) - time.time()) if reset.isdecimal() else _SECONDARY
        if answer.status_code == 429 or "secondary rate limit" in answer.text[:2000].lower():
            return _SECONDARY * 2.0**number
        return None

    def _after(self, value: str) -> float:
        """``Retry-After``: seconds, or a date."""
        if value.strip().isdecimal():
            return max(1.0, float(value))
        try:
            return max(1.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, OverflowError):
            return _SECONDARY

    def wait(self, seconds: float, why: str) -> None:
        """Do nothing for a while, and say so."""
        self._say(f"{seconds:.0f} s: {why}")
        self._waited += seconds
        time.sleep(seconds)

    def _json(self, answer: httpx.Response) -> object:
        if len(answer.content) > _BYTES:
            raise ApiError(answer.status_code, "GitHub's answer is too long to be read")
        try:
            found: object = answer.json()
        except (ValueError, RecursionError):
            raise ApiError(answer.status_code, "GitHub's answer is not JSON") from None
        return found


def check_address(api: str) -> None:
    """Raises SpikeproofError for an address that the token must not be sent to."""
    try:
        parts = urlsplit(api)
        host = parts.hostname
    except ValueError:
        host = None
    plain = host in _LOOPBACK and parts.scheme == "http"
    if not host or not (parts.scheme == "https" or plain) or parts.username or parts.query:
        raise SpikeproofError(
            f"GITHUB_API_URL is {show(api)}: it must be an https address, as {API}"
        )


def _refusal(method: str, path: str, answer: httpx.Response, pause: float | None) -> ApiError:
    status = answer.status_code
    said = answer.text[:2000]
    what = f"GitHub refused {method} {path}: {status}"
    if pause is not None:
        what = f"GitHub asks to wait {pause:.0f} s before {method} {path}: run it again later"
    elif status in (301, 302, 307, 308):
        what += ", the repository has another name now: give it with --repo"
    elif status == 401:
        what += ", the token is not valid"
    elif status == 404:
        what += ", not there, or the token may not see it"
    return ApiError(status, what, said, limited=pause is not None)
