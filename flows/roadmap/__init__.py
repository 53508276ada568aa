"""The road map: which steps a product needs for a market, in which order, and how long they may take."""
