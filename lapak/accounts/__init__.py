"""People: sign-in by mobile number and one-time code, sessions, and roles held in a region."""
