"""A mail server that takes e-mails. Loaded only where one is configured."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import quote, unquote, urlsplit

from lapak.kernel.clock import utc_now
from lapak.kernel.text import clean_line
from lapak.senders.outbound import Gone, Letter, NotSent

TIMEOUT = 8.0
HERE = {"localhost", "127.0.0.1", "::1"}
_PLAIN = "%/:?=&#@+.-_~[]"
NO_SUCH_MAILBOX = {550, 551, 553}
"""Answers to a recipient by which a server says that the mailbox is not there (RFC 5321, 4.2.3)."""


class Smtp:
    """Hands e-mails to an SMTP server: `smtps://` speaks TLS from the start, `smtp://` after STARTTLS.

    To another machine nothing is said in the clear: neither a password nor what the letter tells.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.is_tls = parts.scheme == "smtps"
        self.host = parts.hostname or ""
        self.port = parts.port or (465 if self.is_tls else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = sender

    def send(self, letter: Letter) -> None:
        """Hand the letter over; anything but the server's yes is NotSent, and Gone when it knows no such mailbox."""
        message = self._written(letter)
        try:
            with self._connected() as server:
                server.sendmail(self.sender, [letter.to], message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise (Gone if codes <= NO_SUCH_MAILBOX else NotSent)(f"refused {codes}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__) from None

    def _written(self, letter: Letter) -> bytes:
        """Put a letter together, its headers as single lines.

        The library would fold or encode a long address among them, which mailboxes then do not take for one: those two stand before.
        """
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr((clean_line(letter.from_name), self.sender))
        message["To"] = letter.to
        message["Subject"] = clean_line(letter.subject)
        message["Date"] = format_datetime(utc_now())
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        addresses = {"Message-ID": f"{letter.mark}@{self.sender.rpartition('@')[2]}", "List-Unsubscribe": letter.stop}
        first = "".join(f"{name}: <{quote(text, safe=_PLAIN)}>\r\n" for name, text in addresses.items() if text)
        return first.encode("ascii") + message.as_bytes()

    def _connected(self) -> smtplib.SMTP:
        trust = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trust)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if not self.is_tls and self.host not in HERE:
                server.starttls(context=trust)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server
