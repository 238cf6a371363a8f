"""The place a page is about, guessed from its text: the home region where the caller names none.

Every place that the page names may be it, and every division these lie in. Each is weighed by how
often and where it is written, by the level of the stand-ins and authorities of the page (全县,
县委), and by how many of the places named lie in it, so that a page about ten counties of a
province is about the province. The weights were fitted to the home regions of the training articles
(a softmax over the candidates of each article) and rounded.
"""

from collections import Counter
from typing import Final

from zsner.link.aliases import division_names, is_stand_in, parts, short_name
from zsner.link.cues import pattern
from zsner.link.gazetteer import NOW, Division, Gazetteer, gazetteer, short
from zsner.link.page import Item, Page
from zsner.text import fold

_OVERSEAS: Final = {"港": "香港", "澳": "澳门", "台": "台湾"}
_LEAD: Final = (80, 400)
"""How many characters are the very beginning of a page, and its beginning."""
_LEAST: Final = 3.0
_HEAD: Final = 100
"""Where the authority that writes a page is named."""


class _Candidate:
    """A name with the forms it is written in (申城 for 上海) and how often it is a topic, or visited."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.topics = 0
        self.outs = 0
        self.owner = False
        """Whether an authority acts in its name."""
        self.sign = False
        """Whether a single character, or 本港 and its kin, speaks for it."""


class HomeGuess:
    """The candidates of one page. `roles` are those of its REGION mentions, by span id."""

    def __init__(self, page: Page, mentions: list[Item], roles: dict[str, str]) -> None:
        self.page = page
        self.roles = roles
        self.table: Gazetteer = gazetteer()
        self.candidates: dict[str, _Candidate] = {}
        self.named: list[Division] = []
        """The divisions the page is sure to name, as a topic or with an authority."""
        self.levels: Counter[str] = Counter()
        self.title = title_of(page)
        for mention in mentions:
            self._mention(mention)
        for item in page.items:
            if item.type == "ORG":
                self._organ(item)
        for above in {a for d in self.named for a in self.table.chain(d)[:-1]}:
            self._add(short(above))
        self.level = self.levels.most_common(1)[0][0] if self.levels else ""
        self.inside = Counter(a for d in self.named for a in self.table.chain(d))
        self.distinct = Counter(a for d in set(self.named) for a in self.table.chain(d)[:-1])

    def best(self) -> str | None:
        """The name that weighs most; None if none weighs enough."""
        weights = {name: self._weight(name, c) for name, c in self.candidates.items() if len(name) > 1}
        if not weights:
            return None
        name = max(weights, key=lambda n: weights[n])
        if weights[name] < _LEAST:
            return None
        zones = [n for n, c in self.candidates.items() if n.startswith(name) and c.owner and n != name]
        if zones and not _acts(self.page.text, name):
            return zones[0]
        return next((name + tail for tail in "镇乡" if self._town(name, tail)), name)

    # -------------------------------------------------------------------- candidates

    def _add(self, name: str, mention: Item | None = None, form: str = "") -> _Candidate:
        candidate = self.candidates.setdefault(name, _Candidate())
        candidate.forms.add(form or name)
        if mention is not None:
            candidate.topics += self.roles[mention.id] == "topic"
            candidate.outs += self.roles[mention.id] == "out"
        return candidate

    def _mention(self, mention: Item) -> None:
        text, topic = mention.text, self.roles[mention.id] == "topic"
        if pattern("region", "level_word").fullmatch(text):
            self.levels[text[-1]] += 1 + topic
        elif text == "自治区":
            self.levels["省"] += 1
        if text[-1:] in _OVERSEAS and (len(text) == 1 or (len(text) == 2 and text[0] in "全本")):
            self._add(_OVERSEAS[text[-1]], mention, text).sign = True
        if len(text) < 2 or is_stand_in(text):
            return
        readings = self.table.lookup(text)
        exact = [r.division for r in readings if not r.rest and r.division.level != "zone"]
        if not exact and any(pattern("place", key).fullmatch(text) for key in ("abroad", "grouping", "generic")):
            return
        held = {r.division for r in readings if r.division.until == NOW}
        if len(held) == 1 and topic:
            self.named.extend(held)
        other = [d for d in exact if text not in (folded := fold(d.name).text, *division_names(folded))]
        for division in other:
            self._add(short(division), mention, text)  # 申城, or the end of a hierarchy
        rest = readings[0].rest if readings else ""
        own_name = pattern("place", "inner").fullmatch(rest) and not pattern("place", "zone_behind").match(rest)
        if len(rest) > 2 and text.endswith(rest) and own_name:
            self._add(short_name(rest), mention)  # 灵山县陆屋镇
        for name in parts(text) if len(other) != 1 else ():
            self._add(name, mention)
        if pattern("region", "zone").fullmatch(text):
            for division in held:
                if division.level != "zone":
                    self._add(short(division))

    def _organ(self, organ: Item) -> None:
        text = organ.text
        if (owner := pattern("region", "organ_of").match(text)) is not None:
            self._add(short_name(owner[1])).owner |= organ.start < _HEAD
        if not pattern("place", "organ").fullmatch(text):
            return
        if text[0] in "省市县区州旗镇":
            self.levels[text[0]] += 1
        elif text.startswith("自治区"):
            self.levels["省"] += 2
        readings = [r for r in self.table.lookup(text) if r.division.until == NOW]
        if len(readings) == 1 and not readings[0].bare:
            self.named.append(readings[0].division)
            self._add(short(readings[0].division))

    # ------------------------------------------------------------------------ weights

    def _weight(self, name: str, candidate: _Candidate) -> float:
        text, forms = self.page.text, candidate.forms
        divisions = [r.division for r in self.table.lookup(name) if not r.rest and r.division.level != "zone"]
        zone = not divisions and pattern("place", "inner").fullmatch(name) is not None
        town = not divisions and self._town(name, "镇")
        first = min((at for at in map(text.find, forms) if at >= 0), default=len(text))
        weight = 0.2 * min(sum(map(text.count, forms)), 12) + 0.35 * min(candidate.topics, 8)
        weight -= 0.15 * min(candidate.outs, 4)
        weight += 1.7 * any(f in self.title for f in forms)
        weight += 1.5 * (first < _LEAD[0]) + 1.0 * (first < _LEAD[1])
        weight += 1.1 * _acts(self.page.text, name)
        weight += 2.5 * max((self.inside[d] for d in divisions), default=0) / max(1, len(self.named))
        weight += 0.25 * min(max((self.distinct[d] for d in divisions), default=0), 5)
        weight += 1.5 * zone + 0.6 * town + 2.5 * candidate.sign
        if self.level:
            fits = (self.level in "镇乡" and town) or (self.level == "区" and zone)
            weight += 0.5 if fits or any(self._of_level(d) for d in divisions) else -0.4
        return weight

    def _of_level(self, division: Division) -> bool:
        if self.level == "省":
            return division.level == "province"
        return division.name.endswith(self.level) or (self.level == "县" and division.level == "county")

    def _town(self, name: str, tail: str) -> bool:
        """Whether a name is mostly written as that of a 镇 (or 乡)."""
        return self.page.text.count(name + tail) * 2 >= max(1, self.page.text.count(name))


def title_of(page: Page) -> str:
    """The first heading that names a place and is no breadcrumb; "" if there is none."""
    for line in page.lines:
        masked = page.masked[line.start : line.end]
        named = line.heading and "R" in masked and ">" not in masked
        if named and not pattern("region", "source_line").search(masked):
            return page.text[line.start : line.end]
    return ""


def _acts(text: str, name: str) -> bool:
    """Whether a text names an authority of a place: 海口市商务局."""
    behind = pattern("region", "organ_behind")
    at = text.find(name)
    while at >= 0:
        if behind.match(text, at + len(name)):
            return True
        at = text.find(name, at + 1)
    return False


def subject(page: Page, mentions: list[Item], roles: dict[str, str], home: str | None) -> str | None:
    """What the figures of a page are of where nothing nearer says so: its home region, or the zone
    that it writes of most (开发区, 合作区), of which a home region knows nothing."""
    found = _most_written(page, mentions, roles)
    if found is None or not pattern("place", "inner").fullmatch(found):
        return home
    known = any(r.division.code and not r.rest for r in gazetteer().lookup(found))
    return home if known else found


def _most_written(page: Page, mentions: list[Item], roles: dict[str, str]) -> str | None:
    """The name that is in the title, before the words of an authority, and often in the text."""
    names: dict[str, int] = {}
    levels = Counter(
        m.text[-1] for m in mentions if roles[m.id] == "topic" and pattern("region", "level_word").fullmatch(m.text)
    )
    level = levels.most_common(1)[0][0] if levels else ""
    for mention in mentions:
        if not is_stand_in(mention.text) and len(mention.text) > 1:
            for name in parts(mention.text):
                names[name] = names.get(name, 0) + (roles[mention.id] == "topic")
            if level and pattern("region", "zone").fullmatch(mention.text):
                names.setdefault(mention.text[:2], 0)
    for item in page.items:
        owner = pattern("region", "organ_of").match(item.text) if item.type == "ORG" else None
        if owner is not None:
            names.setdefault(short_name(owner[1]), 0)
    title = title_of(page)
    best, most = None, 3.0
    for name, topics in names.items():
        votes = min(page.text.count(name), 12) / 2 + min(topics, 8) / 2
        votes += 5 * (name in title)
        if level and (name + level in page.text or (name.endswith(level) and name in page.text)):
            votes += 3
        votes += 3 * _acts(page.text, name)
        if votes > most:
            best, most = name, votes
    return best
