"""The web chat's page and the routes behind it."""
