"""Orders: made and held by the server, carried by WhatsApp, answered by the seller, watched without an account."""
