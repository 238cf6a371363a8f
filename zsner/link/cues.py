"""Cue words: TOML files beside the code, read once and compiled."""

import re
from functools import cache
from importlib.resources import files

import msgspec


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that speak for an indicator, before or behind a value span of one type."""

    indicator: str
    words: str
    side: str = "left"
    units: str = ""
    bonus: int = 0


class IndicatorCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`indicator.toml`."""

    money: list[Cue]
    count: list[Cue]
    unit: dict[str, str]
    default: dict[str, str]
    words: dict[str, str]


@cache
def words(name: str) -> dict[str, str]:
    """The table `name`.toml of patterns, by their key."""
    return msgspec.toml.decode(_read(name), type=dict[str, str])


@cache
def reliability() -> dict[str, float]:
    """`reliability.toml`: how far to trust the answer of a rule."""
    return msgspec.toml.decode(_read("reliability"), type=dict[str, float])


@cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """One pattern of a table, compiled."""
    return re.compile(words(name)[key])


@cache
def indicator_cues() -> IndicatorCues:
    """The cues of `indicator.toml`."""
    return msgspec.toml.decode(_read("indicator"), type=IndicatorCues)


def _read(name: str) -> bytes:
    return files("zsner.link").joinpath(f"{name}.toml").read_bytes()
