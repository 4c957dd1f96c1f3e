"""Changes to orders, by use: placing, the seller's answers, the buyer's word, the clock, and how a region and a shop want them handled."""
