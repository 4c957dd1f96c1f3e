"""The arithmetic of editions: their calendar, the rubric, the choosing, readiness, and what those not chosen are told."""
