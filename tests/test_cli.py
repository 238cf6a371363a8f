"""The command line as its users meet it: outputs, errors, exit codes."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ARTICLES, ROOT, SEEDS
from zsner.cli.app import app
from zsner.cli.predict import Format, predict
from zsner.document import DataError

LINE = "一季度，广西签约项目582个，总投资额3197亿元，同比增长57.9%。"


def run(*args: str, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "zsner.cli.app", *args], input=stdin, capture_output=True, cwd=cwd, env=env, check=False
    )


def test_a_pipe_gets_jsonl_and_nothing_else() -> None:
    done = run("predict", str(ARTICLES[0]))
    assert done.returncode == 0
    assert done.stderr == b""
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["id"] == "000.txt"


def test_standard_input_csv_and_home_region() -> None:
    done = run("predict", "-", "--format", "csv", "--home-region", "广西", stdin=LINE.encode())
    assert done.returncode == 0
    assert "signed_amount,actual,3197亿元,319700000000" in done.stdout.decode()


def test_a_day_of_publication_by_option_and_by_line(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text(
        '{"id": "x", "text": "昨日，全市签约项目87个。", "published": "2024-03-01"}\n'
        '{"id": "y", "text": "昨日，全市签约项目87个。", "published": "1 March"}\n',
        encoding="utf-8",
    )
    done = run("predict", str(lines))
    assert done.returncode == 1
    good, bad = map(json.loads, done.stdout.splitlines())
    assert [t["period"]["from"] for t in good["tuples"]] == ["2024-02-29"]
    assert "no date; write it as 2023-05-10" in bad["error"]
    refused = run("predict", str(lines), "--published", "2023-13-40")
    assert refused.returncode == 2
    assert "--published is '2023-13-40', no date" in refused.stderr.decode()


def test_gold_spans_are_linked_and_scored_through_a_pipe() -> None:
    linked = run("link", "data/annotations/seeds", "--gold-spans", "--rules")
    assert linked.returncode == 0
    assert len(linked.stdout.splitlines()) == 5
    scored = run("evaluate", "data/annotations/seeds", "-", "--fail-under", "span.micro=1", stdin=linked.stdout)
    assert scored.returncode == 0, scored.stderr.decode()
    again = run("evaluate", "data/annotations/seeds", "-", "--fail-under", "tuple.strict=0.99", stdin=linked.stdout)
    assert again.returncode == 1


def test_a_home_region_that_no_table_knows_is_taken_with_a_note() -> None:
    done = run("predict", "-", "--home-region", "亚特兰蒂斯", stdin="全市签约项目5个。".encode())
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == ["note: home region 亚特兰蒂斯 is not a place known here"]
    assert json.loads(done.stdout)["home_region"] == "亚特兰蒂斯"
    for known in ("广西", "貴安新區", "湖北省襄阳市襄城区"):
        assert run("predict", "-", "--home-region", known, stdin=LINE.encode()).stderr == b""


def test_a_folder_as_a_table() -> None:
    done = run("predict", "data/articles", "--format", "table")
    assert done.returncode == 0
    text = done.stdout.decode()
    for path in ARTICLES:
        assert path.name in text


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".XLSX"])
def test_the_name_of_the_output_gives_the_format(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"figures{suffix}"
    assert predict(str(ARTICLES[0]), output=out) == 0
    start = {".csv": b"id,", ".jsonl": b'{"format"', ".parquet": b"PAR1", ".XLSX": b"PK"}[suffix]
    assert out.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [out]
    assert predict(str(ARTICLES[0]), output=tmp_path / "figures.txt", format=Format.jsonl) == 0
    assert (tmp_path / "figures.txt").read_bytes().startswith(b'{"format"')


@pytest.mark.parametrize(("format", "start"), [("parquet", b"PAR1"), ("xlsx", b"PK")])
def test_binary_formats_go_into_a_pipe_and_not_to_a_terminal(format: str, start: bytes) -> None:
    done = run("predict", "-", "--format", format, stdin=LINE.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(start)
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "zsner.cli.app", "predict", "data/articles", "--format", format]
    refused = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(terminal)
    os.close(master)
    assert refused.returncode == 2
    (line,) = refused.stderr.decode().splitlines()
    assert f"--format {format} is not for a terminal; name a file with -o" in line


@pytest.mark.parametrize(("suffix", "library"), [("parquet", "pyarrow"), ("xlsx", "xlsxwriter")])
def test_tables_without_their_extra_say_how_to_get_it(
    tmp_path: Path, suffix: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zsner.cli.extras.find_spec", lambda name: None)
    with pytest.raises(DataError, match=rf"needs {library}; install: pip install 'zsner\[tables\]'"):
        predict(str(ARTICLES[0]), output=tmp_path / f"out.{suffix}")
    assert not list(tmp_path.iterdir())


def test_min_score_leaves_out_figures_and_keeps_their_spans(tmp_path: Path) -> None:
    every, sure = tmp_path / "every.jsonl", tmp_path / "sure.jsonl"
    predict(str(ARTICLES[0]), output=every)
    before = json.loads(every.read_bytes())
    scores = sorted(t["score"] for t in before["tuples"])
    line = scores[len(scores) // 2]
    predict(str(ARTICLES[0]), output=sure, min_score=line)
    after = json.loads(sure.read_bytes())
    assert after["spans"] == before["spans"]
    assert after["tuples"] == [t for t in before["tuples"] if t["score"] >= line]
    assert 0 < len(after["tuples"]) < len(before["tuples"])
    done = run("predict", str(ARTICLES[0]), "--format", "csv", "--min-score", str(line))
    assert len(done.stdout.splitlines()) == len(after["tuples"]) + 1


def test_bad_documents_do_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_text(LINE)
    (tmp_path / "c.txt").write_bytes(bytes(range(256)))
    done = run("predict", str(tmp_path))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [("error" in line) for line in lines] == [True, False, True]
    assert b"2 documents could not be read" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("predict", "nowhere.txt"), "nowhere.txt: no such file or folder"),
        (("predict", "data/articles", "--model", "nowhere"), "nowhere: no such model folder"),
        (("predict", "data/articles", "--encoding", "klingon"), "no such encoding"),
        (("predict", "data/articles", "-o", "no/such/folder.jsonl"), "no such folder"),
        (("predict", "data/articles", "--format", "csv", "-o", "x.xlsx"), "x.xlsx contradict each other"),
        (("predict", "data/articles", "--explain", "--format", "csv"), "--explain has no place in csv"),
        (("predict", "data/articles", "--published", "soon"), "--published is 'soon', no date"),
        (("evaluate", "data/annotations/seeds"), "PREDICTIONS or --model"),
        (("evaluate", "data/annotations/seeds", "README.md"), "README.md: line 1"),
        (("evaluate", "nowhere", "nowhere"), "nowhere: no such file"),
        (("train", "nowhere.yaml"), "nowhere.yaml: no such file"),
        (("data", "stats", "README.md"), "no JSON"),
        (("data", "agreement", "data/annotations/dev"), "two annotators"),
        (("data", "export", "data/annotations/seeds", "--format", "datasets"), "--output"),
        (("model", "info", "data"), "is no model folder"),
    ],
)
def test_bad_input_is_one_clear_line(args: tuple[str, ...], message: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_stats_count_the_corpus_where_nothing_is_named() -> None:
    assert run("data", "stats").stdout == run("data", "stats", "data/annotations").stdout != b""


def test_check_prints_what_is_wrong_and_fails(tmp_path: Path) -> None:
    assert run("data", "check", "data/annotations").returncode == 0
    before, mark, settled = (SEEDS / "000.json").read_text(encoding="utf-8").partition('"ground_truth":true')
    (tmp_path / "broken.json").write_text(before + mark + settled.replace('"start":', '"start":1', 1), encoding="utf-8")
    done = run("data", "check", str(tmp_path))
    assert done.returncode == 1
    assert "error: " in done.stdout.decode()
    assert "task 000.txt" in done.stdout.decode()


def test_evaluate_fails_under_a_bound() -> None:
    args = ("evaluate", "data/annotations/seeds", "reports/evaluation/seeds.jsonl", "--fail-under")
    assert run(*args, "span.micro=0.5").returncode == 0
    done = run(*args, "span.micro=0.999")
    assert done.returncode == 1
    assert b"span.micro is 0." in done.stderr


def test_evaluate_prints_and_writes_the_same(tmp_path: Path) -> None:
    scores = tmp_path / "scores.json"
    done = run("evaluate", "data/annotations/seeds", "reports/evaluation/seeds.jsonl", "--json", str(scores))
    assert done.returncode == 0, done.stderr
    micro = json.loads(scores.read_text())["spans"]["micro"]["f1"]
    assert f"{micro:.4f}" in done.stdout.decode()
    assert json.loads(scores.read_text()) == json.loads((ROOT / "reports/evaluation/seeds-scores.json").read_text())


@pytest.mark.parametrize("format", ["conll", "bio-jsonl", "jsonl"])
def test_export_writes_every_character(tmp_path: Path, format: str) -> None:
    out = tmp_path / "out"
    assert run("data", "export", "data/annotations/seeds", "--format", format, "-o", str(out)).returncode == 0
    text = out.read_text(encoding="utf-8")
    assert ("B-MECHANISM" in text) or format == "jsonl"
    assert not list(tmp_path.glob("*.partial"))


def test_export_as_a_dataset(tmp_path: Path) -> None:
    import datasets

    out = tmp_path / "set"
    assert run("data", "export", "data/annotations/seeds", "--format", "datasets", "-o", str(out)).returncode == 0
    assert datasets.load_from_disk(str(out)).features["ner_tags"].feature.names[0] == "O"
    assert run("data", "export", "data/annotations/seeds", "--format", "datasets", "-o", str(out)).returncode == 2


def test_the_model_card_is_what_the_measurements_say() -> None:
    done = run("model", "card")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == (ROOT / "model_card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [[], ["predict"], ["train"], ["evaluate"], ["data"], ["data", "check"], ["model"]])
def test_help_teaches(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "zsner" in done.output


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from zsner.cli.extras import need

    with pytest.raises(DataError, match=r"pip install 'zsner\[train\]'"):
        need("train", "no_such_module_anywhere")


def test_the_wheel_predicts_from_another_folder(tmp_path: Path) -> None:
    """Built, unpacked apart from the source tree, run elsewhere: the model is in it."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import zsner; assert zsner.__file__.startswith({str(site)!r});"
    )
    code += f"assert zsner.load()({LINE!r}).tuples"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
