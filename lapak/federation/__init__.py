"""What the market tells readers and machines outside: feeds of editions, categories and shops."""
