"""The whole road with the bundled model: real articles in, contract out."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zsner
from tests.conftest import ARTICLES
from zsner.document import Document, from_json, json_schema, problems, to_json
from zsner.pipeline import Pipeline
from zsner.schema import VALUE_TYPES

LINE = "2023年一季度，广西新签约亿元以上项目582个，总投资额3197亿元，同比增长57.9%。"


@pytest.fixture(scope="module")
def nlp() -> Pipeline:
    return zsner.load()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda p: p.name)
def test_real_articles_give_the_contract(nlp: Pipeline, path: Path) -> None:
    document = nlp(path.read_text(encoding="utf-8"), id=path.name)
    line = json.loads(to_json(document))
    jsonschema.validate(line, json_schema())
    assert from_json(to_json(document)) == document
    assert not list(problems(document))
    assert len(document.tuples) > 5
    for span in document.spans:
        assert span.score is not None
        assert 0 < span.score <= 1
        assert (span.value is None) == (span.type not in VALUE_TYPES or span.value_error is not None)
    for t in document.tuples:
        assert t.score is not None
        assert 0 < t.score <= 1
        assert t.period is None or document.text[t.period.start : t.period.end] == t.period.text


def test_a_plain_sentence_is_read_right(nlp: Pipeline) -> None:
    document = nlp(LINE, id="x", home_region="广西")
    spans = {s.text: s for s in document.spans}
    by_head = {document.span(t.head).text: t for t in document.tuples}
    amount = by_head["3197亿元"]
    assert amount.indicator == "signed_amount"
    assert amount.status == "actual"
    assert amount.region == spans["广西"].id
    assert amount.growth == spans["同比增长57.9%"].id
    assert amount.filter == spans["亿元以上"].id
    assert amount.period is not None
    assert (amount.period.from_, amount.period.to) == ("2023-01-01", "2023-03-31")
    assert str(spans["3197亿元"].value.amount) == "319700000000"
    assert str(spans["同比增长57.9%"].value.amount) == "0.579"
    assert by_head["582个"].indicator == "signed_projects"
    assert "亿元以上" not in by_head


def test_traditional_script_gives_offsets_of_the_text_as_read(nlp: Pipeline) -> None:
    text = "一季度,廣西新簽約項(xiàng)目582個,總投資額3197億元。"
    document = nlp(text)
    assert {s.text for s in document.spans} >= {"廣西", "582個", "3197億元"}
    assert all(text[s.start : s.end] == s.text for s in document.spans)


def test_the_given_home_region_is_kept(nlp: Pipeline) -> None:
    assert nlp(LINE, home_region="广西").home_region == "广西"


def test_pipe_keeps_order_and_ids(nlp: Pipeline) -> None:
    documents = [Document(id=str(n), text=LINE * (3 - n)) for n in range(3)]
    assert [d.id for d in nlp.pipe(iter(documents))] == ["0", "1", "2"]


@settings(max_examples=30, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("招商引资签约项目一季度2亿元,，。“”\n 个%同比增长3广西省市 ()éA\u200b𠀀"), max_size=120
    )
)
def test_any_text_gives_a_sound_document(nlp: Pipeline, text: str) -> None:
    assert not list(problems(nlp(text)))


def test_prediction_never_imports_torch_transformers_or_what_tables_need(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, zsner, zsner.cli.app, zsner.score.evaluate, zsner.corpus.check, zsner.corpus.dataset;"
        f"zsner.cli.predict.predict({str(ARTICLES[0])!r}, output=pathlib.Path({str(tmp_path / 'out.jsonl')!r}));"
        "bad = {'torch', 'transformers', 'datasets', 'tokenizers', 'pandas', 'pyarrow', 'xlsxwriter'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "out.jsonl").read_bytes()


def test_the_given_day_of_publication_dates_the_periods(nlp: Pipeline) -> None:
    text = "昨日，全市签约项目87个。"
    bare, dated = nlp(text), nlp(text, published=date(2024, 3, 1))
    assert [t.period.from_ for t in bare.tuples if t.period] == [None]
    assert [t.period.from_ for t in dated.tuples if t.period] == ["2024-02-29"]
