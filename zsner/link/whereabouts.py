"""Where a page is: the divisions it is sure to name, those of its authorities, and the one its
home region is. What `places.py` decides ambiguous names by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from zsner.link.aliases import is_stand_in
from zsner.link.cues import pattern
from zsner.link.gazetteer import NOW, Division, Gazetteer, Level, Reading, gazetteer, short
from zsner.link.region import Regions
from zsner.text import fold

Chain = tuple[Division, ...]
RANK: Final[dict[Level, int]] = {"province": 0, "prefecture": 1, "county": 2, "zone": 3}
_OCCURRENCES: Final = 4
_BEFORE: Final = 12


class Whereabouts:
    """The sure places of a page. `year` is that of the page: names and borders were others in 2008."""

    def __init__(self, regions: Regions, year: int | None = None) -> None:
        self.regions = regions
        self.page = regions.page
        self.year = year

    @cached_property
    def table(self) -> Gazetteer:
        """The table, which is read when a place is first asked for."""
        return gazetteer()

    # ------------------------------------------------------------------ what is named

    @cached_property
    def anchors(self) -> list[tuple[int, Division]]:
        """Where the page names a division that can be no other one, and which; in order."""
        found = []
        for item in self.page.items:
            organ = item.type == "ORG" and pattern("place", "organ").fullmatch(item.text) is not None
            if not organ and (item.type != "REGION" or len(item.text) < 2 or is_stand_in(item.text)):
                continue
            held = self.of_the_time(self.table.lookup(item.text))
            if len({r.division for r in held}) != 1 or (held[0].bare and (organ or held[0].division.level == "county")):
                continue
            found.append((item.start, held[0].division))
        return found

    @cached_property
    def organs(self) -> list[tuple[int, Division]]:
        """The anchors that are the names of authorities (襄城区招商局)."""
        starts = {i.start for i in self.page.items if i.type == "ORG"}
        return [a for a in self.anchors if a[0] in starts]

    @cached_property
    def provinces(self) -> set[Division]:
        """The provinces that the page is sure to name, or a part of."""
        return {self.table.chain(d)[0] for _, d in self.anchors}

    @cached_property
    def theme(self) -> Chain:
        """What most of the places that the page names lie in."""
        return self.common(d for _, d in self.anchors)

    @cached_property
    def level(self) -> str:
        """区, 县, 市 … of the stand-ins of the page (全县, 我县), where it has any."""
        words = [m.text for m in self.regions.mentions if pattern("region", "level_word").fullmatch(m.text)]
        return Counter(w[-1] for w in words).most_common(1)[0][0] if words else ""

    # ----------------------------------------------------------------------- the home

    @cached_property
    def home(self) -> Chain:
        """The divisions the home region lies in, with itself where it is one; empty if unknown."""
        name = self.home_name
        if not name:
            return self.common(d for _, d in self.organs)
        held = self.of_the_time(self.table.lookup(name), level=self.level)
        best = self._most_supported(held)
        chain = () if best is None else self.table.chain(best)
        if held and not (held[0].rest and all(r.bare and r.division.level == "county" for r in held)):
            return chain
        written = self._written_before(name)
        if not held or (written and chain[: len(written)] != written):
            return written
        # 惠水经济开发区 lies in 惠水县, but 金沙滩镇 not in 金沙县.
        here = chain and (chain[0] in self.provinces or pattern("place", "zone_behind").match(held[0].rest))
        return chain if here else ()

    @cached_property
    def home_name(self) -> str:
        """The home region as the table has its names; "" if there is none."""
        return "".join(fold(self.regions.home or "").text.split())

    @cached_property
    def home_is_zone(self) -> bool:
        """Whether the home region is no division but a zone or a town, which is 全区 on its pages."""
        readings = self.table.lookup(self.home_name)
        return not readings or bool(readings[0].rest) or readings[0].division.level == "zone"

    def _most_supported(self, held: Sequence[Reading]) -> Division | None:
        """Which meaning of the home region's name the page speaks of; None if that is open."""
        divisions = list(dict.fromkeys(r.division for r in held))
        if len(divisions) < 2:
            return divisions[0] if divisions else None
        text = self.page.text
        votes: dict[Division, float] = {}
        for d in divisions:
            chain, name = self.table.chain(d), fold(d.name).text
            above = [short(a) for a in chain[-2::-1]]
            vote = 3.0 * (name in text) + 2.0 * (self.level != "" and d.name.endswith(self.level))
            vote += sum((3 - n) * (a in text) for n, a in enumerate(above) if a != short(d))
            vote += min(sum(self.shared(a, chain) > 0 for _, a in self.anchors), 4)
            votes[d] = vote + 0.5 * all(r.bare for r in held) * (2 - RANK[d.level])
        best = max(divisions, key=lambda d: votes[d])
        return best if all(votes[best] > votes[d] for d in divisions if d is not best) else None

    def _written_before(self, name: str) -> Chain:
        """The division that the text writes before a name no table knows (宝坻区九园工业园区), else
        that of the page's authorities."""
        found: list[Division] = []
        text, seen = self.page.text, 0
        at = text.find(name)
        while at >= 0 and seen < _OCCURRENCES:
            seen += 1
            for length in range(min(at, _BEFORE), 1, -1):
                held = [r for r in self.of_the_time(self.table.lookup(text[at - length : at])) if not r.rest]
                sure = [r for r in held if not (r.bare and r.division.level == "county")]
                if sure or any(self.table.chain(r.division)[0] in self.provinces for r in held):
                    found.extend(r.division for r in held if r.division.level != "zone")
                    break
            at = text.find(name, at + 1)
        return self.common(found or [d for _, d in self.organs])

    # ------------------------------------------------------------------------- chains

    def of_the_time(self, readings: Iterable[Reading], level: str = "") -> list[Reading]:
        """The readings that held in the year of the page; without a year those of today, else the
        last ones. `level` is the suffix that the page itself gives the place (宁河县 for 全县)."""
        readings = list(readings)
        if self.year is not None:
            held = [r for r in readings if r.division.since <= self.year <= r.division.until]
            if held:
                return held
        elif level and level in "县市":
            held = [r for r in readings if r.division.name.endswith(level)]
            if held and all(r.division.until < NOW for r in held):
                return [r for r in held if r.division.until == max(h.division.until for h in held)]
        last = max((r.division.until for r in readings), default=NOW)
        return [r for r in readings if r.division.until == last]

    def lasting(self, division: Division) -> Division:
        """A division, or the one above it that there still was in the year of the page."""
        year = NOW if self.year is None else self.year
        return next((d for d in reversed(self.table.chain(division)) if d.until >= year), division)

    def common(self, divisions: Iterable[Division]) -> Chain:
        """What at least two thirds of some divisions lie in: province, prefecture, county."""
        chains = [self.table.chain(d) for d in divisions]
        chain: Chain = ()
        for depth in range(3):
            counts = Counter(c[: depth + 1] for c in chains if len(c) > depth and c[depth].level != "zone")
            best, number = counts.most_common(1)[0] if counts else ((), 0)
            if number == 0 or number * 3 < len(chains) * 2:
                break
            chain = best
        return chain

    def shared(self, division: Division, chain: Chain) -> int:
        """How many divisions from the province down a division and a chain have in common."""
        own = self.table.chain(division)
        return next(
            (n for n, (a, b) in enumerate(zip(own, chain, strict=False)) if a is not b), min(len(own), len(chain))
        )

    def all_share(self, divisions: Sequence[Division]) -> Chain:
        """The divisions that every one of some lies in."""
        chain = self.table.chain(divisions[0]) if divisions else ()
        for d in divisions:
            chain = chain[: self.shared(d, chain)]
        return chain
