"""Pages of orders: the buyer's basket, form and word; the seller's desk; how shops and regions want orders handled."""
