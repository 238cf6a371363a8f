"""Splits: the table beside the data, and what may not stand in two of them."""

from pathlib import Path

import pytest

from tests.documents import doc
from zsner.corpus.split import check_splits, read_splits, write_splits
from zsner.document import DataError, Document

SPLITS = {
    "train": [doc("<ORG>甲公司</ORG>", id="t-1", batch="w1"), doc("文", id="t-2", batch="w2")],
    "dev": [doc("文", id="d-1", batch="w3")],
    "test": [doc("<ORG>乙公司</ORG>", id="e-1", batch="w4")],
    "seeds": [doc("<REGION>深百产业园</REGION>", id="000.txt")],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the annotations stand; the table with all of SPLITS is beside it."""
    write_splits(tmp_path / "splits.tsv", SPLITS)
    return tmp_path / "annotations"


def faults(root: Path, **changed: list[Document]) -> list[str]:
    return [f"{p.task}: {p.message}" for p in check_splits(root, SPLITS | changed)]


def test_the_table_comes_back(root: Path) -> None:
    assert read_splits(root.parent / "splits.tsv") == {
        d.id: split for split, documents in SPLITS.items() for d in documents
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id\tsplit\tbatch\na-01\ttrain\tw1\n\na-09\n", "line 4: 'a-09'; write id<TAB>split, one of train, dev"),
        ("id\tsplit\tbatch\na-09 train\n", "line 2: 'a-09 train'; write id<TAB>split"),
        ("id\tsplit\na-09\tvalidation\n", "line 2: .*one of train, dev, test, fresh, seeds"),
        ("id\tsplit\na-09\ttrain\na-09\tdev\n", "line 3: a-09 is listed twice; remove"),
        ("a-09\ttrain\tw1\n", "line 1: .* is no head line"),
    ],
    ids=["no split", "blank for tab", "unknown split", "twice", "no head line"],
)
def test_a_broken_table_names_its_line(tmp_path: Path, content: str, message: str) -> None:
    table = tmp_path / "splits.tsv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=f"splits.tsv: {message}"):
        read_splits(table)


def test_sound_splits_have_no_fault(root: Path) -> None:
    assert faults(root) == []


def test_splits_without_a_table_are_checked_too(tmp_path: Path) -> None:
    assert faults(tmp_path / "annotations") == []
    assert faults(tmp_path / "annotations", dev=[doc("文", id="t-1")]) == ["t-1: is in train too; keep one"]


def test_an_article_stands_in_one_split(root: Path) -> None:
    found = faults(root, dev=[*SPLITS["dev"], doc("文", id="t-1")])
    assert found == [
        "t-1: is in train too; keep one",
        "t-1: listed as 'train' but stands in dev; correct the table",
    ]


def test_the_table_and_the_folders_agree(root: Path) -> None:
    assert faults(root, dev=[*SPLITS["dev"], doc("文", id="d-2")]) == [
        "d-2: listed as None but stands in dev; correct the table"
    ]
    assert faults(root, train=SPLITS["train"][:1], dev=[]) == [
        "d-1: is listed but there is no such article; remove the line",
        "t-2: is listed but there is no such article; remove the line",
    ]


def test_a_batch_stays_whole(root: Path) -> None:
    found = faults(root, dev=[doc("文", id="d-1", batch="w2")])
    assert found == ["batch w2: is in train and in dev; an author's batch stays whole"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("<ORG>乙公司</ORG>", "ORG '乙公司' occurs in test article e-1"),
        ("<REGION>深百产业园</REGION>", "REGION '深百产业园' occurs in seeds article 000.txt"),
    ],
)
@pytest.mark.parametrize(("split", "id"), [("train", "t-1"), ("dev", "d-1")])
def test_held_out_names_do_not_train(root: Path, split: str, id: str, body: str, where: str) -> None:
    rest = [d for d in SPLITS[split] if d.id != id]
    (found,) = faults(root, **{split: [*rest, doc(body, id=id, batch="w9")]})
    assert found == f"{id}: {where}; rename it here"


def test_held_out_articles_may_share_names(root: Path) -> None:
    shared = doc("<ORG>乙公司</ORG>", id="000.txt")
    assert faults(root, seeds=[shared]) == []


def test_places_that_augmentation_makes_are_not_of_held_out_articles(root: Path) -> None:
    town = doc("<REGION>沂南县</REGION>", id="e-1", batch="w4")
    assert faults(root, test=[town]) == ["e-1: '沂南县' of this article is in the augmentation lists"]


LONG = "一封写给全县干部群众的公开信"


def test_a_long_string_in_training_and_test_is_told_unless_listed(root: Path) -> None:
    train = [doc(f"前{LONG}后", id="t-1", batch="w1"), doc("文", id="t-2", batch="w2")]
    test = [doc(f"左{LONG}右", id="e-1", batch="w4")]
    message = f"t-1: {LONG!r} stands in test article e-1 too; word it otherwise, or list it in common_strings.txt"
    assert faults(root, train=train, test=test) == [message]
    (root.parent / "common_strings.txt").write_text(f"这{LONG}\ta form of the time\n", encoding="utf-8")
    assert faults(root, train=train, test=test) == []
    (root.parent / "common_strings.txt").write_text(f"{LONG}\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1: write the string, a tab and the reason"):
        faults(root, train=train, test=test)


def test_eleven_characters_or_a_row_of_dates_is_no_copy(root: Path) -> None:
    text = f"{LONG[:11]}。2023-04-12 09:30:18 2023-04-12"
    train = [doc(f"前{text}后", id="t-1", batch="w1"), doc("文", id="t-2", batch="w2")]
    assert faults(root, train=train, test=[doc(f"左{text[:11]}，{text[12:]}", id="e-1", batch="w4")]) == []
