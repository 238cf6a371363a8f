"""Optional dependencies: a command whose extra is missing says which line installs it."""

from importlib.util import find_spec

from zsner.document import DataError


def need(extra: str, *modules: str) -> None:
    """Raise DataError with the pip line if a module of an extra is not installed."""
    missing = [m for m in modules if find_spec(m) is None]
    if missing:
        raise DataError(f"this command needs {', '.join(missing)}; install: pip install 'zsner[{extra}]'")
