"""An HTTP gateway that delivers messages for real. Loaded only when one is configured."""

import hashlib
import hmac
import json

import httpx

from lapak.senders.outbound import NotSent

TIMEOUT = 5.0


class Webhook:
    """Posts `{"to", "text"}` to a real gateway, signed with HMAC-SHA256 in `X-Lapak-Signature` (hex, over the body)."""

    def __init__(self, url: str, secret: bytes) -> None:
        self.url = url
        self.secret = secret

    def send(self, to: str, text: str) -> None:
        """Post the message; anything but a 2xx within five seconds is NotSent."""
        body = json.dumps({"to": to, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "X-Lapak-Signature": hmac.new(self.secret, body, hashlib.sha256).hexdigest()}
        try:
            httpx.post(self.url, content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False).raise_for_status()
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
