"""Ways to send a short message to a phone: the demo inbox and an HTTP gateway. Plumbing without words."""
