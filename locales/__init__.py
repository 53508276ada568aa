"""The words: catalogues, formats, time zones and the names of places."""
