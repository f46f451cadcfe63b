"""How the program ends: its exit codes, and errors as words."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from engine.base.errors import SpikeproofError

EXIT_CLEAN, EXIT_FOUND, EXIT_FAILED, EXIT_UNPROVEN = 0, 1, 2, 3


def failing(function: Callable[..., int]) -> Callable[..., None]:
    """Errors become one line on stderr and exit 2; never a traceback for what users can cause."""

    @functools.wraps(function)
    def run(**arguments: Any) -> None:
        try:
            code = function(**arguments)
            sys.stdout.flush()
        except SpikeproofError as error:
            complain(str(error), error.detail)
            code = EXIT_FAILED
        except KeyboardInterrupt:
            complain("interrupted; your files are as they were")
            code = 130
        except RecursionError as error:
            complain(f"source nested too deeply to be read ({error})")
            code = EXIT_FAILED
        except BrokenPipeError:
            # The reader went away (`| head`): nothing to say to nobody.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = EXIT_FAILED
        except OSError as error:
            import errno

            if error.errno == errno.ENOSPC:
                complain("no space left on the disk: free some, then run again")
            else:
                where = f" ({error.filename})" if error.filename else ""
                complain(f"{error.strerror or error}{where}")
            code = EXIT_FAILED
        except Exception as error:
            import traceback

            complain(f"internal error, please report it: {error!r}", traceback.format_exc())
            code = EXIT_FAILED
        sys.exit(code)

    return run


def complain(message: str, detail: str = "") -> None:
    """An error on stderr: a line, and perhaps longer text below it."""
    from engine.base.plain import printable

    click.echo(click.style("error", fg="red", bold=True) + f": {printable(message)}", err=True)
    if detail:
        click.echo(printable(detail.rstrip(), keep_newlines=True), err=True)
