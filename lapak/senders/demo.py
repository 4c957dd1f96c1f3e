"""The demo inbox: messages kept in a file that `/kotak-demo` shows. For demo mode only."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lapak.kernel.clock import utc_now
from lapak.senders.outbound import NotSent

INBOX_TAIL = 64 * 1024


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A message in the demo inbox."""

    to: str
    text: str
    sent_at: datetime


class DemoInbox:
    """Keeps messages in a file, newest last."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, to: str, text: str) -> None:
        """Append the message; one write per line, so that several workers can append at once."""
        line = json.dumps({"to": to, "text": text, "sent_at": utc_now().isoformat()}, ensure_ascii=False) + "\n"
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)
        except OSError as error:
            raise NotSent(str(error)) from error

    def newest(self, limit: int = 60) -> list[DemoMessage]:
        """Return the newest messages, newest first."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - INBOX_TAIL))
            lines = file.read().decode(errors="replace").splitlines()
        whole = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [DemoMessage(row["to"], row["text"], datetime.fromisoformat(row["sent_at"])) for row in reversed(whole[-limit:])]
