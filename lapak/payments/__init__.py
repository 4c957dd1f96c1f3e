"""How a shop is paid: transfer, cash, QRIS. Lapak shows it and never holds money."""
