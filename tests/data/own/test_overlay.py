"""Own terminals, legs and rates laid over the shipped ones, and over each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.data.geodata import line_of, load_rail_legs
from corridors.data.own import Overlay, combine, shipped_overlay, source_at
from corridors.data.own.combine import overlay_of
from corridors.domain.scenario import OnConflict
from corridors.errors import ConfigError

TERMINALS = "id,name,country,lon,lat,services\nkz-mine,Mine Terminal,KZ,77.5,43.9,rail/1520\n"
LEGS = "from,to,system,km,source\nkz-mine,kz-almaty,1520,90,survey of 2025\n"
RATES = (
    "parameter,scope,value,low,high,unit,currency_year,source_id,status\n"
    "road.rate_usd_per_box_km,KZ,2,1,3,USD/box/km,2025,my contract,found\n"
)


def folder(root: Path, name: str, **tables: str) -> Path:
    """Write own tables into a folder."""
    made = root / name
    made.mkdir()
    for table, text in tables.items():
        (made / f"{table}.csv").write_text(text, encoding="utf-8")
    return made


def laid(*folders: Path, on_conflict: OnConflict = OnConflict.ERROR) -> Overlay:
    """Return the overlay of folders."""
    sources = [source_at(path, shown=str(path)) for path in folders]
    return overlay_of(sources, on_conflict=on_conflict)


def faults_of(*folders: Path) -> tuple[str, ...]:
    """Return the faults of an overlay."""
    with pytest.raises(ConfigError) as caught:
        laid(*folders)
    return caught.value.faults


def test_an_own_terminal_and_leg_are_added(tmp_path: Path) -> None:
    own = laid(folder(tmp_path, "a", terminals=TERMINALS, legs=LEGS))
    assert own.terminals["kz-mine"].name == "Mine Terminal"
    (leg,) = [leg for leg in own.legs if leg.id == "kz-mine--kz-almaty"]
    assert (leg.length_km, leg.gauge_mm, leg.countries) == (90.0, 1520, ("KZ",))
    assert leg.source == "survey of 2025 (own data, a/legs.csv:2)"
    assert line_of(leg)[0] == (77.5, 43.9)
    assert len(own.legs) == len(shipped_overlay().legs) + 1


def test_an_own_leg_takes_the_place_and_the_id_of_the_shipped_one(tmp_path: Path) -> None:
    shipped = load_rail_legs()[0]
    km = shipped.length_km + 7.0
    text = f"from,to,system,km\n{shipped.to_id},{shipped.from_id},{shipped.system},{km}\n"
    own = laid(folder(tmp_path, "a", legs=text))
    (leg,) = [leg for leg in own.legs if leg.id == shipped.id]
    assert leg.length_km == km
    assert len(own.legs) == len(shipped_overlay().legs)
    assert f"{shipped.length_km:g} -> {km:g} km" in own.notes[0]


def test_an_own_rate_replaces_that_of_its_scope(tmp_path: Path) -> None:
    own = laid(folder(tmp_path, "a", rates=RATES))
    table = own.parameters()
    assert table.get("road.rate_usd_per_box_km", "KZ").source_id == "my contract"
    assert table.value("road.rate_usd_per_box_km", "CN") != 2.0
    assert "-> 2 USD/box/km (your rate, a/rates.csv:2)" in own.notes[0]


@pytest.mark.parametrize("figures", ["-2,-3,-1", "2,-1,3", "2,1,5000"])
def test_an_own_rate_outside_the_bounds_is_refused(tmp_path: Path, figures: str) -> None:
    text = (
        "parameter,scope,value,low,high,unit,source_id,status\n"
        f"road.rate_usd_per_box_km,KZ,{figures},USD/box/km,my contract,found\n"
    )
    (fault,) = faults_of(folder(tmp_path, "a", rates=text))
    assert fault.startswith(f"{tmp_path}/a/rates.csv:2: value: must be from 0 to 100 USD/box/km,")


def test_two_networks_that_disagree_name_both_files_and_lines(tmp_path: Path) -> None:
    a = folder(tmp_path, "a", terminals=TERMINALS, legs=LEGS)
    b = folder(tmp_path, "b", terminals=TERMINALS, legs=LEGS.replace(",90,", ",95,"))
    (fault,) = faults_of(a, b)
    assert f"{b}/legs.csv:2: leg kz-mine to kz-almaty (1520) contradicts {a}/legs.csv:2" in fault
    assert "km 90 there, 95 here" in fault


def test_the_last_of_two_networks_holds_where_the_scenario_says_so(tmp_path: Path) -> None:
    a = folder(tmp_path, "a", terminals=TERMINALS, legs=LEGS)
    b = folder(tmp_path, "b", terminals=TERMINALS, legs=LEGS.replace(",90,", ",95,"))
    for order, km in (((a, b), 95.0), ((b, a), 90.0)):
        own = laid(*order, on_conflict=OnConflict.LAST)
        assert [leg.length_km for leg in own.legs if leg.from_id == "kz-mine"] == [km]
        assert "(on_conflict: last)" in own.notes[0]


def test_two_networks_that_say_the_same_are_no_conflict(tmp_path: Path) -> None:
    a = folder(tmp_path, "a", terminals=TERMINALS, legs=LEGS, rates=RATES)
    b = folder(tmp_path, "b", terminals=TERMINALS, legs=LEGS, rates=RATES)
    assert laid(a, b).terminals == laid(a).terminals


def test_one_table_may_not_say_a_thing_twice(tmp_path: Path) -> None:
    (fault,) = faults_of(folder(tmp_path, "a", terminals=TERMINALS + TERMINALS.split("\n")[1]))
    assert fault.endswith("terminals.csv:2; keep one")
    assert "terminals.csv:3: terminal kz-mine is also at" in fault


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        (
            "legs",
            LEGS.replace("kz-almaty", "kz-almoty"),
            "legs.csv:2: no terminal 'kz-almoty', did",
        ),
        ("legs", LEGS.replace(",90,", ",20,"), "shorter than the great circle"),
        ("legs", LEGS.replace(",90,", ",nan,"), "km: must be a number from 0.001 to 20000"),
        ("legs", LEGS.replace(",1520,", ",1521,"), "system: unknown '1521', use road"),
        ("legs", LEGS.replace("km,source", "km,colour"), "legs.csv:1: unknown column 'colour'"),
        ("rates", RATES.replace("USD/box/km", "EUR/box/km"), "differs from the unit in the table"),
        ("rates", RATES.replace(",2,1,3,", ",2,3,1,"), "out of order"),
        ("rates", RATES.replace(",KZ,", ",moon,"), "scope: 'moon' is not a scope"),
        (
            "rates",
            RATES.replace("road.rate", "road.rote"),
            "did you mean 'road.rate_usd_per_box_km",
        ),
        ("terminals", TERMINALS.replace("77.5", "977.5"), "lon: must be a number from -180 to 180"),
        (
            "terminals",
            TERMINALS.replace("kz-mine", "=cmd()"),
            "an id is at most 60 lower-case letters",
        ),
        ("terminals", TERMINALS.replace("kz-mine", "kz-dostyk"), "km from the shipped kz-dostyk"),
    ],
)
def test_a_fault_says_where_and_what_would_do(
    tmp_path: Path, table: str, text: str, words: str
) -> None:
    tables = {"terminals": TERMINALS, **({"legs": LEGS} if table == "legs" else {}), table: text}
    assert any(words in fault for fault in faults_of(folder(tmp_path, "a", **tables)))


def test_a_geopackage_says_what_the_csv_does(tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    from shapely.geometry import LineString, Point

    file = tmp_path / "own.gpkg"
    place = {"id": ["kz-mine"], "name": ["Mine Terminal"], "country": ["KZ"]}
    place |= {"services": ["rail/1520"]}
    frame = geopandas.GeoDataFrame(place, geometry=[Point(77.5, 43.9)], crs="EPSG:4326")
    frame.to_file(file, layer="terminals")
    leg = {"from": ["kz-mine"], "to": ["kz-almaty"], "system": ["1520"], "km": [90.0]}
    line = LineString([(77.5, 43.9), (77.2, 43.6), (76.945, 43.343)])
    geopandas.GeoDataFrame(leg, geometry=[line], crs="EPSG:4326").to_file(file, layer="legs")
    own = laid(file)
    (found,) = [leg for leg in own.legs if leg.from_id == "kz-mine"]
    assert (found.length_km, len(found.line)) == (90.0, 3)
    assert own.terminals["kz-mine"].lat == pytest.approx(43.9)


def test_what_contradicts_is_read_no_further_than_a_thousand_times(tmp_path: Path) -> None:
    head = "id,name,country,lon,lat,services\n"
    folders = [
        folder(
            tmp_path,
            f"{year}",
            terminals=head
            + "".join(f"kz-{n},Mine of {year},KZ,77.5,43.9,rail/1520\n" for n in range(600)),
        )
        for year in range(2020, 2023)
    ]
    # Read, it would be the only fault.
    damaged = folder(tmp_path, "damaged", terminals="id\n")
    found = faults_of(*folders, damaged)
    assert len(found) == 1000
    assert "/2021/terminals.csv:2: terminal kz-0 contradicts" in found[0]
    assert "/2022/terminals.csv:401: terminal kz-399 contradicts" in found[-1]


def test_rows_of_all_sources_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combine, "MAX_ROWS", 5)
    head = TERMINALS.split("\n", maxsplit=1)[0]
    sources = [
        folder(
            tmp_path,
            f"{number}",
            terminals=head
            + "".join(f"\nkz-{number}-{n},Mine {n},KZ,77.5,43.9,rail/1520" for n in range(3)),
        )
        for number in range(2)
    ]
    # Read, it would be another fault.
    damaged = folder(tmp_path, "damaged", terminals="id\n")
    assert faults_of(*sources, damaged) == (
        f"{sources[1]}: more than 5 terminals with those before; leave some out",
    )
    assert {"kz-0-0", "kz-0-1", "kz-0-2"} <= laid(sources[0]).terminals.keys()


def test_a_link_to_itself_is_refused_like_what_is_no_own_data(tmp_path: Path) -> None:
    for name in ("a.osm", "a.csv", "a"):
        link = tmp_path / name
        link.symlink_to(link.name)
        with pytest.raises(ConfigError, match=str(link)):
            source_at(link, shown=str(link))
