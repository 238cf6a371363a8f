"""A report that one looks at: scores, plots and every error in its article, one HTML file.

    pairs of Documents, scores, runs -> tables and SVG (HTML), articles and errors (JSON) -> one page

The page needs no network and no other file. Articles are strangers' text: what Python writes into
the page is escaped, what the script shows is text only, and the page's policy lets no other script run.
"""

from zsner.score.report.page import html_report
from zsner.score.report.runs import Run, read_run

__all__ = ["Run", "html_report", "read_run"]
