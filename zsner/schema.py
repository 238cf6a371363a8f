"""The vocabulary of the project: span types, slots, indicator codes, statuses, bounds.

Everything here is named by the annotation guidelines, version 2; nothing here computes.
"""

from typing import Final, Literal, get_args

GUIDELINES_VERSION: Final = "2"
FORMAT_VERSION: Final = 1
"""Version of the JSON that `zsner predict` writes (`"format"` on each line)."""

SpanType = Literal["MONEY", "COUNT", "GROWTH", "REGION", "ORG", "INDUSTRY", "MECHANISM"]
SPAN_TYPES: Final[tuple[SpanType, ...]] = get_args(SpanType)

ValueType = Literal["MONEY", "COUNT", "GROWTH"]
VALUE_TYPES: Final[frozenset[SpanType]] = frozenset(get_args(ValueType))

Indicator = Literal[
    "signed_projects",
    "signed_amount",
    "project_investment",
    "funds_in_place",
    "landed_projects",
    "started_projects",
    "completed_projects",
    "pipeline_projects",
    "pipeline_amount",
    "visits_out",
    "visits_in",
    "events",
    "teams",
    "personnel",
    "fund_size",
    "fund_count",
    "output_value",
    "tax_revenue",
    "jobs",
    "enterprises",
    "other",
]
INDICATORS: Final[tuple[Indicator, ...]] = get_args(Indicator)

INDICATOR_NAMES: Final[dict[Indicator, str]] = {
    "signed_projects": "签约项目",
    "signed_amount": "签约金额",
    "project_investment": "项目投资额",
    "funds_in_place": "到位资金",
    "landed_projects": "落地项目",
    "started_projects": "开工项目",
    "completed_projects": "竣工项目",
    "pipeline_projects": "在谈储备项目",
    "pipeline_amount": "在谈储备金额",
    "visits_out": "外出拜访",
    "visits_in": "来访接待",
    "events": "招商活动",
    "teams": "招商队伍",
    "personnel": "招商人员",
    "fund_size": "基金规模",
    "fund_count": "基金数量",
    "output_value": "产值营收",
    "tax_revenue": "税收",
    "jobs": "就业岗位",
    "enterprises": "企业数",
    "other": "其他",
}
"""What people call the indicators, for tables; programs use the codes."""

Status = Literal["actual", "target"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)

Slot = Literal["region", "org", "growth", "industry", "mechanism", "filter"]
SLOTS: Final[tuple[Slot, ...]] = get_args(Slot)

SLOT_TYPE: Final[dict[Slot, SpanType]] = {
    "region": "REGION",
    "org": "ORG",
    "growth": "GROWTH",
    "industry": "INDUSTRY",
    "mechanism": "MECHANISM",
    "filter": "MONEY",
}
"""The span type that a slot's relation ends in."""

LIST_SLOTS: Final[tuple[Slot, ...]] = ("org", "industry", "mechanism")
"""Slots that hold any number of spans; the others hold one or none."""

SENTENCE_SLOTS: Final[tuple[Slot, ...]] = ("org", "growth", "industry", "mechanism", "filter")
"""Slots that link inside the head's sentence only."""

Bound = Literal["exact", "about", "at_least", "more_than", "at_most", "less_than", "range"]
"""What the bound words of a value say; see the table of the output format."""

META_FIELDS: Final[tuple[str, ...]] = (
    "published",
    "guidelines",
    "genre",
    "level",
    "province",
    "year",
    "script",
    "damage",
    "batch",
)
"""What a gold article says of itself beside its text, id and home region."""
