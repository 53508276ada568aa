"""Pictures and sheets for people: the road map as a chart, a product on one page."""
