"""Which place a REGION mention of a page means: its code and the divisions it lies in.

A name that several places bear (鼓楼区, 朝阳, 通州) is decided by the home region, then by the
places named nearest, then by the province that the page is about. Where none of these decides,
there is no code, but what all its meanings have in common is still given (长安 within 陕西省).
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from zsner.document import Document
from zsner.link.aliases import is_stand_in
from zsner.link.cues import pattern
from zsner.link.gazetteer import Division, Gazetteer, Level, Reading, short
from zsner.link.page import Item, Page
from zsner.link.period import Periods
from zsner.link.region import Regions
from zsner.link.whereabouts import RANK, Chain, Whereabouts
from zsner.text import fold

_FAR: Final = 300
"""How many characters a stand-in may be behind what it stands for."""
_NEAR: Final = 12
"""How many places on each side of an ambiguous name are asked."""
_MARKS: Final = " \t【[（(一二三四五六七八九十0123456789、.·●■◆▲"
_ALSO: Final = {"开发区": "经开区", "高新区": "高新技术产业开发区", "经开区": "经济开发区"}
_OVERSEAS: Final = ("71", "81", "82")


class Place(NamedTuple):
    """What a mention stands for. `chain` names the divisions from the province down; `code` is
    that of the last of them, None where the place is a part of it, or no division is known."""

    name: str
    code: str | None = None
    level: Level | None = None
    chain: tuple[str, ...] = ()

    @property
    def province(self) -> str | None:
        """Name of the province; None for a grouping, abroad, and where nothing is known."""
        return self.chain[0] if self.chain else None


class Places:
    """The mentions of a page, ready to be asked for their places."""

    def __init__(self, regions: Regions, year: int | None = None) -> None:
        self.regions = regions
        self.where = Whereabouts(regions, year)
        self._starts = [m.start for m in regions.mentions]
        self._resolved: dict[str, Place] = {}

    def resolve(self, mention: Item) -> Place:
        """The place of one REGION mention."""
        found = self._resolved.get(mention.id)
        if found is None:
            text = mention.text
            # 全州 is a county, 本港 香港.
            stand_in = is_stand_in(text) and text[-1] not in "台港澳" and text != self.where.home_name
            found = self._stand_in(mention) if stand_in else self._named(mention)
            self._resolved[mention.id] = found
        return found

    def called(self, mention: Item) -> str:
        """The name of what a mention stands for, in Simplified script: that of the home region as
        it is called, but of another place where 全省 cannot be a city, or 该县 is named otherwise."""
        name = fold(self.regions.name(mention)).text
        if is_stand_in(mention.text):
            place = self.resolve(mention)
            known = {r.division.name for r in self._table.lookup(name) if not r.rest}
            if place.level not in (None, "zone") and place.name not in known:
                return place.name
        return name

    @cached_property
    def _table(self) -> Gazetteer:
        return self.where.table

    # ------------------------------------------------------------------- what is named

    def _named(self, mention: Item) -> Place:
        text = mention.text
        readings = self._table.lookup(text)
        if len(text) == 1:
            return self._one_character(text, [r.division for r in readings])
        exact = bool(readings) and not readings[0].rest
        abroad = not readings and pattern("place", "abroad").fullmatch(text) is not None
        if abroad and not pattern("place", "guest_zone").fullmatch(text):
            return Place(text)
        found = self._decided(readings, mention.start) if readings else ()
        if pattern("place", "grouping").fullmatch(text) and not (exact and found):
            return Place(text)
        if isinstance(found, Division) and exact:
            return self._division(found, text)
        if isinstance(found, Division):
            chain, home = self._table.chain(found), self.where.home
            joint = home and home[0] is not chain[0] and short(home[-1]) in readings[0].rest
            if joint and readings[0].rest != text:
                return Place(text)  # 内江荣昌示范区, of two provinces
            return self._part(text, chain)
        if found or exact:
            return self._part(text, found)
        if pattern("place", "inner").fullmatch(text) and self.regions.roles[mention.id] != "out":
            return self._part(text, self.where.home)
        return Place(text)

    def _one_character(self, text: str, meant: list[Division]) -> Place:
        """川, 宁: the division it abbreviates, or the home region (来滁), unless these differ."""
        if len(meant) > 1:
            near = [d for d in meant if self._table.chain(d)[0] in self.where.provinces]
            near = [d for d in meant if d in self.where.home] or near
            meant = near if len(near) == 1 else meant
        own = [d for d in self.where.home[-1:] if text in d.name[:2] and d not in meant]
        divisions = [*meant, *own]
        if len(divisions) == 1:
            return self._division(divisions[0], text)
        return self._part(text, self.where.all_share(divisions))

    def _division(self, division: Division, text: str) -> Place:
        chain = self._table.chain(division)
        if division.level == "zone":
            return self._part(text, chain)
        return Place(division.name, division.code, division.level, tuple(d.name for d in chain))

    def _part(self, text: str, chain: Chain) -> Place:
        """A place without a code of its own, within the last division of `chain`."""
        return Place(text, None, "zone" if chain else None, tuple(d.name for d in chain if d.level != "zone"))

    # ------------------------------------------------------------------- which of them

    def _decided(self, readings: tuple[Reading, ...], start: int) -> Division | Chain:
        """The division that is meant; the divisions that all meanings lie in; () if even the
        only meaning is unlikely here."""
        held = self.where.of_the_time(readings)
        exact, bare = not held[0].rest, all(r.bare for r in held)
        divisions = list(dict.fromkeys(r.division for r in held))
        zones = [d for d in divisions if d.level == "zone"]
        if len(divisions) > 1 and zones:  # 两江新区 was a zone before it was a county
            divisions = [d for d in divisions if d.level != "zone"] or zones[:1]
        if bare and all(d.level == "county" for d in divisions):
            divisions = [d for d in divisions if self._likely(d, exact=exact)]
            if not divisions:
                return ()
        if not exact:
            divisions = list(dict.fromkeys(map(self.where.lasting, divisions)))
        found = self._nearest(divisions, start, bare=bare)
        return found[0] if len(found) == 1 else self.where.all_share(found)

    def _nearest(self, divisions: list[Division], start: int, *, bare: bool) -> list[Division]:
        """Those of some divisions that lie nearest: to the home region, then to the places named
        nearest in the text, then in the province of the page."""
        if len(divisions) == 1:
            return divisions
        home, chain = self.where.home, self._table.chain
        held = [d for d in divisions if d in home]
        if held:
            return [max(held, key=lambda d: RANK[d.level])]
        inside = [d for d in divisions if d.parent and chain(d)[-2] in home]
        if inside:
            deepest = max(self.where.shared(d, home) for d in inside)
            divisions = [d for d in inside if self.where.shared(d, home) == deepest]
        if bare:  # 中山 is the prefecture unless the page is about 大连
            top = min(RANK[d.level] for d in divisions)
            divisions = [d for d in divisions if RANK[d.level] == top]
        for other in (home, *self._around(start), self.where.theme):
            if len(divisions) == 1:
                break
            shared = [self.where.shared(d, other) for d in divisions]
            if max(shared) > 0:
                divisions = [d for d, n in zip(divisions, shared, strict=True) if n == max(shared)]
        return divisions

    def _around(self, start: int) -> Iterator[Chain]:
        """The chains of the places named nearest, those before sooner than those behind."""
        anchors = self.where.anchors
        at = bisect_left(anchors, start, key=lambda a: a[0])
        near = anchors[max(0, at - _NEAR) : at + _NEAR]
        for _, division in sorted(near, key=lambda a: (abs(a[0] - start), a[0] > start)):
            yield self._table.chain(division)

    def _likely(self, division: Division, *, exact: bool) -> bool:
        """Whether a county may be meant where only its short name is written (新田, 金湖)."""
        province, home = self._table.chain(division)[0], self.where.home
        if home and home[0] is province:
            return True
        if (exact or not home) and province in self.where.provinces:
            return True
        if not exact or province.key[:2] in _OVERSEAS:
            return False
        return not home or division.name.endswith("市")

    # ----------------------------------------------------------------------- stand-ins

    def _stand_in(self, mention: Item) -> Place:
        """全区, 我市, 该县, 开发区: through the home region, or the place named last before it."""
        text, home = mention.text, self.where.home
        level = text[-1]
        if level == "国" or pattern("place", "several").fullmatch(text):
            return Place(text)
        this = text.startswith(("该", "这"))
        if pattern("place", "zone_word").fullmatch(text):
            kind = text.lstrip("全我本该这")
            near = None if self.where.home_is_zone and not this else self._last_named(mention, kind)
            return self._part(text, home) if near is None else near._replace(name=text, code=None, level="zone")
        if level == "区" and self.where.home_is_zone and not this:
            return self._part(text, home)
        own = [d for d in home if d.level != "zone" and d.name.endswith(level)]
        if level == "县" and not own and home and home[-1].level == "county":
            own = [home[-1]]  # a 县 of its time, today a 区 or 市
        near = self._last_named(mention, level) if this or not own else self._section(mention, level)
        if near is not None:
            return near
        return self._division(own[-1], text) if own else self._part(text, home)

    @cached_property
    def _sections(self) -> list[tuple[int, Place]]:
        """Where each section of a page on several places begins (headings 宜宾…, 眉山…), and its place."""
        page, found = self.where.page, []
        for mention in self.regions.mentions:
            line = page.lines[page.line_at(mention.start)]
            begins = line.heading and not page.text[line.start : mention.start].strip(_MARKS)
            if begins and len(mention.text) > 1 and not is_stand_in(mention.text):
                place = self.resolve(mention)
                if place.level not in (None, "zone"):
                    found.append((line.start, place))
        return found if len({place for _, place in found}) > 2 else []

    def _section(self, mention: Item, level: str) -> Place | None:
        """The place of the section a stand-in is in, where it is of its level."""
        last = next((place for start, place in reversed(self._sections) if start <= mention.start), None)
        return last if last is not None and last.name.endswith(level) else None

    def _last_named(self, mention: Item, kind: str) -> Place | None:
        """The place of this kind (区, 县, 高新区 …) that is named last before a stand-in, not far
        off: as a place, or by one of its authorities."""
        floor = mention.start - _FAR
        organs = [(n, d) for n, d in self.where.organs if floor < n < mention.start and d.name.endswith(kind)]
        floor = organs[-1][0] if organs else floor
        for earlier in reversed(self.regions.mentions[: bisect_left(self._starts, mention.start)]):
            if earlier.start < floor:
                break
            if len(earlier.text) > 1 and not is_stand_in(earlier.text):
                place = self.resolve(earlier)
                if place.chain and place.name.endswith((kind, _ALSO.get(kind, kind))):
                    return place
        return self._division(organs[-1][1], mention.text) if organs else None


def place_of(document: Document, span_id: str, *, home_region: str | None = None) -> Place:
    """The place of the REGION span `span_id`."""
    page = Page(document)
    regions = Regions(page, home_region)
    places = Places(regions, Periods(page).calendar.year)
    return next(places.resolve(m) for m in regions.mentions if m.id == span_id)
