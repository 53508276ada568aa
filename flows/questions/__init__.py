"""Questions, one kind a module; flows build them with the functions named here."""

from flows.questions.base import Choice, Question
from flows.questions.chosen import choice, choices, yes_no
from flows.questions.files import files
from flows.questions.places import district, place_name, province
from flows.questions.reviewed import review
from flows.questions.simple import day, email, identifier, money, number, phone, text

__all__ = [
    "Choice",
    "Question",
    "choice",
    "choices",
    "day",
    "district",
    "email",
    "files",
    "identifier",
    "money",
    "number",
    "phone",
    "place_name",
    "province",
    "review",
    "text",
    "yes_no",
]
