"""Push services of browsers (RFC 8030, 8291, 8292). Loaded only where a key is configured."""

import ipaddress
import socket
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import cached_property
from time import time
from urllib.parse import urlsplit

import httpx

from lapak.senders.outbound import Device, Gone, NotSent

TIMEOUT = 5.0
LIFE = 24 * 60 * 60
"""Seconds that a service keeps a message for a phone that is off."""
TOKEN_LIFE = 12 * 60 * 60
"""Seconds that our signature is good; services refuse more than a day (RFC 8292, 2)."""
NOT_THERE = {404, 410}

Where = tuple[str, int]


def public_address(host: str) -> Where:
    """Look a name up once and return where to connect; raise NotSent when any of its addresses is not a public one.

    The connection goes to that very address: a name that answers differently a moment later leads nowhere else (security.md, 1.3.6).
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        raise NotSent("no such host") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise NotSent("not a public address")
    return addresses[0], 443


def is_public(address: str) -> bool:
    """Whether an IP address is of the open Internet: not loopback, private, link-local, a carrier's, multicast, or one of these in IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


class WebPush:
    """Encrypts for a browser, signs with our key and hands over to the browser's own service. Redirects are not followed."""

    def __init__(
        self, key: str, contact: str, *, find: Callable[[str], Where] = public_address, trust: ssl.SSLContext | bool = True,
    ) -> None:  # fmt: skip
        self.key, self.contact, self.find, self.trust = key, contact, find, trust

    @cached_property
    def public_key(self) -> str:
        """Our public key, an uncompressed point in base64url."""
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - comes with the extra `push`, a third of a second
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

        secret = int.from_bytes(urlsafe_b64decode(self.key + "=" * (-len(self.key) % 4)))
        point = ec.derive_private_key(secret, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).decode().rstrip("=")

    def send(self, device: Device, payload: bytes, mark: str) -> None:
        """Hand a message over; a 404 or 410, and keys that are none, are Gone, anything else but a 2xx is NotSent."""
        parts = urlsplit(device.endpoint)
        host = parts.hostname or ""
        body, signature = self._sealed(device, payload, audience=f"https://{host}")
        address, port = self.find(host)
        shown = f"[{address}]" if ":" in address else address
        headers = {
            "Host": host, "Authorization": signature, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
            "TTL": str(LIFE), "Urgency": "normal", "Topic": mark,
        }  # fmt: skip
        target = httpx.URL(
            scheme="https",
            host=shown.strip("[]"),
            port=port,
            raw_path=(parts.path + ("?" + parts.query if parts.query else "")).encode() or b"/",
        )
        try:
            with (
                httpx.Client(verify=self.trust, timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", target, content=body, headers=headers, extensions={"sni_hostname": host}) as answer,
            ):
                status = answer.status_code  # what else a stranger's server says is not read
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from None
        if status in NOT_THERE:
            raise Gone(str(status))
        if not 200 <= status < 300:
            raise NotSent(str(status))

    def _sealed(self, device: Device, payload: bytes, *, audience: str) -> tuple[bytes, str]:
        from py_vapid import Vapid02  # noqa: PLC0415 - comes with the extra `push`, a third of a second
        from pywebpush import WebPusher  # noqa: PLC0415

        try:
            keys = {"p256dh": device.public_key, "auth": device.auth}
            body = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload)["body"]
        except ValueError:
            raise Gone("no key of a browser") from None
        claims = {"sub": self.contact, "aud": audience, "exp": int(time()) + TOKEN_LIFE}
        return bytes(body), str(Vapid02.from_string(self.key).sign(claims)["Authorization"])


def make_key() -> str:
    """Return a new private key, as the setting holds it."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - comes with the extra `push`

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")
