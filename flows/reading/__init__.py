"""What people really type, read: numbers, money, days, phones, choices, in three languages mixed.

One module a kind; each `read_…` returns a clean value or raises `Unreadable`, and nothing else, for any text.
`match_…` and `read_yes_no` answer None instead: what to say then is the question's affair.
"""

from __future__ import annotations

from locales.words import Text


class Unreadable(Exception):  # noqa: N818 - it is no error: people type what they type
    """An answer that could not be read; `words` say kindly what is wrong and how to mend it."""

    def __init__(self, words: Text) -> None:
        super().__init__(words)
        self.words = words
