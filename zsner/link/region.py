"""Which place a figure is about, and what place a mention stands for."""

from bisect import bisect_left
from collections import Counter
from typing import Final

from zsner.document import Document
from zsner.link.aliases import is_stand_in, short_name
from zsner.link.cues import pattern
from zsner.link.home import HomeGuess, subject
from zsner.link.page import Figure, Item, Page, Sentence

_PROJECT: Final = frozenset({"project_investment", "output_value", "tax_revenue", "jobs"})


class Regions:
    """The REGION mentions of a page with their roles, ready to be asked for a figure's place."""

    def __init__(self, page: Page, home: str | None = None) -> None:
        self.page = page
        self.mentions = [i for i in page.items if i.type == "REGION"]
        self._starts = [i.start for i in self.mentions]
        self.roles = self._roles()
        self._named = [r for r in self.mentions if not is_stand_in(r.text) and self.roles[r.id] != "out"]
        self.listed = {i.id for group in page.groups(self.mentions) if len(group) > 1 for i in group}
        self.home = home if home is not None else HomeGuess(page, self.mentions, self.roles).best()
        self.subject = subject(page, self.mentions, self.roles, self.home)
        self.aside = self._passing()
        self.home_mentions = self._home_mentions()
        self.headings = self._headings()

    # --------------------------------------------------------------------- roles

    def _roles(self) -> dict[str, str]:
        """Span id -> `out` (source, visited, scope), `located` (在X开工) or `topic`."""
        roles = {}
        for group in self.page.groups(self.mentions):
            sentence = self.page.sentence_at(group[0].start)
            left = self.page.masked[sentence.start : group[0].start]
            right = self.page.masked[group[-1].end : sentence.end]
            role = self._role(left, right, len(group))
            roles.update({i.id: role for i in group})
        return roles

    @staticmethod
    def _role(left: str, right: str, size: int) -> str:
        if left.endswith("R（"):  # 襄阳(深圳)招商推介会
            return "out"
        if pattern("region", "list_before").search(left) or pattern("region", "not_behind").match(right):
            return "out"
        if pattern("region", "not_before").search(left):
            together = pattern("region", "together").search(left) and pattern("region", "signed_behind").match(right)
            return "topic" if together else "out"
        if pattern("region", "located_before").search(left):
            return "out" if size > 1 and pattern("region", "comes_in").search(left) else "located"
        if pattern("region", "to_before").search(left):
            return "located" if pattern("region", "moved_behind").match(right) else "out"
        if pattern("region", "in_before").search(left):
            away = size > 1 or pattern("region", "to_verb").match(right)
            return "out" if away else "located"
        return "topic"

    def _passing(self) -> set[str]:
        """Ids of mentions that govern no later sentence: members of a run of places with a figure
        each (A81个，B24个，C17个), and places that the page otherwise only visits."""
        found: set[str] = set()
        outs = Counter(r.text for r in self.mentions if self.roles[r.id] == "out")
        topics = Counter(r.text for r in self.mentions if self.roles[r.id] == "topic")
        home = short_name(self.subject) if self.subject else ""
        for sentence in self.page.sentences:
            places = [r for r in sentence.of("REGION") if self.roles[r.id] == "topic"]
            run = [r for r in places if pattern("region", "member").match(self.page.masked, r.end)]
            if len({r.text for r in run}) > 2:
                found.update(r.id for r in places)
        found.update(r.id for r in self.mentions if pattern("region", "scope").match(self.page.masked, r.end))
        for unit in self._units():
            firsts = [next((r for r in s.of("REGION") if self.roles[r.id] != "out"), None) for s in unit]
            if len({r.text for r in firsts if r is not None}) > 2 and None not in firsts:
                found.update(r.id for s in unit for r in s.of("REGION"))
        found.update(
            r.id
            for r in self.mentions
            if outs[r.text] > 0
            and outs[r.text] >= topics[r.text]
            and len(r.text) > 1
            and not is_stand_in(r.text)
            and short_name(r.text) != home
        )
        return found

    def _units(self) -> list[list[Sentence]]:
        """Sentences that ； joins to one."""
        units: list[list[Sentence]] = []
        for sentence in self.page.sentences:
            if units and self.page.text[units[-1][-1].start : sentence.start].rstrip().endswith("；"):
                units[-1].append(sentence)
            else:
                units.append([sentence])
        return units

    def _headings(self) -> dict[int, Item]:
        """Line number -> the place it is headed by (`射洪市：…`, `【大丰区】…`)."""
        headings: dict[int, Item] = {}
        for item in self.mentions:
            number = self.page.line_at(item.start)
            line = self.page.lines[number]
            text = self.page.masked[line.start : line.end]
            if number not in headings and pattern("region", "heading").match(text):
                headings[number] = item
        return headings

    def section(self, number: int) -> Item | None:
        """The place of the heading above a line, where that heading is a place and nothing else."""
        for n in range(number - 1, -1, -1):
            line = self.page.lines[n]
            if line.heading:
                alone = pattern("region", "section").match(self.page.masked[line.start : line.end])
                return self.headings.get(n) if alone else None
        return None

    # ---------------------------------------------------------------- the figure

    def spread(self, sentence: Sentence, figures: list[Figure]) -> None:
        """`A、B、C分别签约3个、2个、1个`: pair a list of places with the lists of figures behind it."""
        groups = [g for g in self.page.groups(sentence.of("REGION")) if len(g) > 1]
        if not groups:
            return
        rows = self.page.groups([f.item for f in figures])
        by_id = {f.item.id: f for f in figures}
        for group in groups:
            if self.roles[group[0].id] == "out":
                continue
            for row in rows:
                if len(row) != len(group) or row[0].start < group[-1].end:
                    continue
                between = self.page.masked[group[-1].end : row[0].start]
                if "R" not in between and pattern("region", "pairwise").search(
                    between + self.page.masked[row[0].start]
                ):
                    for place, item in zip(group, row, strict=True):
                        by_id[item.id].region = place
                        by_id[item.id].rules["region"] = "region_list"

    def governing(self, figure: Figure) -> tuple[Item | None, str]:
        """The place of a figure, and the rule that found it."""
        item, sentence, page = figure.item, figure.sentence, self.page
        places = [r for r in sentence.of("REGION") if self.roles[r.id] != "out"]
        clause = (page.clause_start(item.start, sentence.start), page.clause_end(item.end, sentence.end))
        own = [r for r in places if self.roles[r.id] == "located" and clause[0] <= r.start < clause[1]]
        own += [
            r
            for r in places
            if r.start > item.end and pattern("region", "owner_of").fullmatch(page.masked[item.end : r.start])
        ]
        if own:
            return min(own, key=lambda r: abs(r.start - item.start)), "region_clause"
        left = [r for r in places if r.end <= item.start]
        if left:
            return left[-1], "region_left"
        project = bool(figure.org) or figure.indicator in _PROJECT
        if project:
            right = [r for r in places if r.start >= item.end and self.roles[r.id] == "located"]
            if right:
                return right[0], "region_right"
        section = self.section(sentence.line)
        if section is not None:
            return section, "region_heading"
        earlier = self._earlier(sentence, project)
        if earlier is not None:
            return earlier, "region_paragraph"
        for number in range(sentence.line, max(-1, sentence.line - 4), -1):
            if number in self.headings and (number == sentence.line or page.lines[number].heading):
                return self.headings[number], "region_heading"
        homes = [r for r in self.home_mentions if r.start < item.start]
        if homes:
            return homes[-1], "region_home"
        right = [r for r in places if r.start >= item.end]
        if right:
            return right[0], "region_right"
        before = [r for r in self.mentions if r.end <= item.start and self.roles[r.id] != "out"]
        if self.home_mentions and not (before and self.subject and short_name(self.subject) in before[-1].text):
            return self.home_mentions[0], "region_home"
        if before:
            return before[-1], "region_before"
        return None, "region_none"

    def _earlier(self, sentence: Sentence, project: bool) -> Item | None:
        """The place named last before a sentence that still governs it: in its paragraph, and for
        a figure of one project in the paragraph before, too."""
        line = self.page.lines[sentence.line]
        start = line.start
        if project:
            lines = self.page.lines
            above = next((n for n in range(sentence.line - 1, -1, -1) if lines[n].end > lines[n].start), None)
            start = start if above is None else lines[above].start
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, sentence.start)
        held = [r for r in self.mentions[low:high] if start <= r.start < sentence.start and self.roles[r.id] != "out"]
        held = [r for r in held if r.id not in self.listed]
        if not project:
            held = [r for r in held if r.id not in self.aside]
            held = [r for r in held if self.roles[r.id] == "topic"] or held
        return held[-1] if held else None

    # ------------------------------------------------------------------ the home

    def _home_mentions(self) -> list[Item]:
        home = short_name(self.subject) if self.subject else None
        return [
            i
            for i in self.mentions
            if self.roles[i.id] != "out"
            and (
                pattern("region", "home_word").fullmatch(i.text)
                or (home and (short_name(i.text) == home or (is_stand_in(i.text) and home.endswith(i.text))))
            )
        ]

    def name(self, mention: Item) -> str:
        """The place a mention stands for, in Simplified script."""
        text = mention.text
        if not is_stand_in(text):
            return text
        if pattern("region", "home_word").fullmatch(text) and self.home and not text.startswith("该"):
            return self.home
        # The nearest place named before it; of its own level, but 该区 may stand for any zone.
        tail = "" if text[-1] == "区" else text[-1]
        here = bisect_left(self._named, mention.start, key=lambda r: r.start)
        near = next((r.text for r in reversed(self._named[:here]) if r.text.endswith(tail)), None)
        if text.startswith(("该", "这")) or not self.home:
            return near or self.home or text
        return self.home


def region_name(document: Document, span_id: str, *, home_region: str | None = None) -> str:
    """The place the REGION span `span_id` stands for, in Simplified script: `全区` in an article
    about 广西 gives 广西, a plain name gives itself."""
    page = Page(document)
    regions = Regions(page, home_region)
    return next(regions.name(i) for i in regions.mentions if i.id == span_id)


def guess_home(document: Document) -> str | None:
    """The place a text is about, from its title, its source and what it names most often; None
    if it names no place. The document's own `home_region` is not read."""
    return Regions(Page(document)).home
