"""HTML page -> its main text, without menus, comments and footers.

The work is trafilatura's (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15).
"""

import logging
import re
from functools import cache
from typing import Any, Final

from zsner.document import DataError
from zsner.text import Decoded, decode

# Without a handler its notes on each page would go to standard error.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_CHARSET: Final = re.compile(rb"""<(?:meta|\?xml)[^>]+(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
# What Chinese pages declare; those that name the smaller set hold characters of the larger one.
_DECLARED: Final = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
}


def main_text(data: bytes, encoding: str | None = None) -> Decoded:
    """The main text of a page; its `encoding` and `guessed` are those of the page.

    What the page declares settles the encoding where it is not UTF-8 and none is given. Raises DataError
    if the page cannot be decoded or has no main text, or if trafilatura is not installed.
    """
    try:
        from trafilatura import extract
    except ImportError as error:
        raise DataError("needs trafilatura; install: pip install 'zsner[html]'") from error
    page = _decoded(data, encoding)
    text = extract(page.text, include_comments=False, config=_config())
    if not text:
        raise DataError("has no main text that could be found; give the text of the page")
    return page._replace(text=text)


@cache
def _config() -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    # A text of less than this gets the rest of its page for want of more. The default, 250, is for letters.
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "80")
    return config


def _decoded(data: bytes, encoding: str | None) -> Decoded:
    declared = _CHARSET.search(data[:4096])
    name = _DECLARED.get(declared[1].decode().lower()) if declared else None
    if encoding is None and name:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:  # not UTF-8: what the page declares is tried
            try:
                return decode(data, name)
            except DataError:
                pass  # pages declare wrongly too: their bytes decide
    return decode(data, encoding)
