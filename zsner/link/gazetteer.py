"""The places known by name: divisions of China since 1980, and zones with the division they lie in.

`places.tsv.gz`, made by `scripts/make_places.py`, is read when a place is first asked for. A name
is looked up as it is written: with or without 省, 市, 县, as an abbreviation (川, 鹏城), or as a
hierarchy of which the deepest division that is known counts (湖北省襄阳市襄城区某某产业园). What a
name may mean is answered in full; which of its meanings a page intends is for `places.py`.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

from zsner.link.aliases import division_names, zone_names
from zsner.link.cues import words
from zsner.text import fold

Level = Literal["province", "prefecture", "county", "zone"]
NOW: Final = 9999
"""The year up to which a division of today holds."""
_LEVELS: Final[dict[str, Level]] = {"1": "province", "2": "prefecture", "3": "county", "z": "zone"}
_LONGEST: Final = 16
_JOINTS: Final = "·-/、"
_BRACKETS: Final = str.maketrans("", "", '（）「」『』【】《》〈〉[]" ')
_BRACKETED: Final = re.compile("（([^（）]{2,})）")
# What makes another name of a short name before it: 松山市, 北海道, 岳阳镇, 图们江区域, 鄱阳湖生态经济区.
_OTHER_NAME: Final = re.compile("[^岛港城湾境园]|[镇乡村]|街道|社区|苏木")
_NATURE: Final = re.compile("[湖江河](?:[^东西南北]|$)|山(?:保护|风景|旅游|片区|区域|$)")
_CACHED: Final = 20_000


class Division(NamedTuple):
    """A division or a zone. `key` is its code, or begins like that of its province where it has
    none; it bore this name from `since` (0: 1980 or before) to the year `until`."""

    key: str
    name: str
    level: Level
    parent: str
    since: int
    until: int

    @property
    def code(self) -> str | None:
        """The six digits of GB/T 2260; None for a zone, and below 台湾省, 香港 and 澳门."""
        return self.key if len(self.key) == 6 else None


def short(division: Division) -> str:
    """A division as it is called for short, folded: 广西, 襄城, 沙县."""
    folded = fold(division.name).text
    return division_names(folded)[1] or folded


class Reading(NamedTuple):
    """One meaning of a written name: a division, then `rest`, which no table knows.

    `bare`: nothing that is written says the division's level or where it lies (朝阳, not 朝阳区).
    """

    division: Division
    rest: str
    bare: bool


class Gazetteer:
    """Divisions and zones, ready to be looked up by any of their names (folded)."""

    def __init__(self, rows: Iterable[tuple[Division, str]]) -> None:
        """`rows` are divisions, each with its name in folded characters."""
        self._versions: dict[str, list[Division]] = {}
        self._names: dict[str, list[tuple[Division, bool]]] = {}
        self._chains: dict[Division, tuple[Division, ...]] = {}
        self._found: dict[str, tuple[Reading, ...]] = {}
        for division, folded in rows:
            if division.level == "zone":
                for name in zone_names(folded):
                    self._add(name, division, bare=False)
                continue
            self._versions.setdefault(division.key, []).append(division)
            self._add(folded, division, bare=False)
            plain, short = division_names(folded)
            if plain:
                self._add(plain, division, bare=False)
            if short and "+" not in division.key:  # 台北 is the city, not the county that was
                self._add(short, division, bare=True)
        name = ""
        for word in words("place")["abbreviations"].split():
            if not word.isdigit():
                name = word
            elif word in self._versions:
                self._add(name, self.by_code(word), bare=len(name) == 1)

    def _add(self, name: str, division: Division, *, bare: bool) -> None:
        held = self._names.setdefault(name.translate(_BRACKETS), [])
        if not held or all(d is not division for d, _ in held):
            held.append((division, bare))

    def by_code(self, code: str, year: int = NOW) -> Division:
        """The division that had this code in `year`; of several, or where none had, the latest."""
        versions = self._versions[code]
        held = [d for d in versions if d.since <= year <= d.until]
        return max(held or versions, key=lambda d: (d.until, d.since))

    def chain(self, division: Division) -> tuple[Division, ...]:
        """The divisions a division lies in from its province down, with itself at the end."""
        found = self._chains.get(division)
        if found is None:
            found = (division,)
            if division.parent:
                # Of its last full year: 无为县 lay in 巢湖市 until both were dissolved.
                year = division.until if division.until == NOW else division.until - 1
                found = (*self.chain(self.by_code(division.parent, year)), division)
            self._chains[division] = found
        return found

    def lookup(self, name: str) -> tuple[Reading, ...]:
        """What a folded name may mean: its readings of the longest part that is known, none if
        nothing is. Divisions of all years; `places.py` chooses."""
        found = self._found.get(name)
        if found is None:
            if len(self._found) >= _CACHED:  # a stream of pages without end
                self._found.clear()
            found = self._found[name] = tuple(self._read(name))
        return found

    def knows(self, name: str) -> bool:
        """Whether a name as somebody wrote it, or its beginning, is that of a place."""
        return bool(self.lookup("".join(fold(name).text.split())))

    def _read(self, name: str) -> list[Reading]:
        plain = name.translate(_BRACKETS)
        whole = self._names.get(plain)
        if whole is not None:
            return [Reading(d, "", bare) for d, bare in whole]
        if plain.startswith("中国") and len(plain) > 3:
            return self._read(plain.removeprefix("中国"))
        found = self._walk(plain)
        inside = [Reading(d, name, bare) for m in _BRACKETED.finditer(name) for d, bare in self._names.get(m[1], ())]
        if any(self._related(r.division, i.division) for r in found for i in inside):
            return found
        return [*found, *inside]  # 中韩（烟台）产业园; 泾川（温泉）工业集中区 only a page can tell

    def _related(self, one: Division, other: Division) -> bool:
        return one in self.chain(other) or other in self.chain(one)

    def _walk(self, name: str) -> list[Reading]:
        """The readings of the beginning of a name that reach furthest."""
        ends: dict[int, list[tuple[Division, bool]]] = {}
        for length in range(min(_LONGEST, len(name)), 1, -1):
            for division, bare in self._names.get(name[:length], ()):
                for end, deepest, still_bare in self._deeper(name, division, bare, length):
                    ends.setdefault(end, []).append((deepest, still_bare))
        if not ends:
            return []
        end = max(ends)
        rest = name[end:].lstrip(_JOINTS)
        found = [Reading(d, rest, bare) for d, bare in dict(ends[end]).items()]
        return [r for r in found if not self._elsewhere(r)]

    def _deeper(self, name: str, division: Division, bare: bool, end: int) -> Iterator[tuple[int, Division, bool]]:
        """Where the hierarchy that begins with `division` ends, and with what."""
        start = end
        while start < len(name) and name[start] in _JOINTS:
            start += 1
        deeper = False
        for length in range(min(_LONGEST, len(name) - start), 1, -1):
            for inner, _ in self._names.get(name[start : start + length], ()):
                if inner is not division and division in self.chain(inner):
                    deeper = True
                    yield from self._deeper(name, inner, False, start + length)
            if deeper:
                return
        yield end, division, bare

    def _elsewhere(self, reading: Reading) -> bool:
        """Whether what follows a name makes another place of it: 北海道, or two in one (阜阳合肥产业园)."""
        rest = reading.rest
        if reading.bare and _OTHER_NAME.fullmatch(rest):
            return True
        if reading.bare and reading.division.level == "county" and _NATURE.match(rest):
            return True
        for length in range(min(_LONGEST, len(rest)), 1, -1):
            for other, bare in self._names.get(rest[:length], ()):
                if other.level in ("province", "prefecture") or not (bare or other.level == "zone"):
                    return not self._related(reading.division, other)
        return False


@cache
def gazetteer() -> Gazetteer:
    """The shipped table, read once and only when a place is asked for."""
    text = gzip.decompress(files("zsner.link").joinpath("places.tsv.gz").read_bytes()).decode("utf-8")
    return Gazetteer(_rows(text))


def _rows(text: str) -> Iterator[tuple[Division, str]]:
    for line in text.splitlines():
        key, name, folded, level, parent, since, until = line.split("\t")
        yield Division(key, name, _LEVELS[level], parent, int(since or 0), int(until or NOW)), folded or name
