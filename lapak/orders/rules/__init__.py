"""The arithmetic of orders: their states, what they hold and for how long, how far goods travel, and the message that carries them."""
