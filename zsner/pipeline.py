"""`load()` and `Pipeline`: Documents in, Documents out.

text -> folded text -> tags -> spans of the text as read -> links -> values -> repeated statements
"""

import math
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import msgspec

from zsner.document import Document, Quantity, Span, read_day
from zsner.link.facts import Floats
from zsner.link.linker import link
from zsner.link.same import group_same
from zsner.link.scorer import LinkScorer
from zsner.model.folder import LINKS, find_model
from zsner.model.tagger import Tagger
from zsner.numerals import Unparsable
from zsner.schema import VALUE_TYPES, ValueType
from zsner.text import fold
from zsner.values import declared_currency, parse


class Pipeline:
    """A loaded model with everything that follows it.

    >>> nlp = zsner.load()
    >>> nlp("一季度,全市签约项目87个,总投资额320亿元,同比增长12%。").tuples
    """

    def __init__(self, tagger: Tagger, scorer: LinkScorer | None = None, *, explain: bool = False) -> None:
        """`scorer` None: the rules alone link the spans. `explain`: tuples carry their reasons."""
        self.tagger = tagger
        self.scorer = scorer
        self.explain = explain

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self.tagger.manifest.label

    def __call__(
        self, text: str, *, id: str = "-", home_region: str | None = None, published: date | None = None
    ) -> Document:
        """Read one text. `home_region` is the place it is about, `published` its day of publication,
        where the caller knows them."""
        return self.process(Document(id=id, text=text), home_region=home_region, published=published)

    def process(self, document: Document, *, home_region: str | None = None, published: date | None = None) -> Document:
        """The document with spans, values and tuples of this model in place of those it has."""
        folded = fold(document.text)
        log_probs, states = self.tagger.read(folded.text)
        spans = []
        for number, tagged in enumerate(self.tagger.decode(folded.text, log_probs), 1):
            start, end = folded.to_raw(tagged.start, tagged.end)
            spans.append(
                Span(
                    id=f"s{number}",
                    type=tagged.type,  # type: ignore[arg-type]  # the tagger's tags are checked at loading
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    score=tagged.score,
                )
            )
        bare = msgspec.structs.replace(
            document, model=self.model, home_region=home_region, spans=tuple(spans), tuples=(), meta={}
        )
        return self._linked(bare, states, home_region, published)

    def relink(self, document: Document, *, home_region: str | None = None, published: date | None = None) -> Document:
        """The document with its own spans (gold, or another model's) linked anew by this model."""
        bare = msgspec.structs.replace(document, model=self.model, home_region=home_region, tuples=(), meta={})
        return self._linked(bare, self.tagger.read(fold(document.text).text)[1], home_region, published)

    def _linked(self, document: Document, states: Floats, home_region: str | None, published: date | None) -> Document:
        linked = link(
            document,
            home_region=home_region,
            published=published,
            scorer=self.scorer,
            states=states,
            explain=self.explain,
        )
        if self.scorer is not None:
            scale = self.tagger.manifest.tuple_scale
            tuples = (msgspec.structs.replace(t, score=rescaled(t.score or 0.0, scale)) for t in linked.tuples)
            linked = msgspec.structs.replace(linked, tuples=tuple(tuples))
        return group_same(with_values(linked))

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Process documents as they come, in their order, each with the home region and the day of
        publication it carries."""
        for document in documents:
            yield self.process(document, home_region=document.home_region, published=published_of(document))


def published_of(document: Document) -> date | None:
    """The day of publication that came with a document. Raises DataError if it is no date."""
    given = document.meta.get("published")
    return None if not given else read_day(given, f"{document.id}: `published`")


def with_values(document: Document) -> Document:
    """The document with the value of each MONEY, COUNT and GROWTH span normalised."""
    currency = declared_currency(document.text, document.home_region)
    return msgspec.structs.replace(document, spans=tuple(_with_value(s, currency) for s in document.spans))


def _with_value(span: Span, currency: str) -> Span:
    if span.type not in VALUE_TYPES:
        return span
    value: Quantity | None = None
    why: str | None = None
    try:
        value = parse(span.text, cast(ValueType, span.type), currency=currency)
    except Unparsable as error:
        why = str(error)
    return msgspec.structs.replace(span, value=value, value_error=why)


def rescaled(score: float, scale: tuple[float, float]) -> float:
    """A tuple's score made true by the (a, b) of the manifest."""
    score = min(max(score, 1e-4), 1 - 1e-4)
    logit = scale[0] * math.log(score / (1 - score)) + scale[1]
    return round(max(1 / (1 + math.exp(-logit)), 1e-4), 4)


def load(model: str | Path | None = None, *, explain: bool = False, **options: Any) -> Pipeline:
    """Load a model: the bundled one, or the folder of one that `zsner train` wrote.

    `explain` gives each tuple the reasons for its slots. Options go to `zsner.model.tagger.Tagger` (`threads`, `min_confidence`). Raises `zsner.DataError` if the
    folder is no model or is damaged.
    """
    tagger = Tagger(find_model(model), **options)
    learned = LINKS in tagger.manifest.files
    scorer = LinkScorer(tagger.folder / LINKS, threads=options.get("threads")) if learned else None
    return Pipeline(tagger, scorer, explain=explain)
