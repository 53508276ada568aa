"""What an operator reads when a command cannot go on: a sentence, never a stack trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def explained() -> Iterator[None]:
    """Turn the failures an operator can mend into sentences; others stay what they are."""
    from pydantic import ValidationError

    from storage.failures import UnavailableError

    try:
        yield
    except ValidationError as error:
        lines = [f"  KABARI_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise click.ClickException("These settings cannot be used:\n" + "\n".join(lines)) from None
    except UnavailableError as error:
        raise click.ClickException(f"The database does not answer. {error}") from None
    except OSError as error:
        raise click.ClickException(
            f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        ) from None
    except KeyboardInterrupt:
        raise click.Abort from None
