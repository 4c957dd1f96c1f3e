"""Changes to a region's rules."""

from datetime import datetime

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.checking.models import CheckingRules
from lapak.checking.rules import Field, Rules
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.errors import NotAllowed


def set_rules(rules: Rules, *, region_code: str, by: Actor, now: datetime) -> None:
    """Change a region's rules; what waits already goes on waiting. Raise NotAllowed for whoever does not administer the region."""
    if not policy.may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat mengubah aturan pemeriksaan.")
    with transaction():
        row = db.session.get(CheckingRules, region_code)
        if row is None:
            row = CheckingRules(region_code=region_code)
            db.session.add(row)
        row.material = ",".join(field for field in Field if field in rules.material)
        row.price_percent, row.trusted_after, row.trusted_days = rules.price_percent, rules.trusted_after, rules.trusted_days
        row.companions_pass, row.imports_pass, row.curated_pass = rules.companions_pass, rules.imports_pass, rules.curated_pass
        row.changed_at, row.changed_by = now, by.id
