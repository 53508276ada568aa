"""What an operator reads when a command cannot go on: a sentence, never a stack trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@contextmanager
def explained() -> Iterator[None]:
    """Turn the failures an operator can mend into sentences; others stay what they are."""
    from pydantic import ValidationError
    from sqlalchemy.exc import DBAPIError

    from bot.telemetry import where
    from storage.failures import UnavailableError
    from storage.migrate import NewerDatabaseError

    try:
        yield
    except ValidationError as error:
        lines = [f"  KABARI_{str(each['loc'][0]).upper()}: {_told(each)}" for each in error.errors()]
        raise click.ClickException("These settings cannot be used:\n" + "\n".join(lines)) from None
    except UnavailableError as error:
        raise click.ClickException(f"The database does not answer. {error}") from None
    except NewerDatabaseError as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(f"The database cannot be used: {error.orig}") from None
    except OSError as error:
        raise click.ClickException(
            f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        ) from None
    except (click.ClickException, click.Abort, SystemExit):
        raise
    except Exception as error:
        raise click.ClickException(
            f"This should not have happened: {where(error)}. Please report it."
        ) from None
    except KeyboardInterrupt:
        raise click.Abort from None


def _told(error: ErrorDetails) -> str:
    """Say what is wrong with a setting."""
    from bot.settings import Settings

    field = Settings.model_fields.get(str(error["loc"][0]))
    if error["type"] == "string_pattern_mismatch" and field is not None:
        return f"{error['input']!r} does not fit, as {field.default!r} would. {field.description}"
    return error["msg"].removeprefix("Value error, ")
