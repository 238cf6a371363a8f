"""Inputs for `zsner predict`: what the tests of reading share."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

from tests.conftest import ARTICLES
from zsner.document import Document, Unreadable, to_json
from zsner.io.records import Fields
from zsner.io.sources import read_sources

LINE = "一季度，广西签约项目582个，总投资额3197亿元，同比增长57.9%。"
ARTICLE = ARTICLES[0].read_bytes()
PAGE = """<!DOCTYPE html><html><head><meta charset="{0}"><title>要闻</title></head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/x">专题</a></li></ul></nav>
<article><h1>广西一季度签约项目582个</h1><p>{1}</p><p>其中，制造业项目120个，总投资额1200亿元，新能源汽车产业占三成。</p></article>
<footer><p>版权所有</p></footer></body></html>"""


def read(path: Path | str, **options: str) -> list[Document | Unreadable]:
    found = [source.document for source in read_sources(str(path), fields=Fields(**options))]
    for document in found:  # whatever was read can be written
        json.loads(to_json(document).decode("utf-8"))
    return found


def ids(path: Path | str) -> list[str]:
    return [document.id for document in read(path)]


def error(path: Path | str) -> str:
    (document,) = read(path)
    assert isinstance(document, Unreadable)
    assert len(document.error.splitlines()) == 1
    return document.error


def text(path: Path | str) -> str:
    (document,) = read(path)
    assert isinstance(document, Document), document
    return document.text


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
