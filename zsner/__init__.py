"""zsner: investment-promotion metrics from Chinese news, with offsets, confidence and values.

>>> import zsner
>>> nlp = zsner.load()
>>> doc = nlp("一季度,全市签约项目87个,总投资额320亿元,同比增长12%。")
>>> [(s.type, s.text) for s in doc.spans]
"""

from zsner.document import (
    DataError,
    Document,
    MetricTuple,
    Period,
    Quantity,
    Span,
    from_json,
    to_json,
)
from zsner.pipeline import Pipeline, load
from zsner.version import __version__

__all__ = [
    "DataError",
    "Document",
    "MetricTuple",
    "Period",
    "Pipeline",
    "Quantity",
    "Span",
    "__version__",
    "from_json",
    "load",
    "to_json",
]
