"""Under market prices a ship is paid its freight, and nothing of what the freight holds."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.costing import operations, pricing
from corridors.costing.market import Market, freight, market_notes, market_of, sea_rate
from corridors.costing.pricing import load_bases
from corridors.costing.running import running_rate
from corridors.data.parameters import load_parameters
from corridors.data.services import load_services
from corridors.domain.places import Family, Service
from corridors.domain.results import OptionStatus, RouteOption
from corridors.domain.values import Basis, BillLine
from corridors.errors import ParameterError
from corridors.output.comparison import Comparison
from corridors.studies.compare import compare
from tests.costing.examples import HAMBURG, SHANGHAI

PARAMETERS = load_parameters()
SHIPMENT = load_scenario("shanghai-europe").shipment
SHIPS = {service.id: service for service in load_services()}
HELD = {
    "ship_days",
    "ship.crew",
    "ship.running",
    "fuel.vlsfo",
    "fuel.mgo",
    "port_calls",
    "canal.toll",
    "sea.overhead",
}


def market(origin: str, destination: str, year: int, *, month: int = 10) -> Market:
    """Return the market of two countries in October, when few months have an index."""
    return market_of(
        (origin, destination), date(year, month, 1), ends=(f"in {origin}", f"in {destination}")
    )


@cache
def option(corridor: str, *changes: str, day: date | None = None) -> RouteOption:
    """Return a corridor's answer under market prices."""
    given = ["price_basis=market", f"corridors=[{corridor}]", *changes]
    asked = load_scenario("shanghai-europe", set_values=given, departure=day)
    (found,) = compare(asked, figures_only=True).routes
    return found


def test_a_scenario_may_ask_for_the_prices_of_another_month() -> None:
    def figures(*changes: str) -> tuple[Comparison, dict[str, float]]:
        made = compare(load_scenario("shanghai-europe", set_values=["corridors=[suez]", *changes]))
        (option,) = made.routes
        return made, {line.driver: line.unit_price_usd for line in option.cost_lines}

    usual, now = figures()
    dear, then = figures("prices=2022-06")
    months = [
        PARAMETERS.get("fuel.vlsfo_usd_per_t", month).value for month in ("2026-05", "2022-06")
    ]
    assert [now["fuel.vlsfo"], then["fuel.vlsfo"]] == months
    assert months[0] != months[1]
    # The euro follows its year; no price of an allowance is known for 2022.
    assert (now["ets"], then["ets"]) == pytest.approx((84.0 * 1.1593, 84.0 * 1.053), rel=1e-4)
    # What a day costs moves, how long it takes does not.
    assert usual.routes[0].days == dear.routes[0].days
    # Fuel of June 2022 is known, that of August 2026 is not.
    assert not any(text.startswith("Prices not known for") for text in dear.warnings)
    (note,) = (text for text in usual.warnings if text.startswith("Prices not known for"))
    assert "2026-08" in note
    assert "VLSFO of 2026-05 (Singapore by General Index in 2026, MABUX before)" in note


def test_a_sea_freight_is_that_of_the_week_of_departure() -> None:
    def sea(*changes: str, day: date) -> tuple[float, str]:
        lines = option("suez", *changes, day=day).cost_lines
        (line,) = (line for line in lines if line.driver == "freight.sea")
        return line.unit_price_usd, line.label

    usd, label = sea(day=date(2025, 9, 11))
    assert usd == 2146.0
    assert label.endswith("(Drewry WCI Shanghai-Rotterdam, week of 2025-09-08, with the SCFI)")
    # From Monday to Sunday.
    assert sea(day=date(2025, 9, 14)) == (usd, label)
    assert sea(day=date(2025, 9, 7))[0] != usd
    # A month that is asked for has its mean; so has one of whose weeks none is known.
    assert sea("prices=2025-09", day=date(2025, 9, 11))[0] == 2043.0
    assert sea(day=date(2026, 8, 20))[1].endswith("2026-08, between weeks known)")
    # One's own freight stands.
    mine = sea("overrides.market.sea_freight_usd_per_feu=4000", day=date(2025, 9, 11))
    assert mine[0] == 4000.0
    of_month = "overrides={market.sea_freight_usd_per_feu@asia-neurope@2025-09: 4100}"
    assert sea(of_month, day=date(2025, 9, 11))[0] == 4100.0


def test_market_freights_are_those_of_the_month_asked_for() -> None:
    then = option("suez", "prices=2021-09").cost_lines
    (line,) = (line for line in then if line.driver == "freight.sea")
    assert line.usd_per_teu == 14287 / 2
    assert "2021-09" in line.label


def test_a_freight_is_half_a_feu_of_the_lane_and_year() -> None:
    first, second = freight(market("CN", "DE", 2019), PARAMETERS, SHIPMENT)
    price = PARAMETERS.get("market.sea_freight_usd_per_feu", "asia-neurope@2019")
    assert (price.value, first.quantity, first.scope) == (1520.0, 0.5, price.scope)
    assert first.label == (
        "Sea freight, Far East to North Europe (Drewry WCI Shanghai-Rotterdam, mean of 2019)"
    )
    assert second.driver == "freight.sea_surcharges"
    later = freight(market("CN", "DE", 2031), PARAMETERS, SHIPMENT)[0]
    assert later.scope == "asia-neurope@2026"  # the last year known


def test_a_lane_has_a_direction_and_ends() -> None:
    back = market("NL", "CN", 2022).lane
    assert back is not None
    assert back.id == "neurope-asia"
    assert market("CN", "PL", 2024).lane is None
    assert not market("CN", "PL", 2024).quotes(SHIPS["sea/14k"], PARAMETERS)
    assert market("CN", "DE", 2024).quotes(SHIPS["sea/14k"], PARAMETERS)
    assert not market("CN", "DE", 2024).quotes(SHIPS["sea/feeder"], PARAMETERS)
    assert not market("CN", "DE", 2024).quotes(SHIPS["sea/arctic-5k-ice1"], PARAMETERS)
    assert market("CN", "PL", 2024).quotes(SHIPS["rail/1520"], PARAMETERS)


def test_suez_is_freight_and_handling_only() -> None:
    suez = option("suez")
    lines = {line.driver: line for line in suez.cost_lines}
    assert not HELD & set(lines)
    assert "repositioning" not in lines
    # In August 2026 Drewry lies on the line from 4,933 USD a FEU on 9 July to 4,092 on 3 September:
    # 4,362. On 3 July, the last day of both, the SCFI was 3,418 a TEU x 1.819 over Drewry's 4,718:
    # 1.318. The mean of both is 5,056, two TEU a FEU; handling at both ends is on top.
    assert lines["freight.sea"].usd_per_teu == pytest.approx(2528.0)
    assert "Shanghai-Rotterdam, 2026-08, between weeks known" in lines["freight.sea"].label
    assert lines["freight.sea"].basis is Basis.MARKET
    assert "thc" in lines
    assert suez.co2e_wtw_kg_per_teu == pytest.approx(1021.8, rel=0.05)


def test_no_line_mixes_market_and_cost() -> None:
    for corridor in ("suez", "northern-sea-route", "kazakhstan-dostyk"):
        found = option(corridor)
        for line in found.cost_lines:
            assert line.basis in (Basis.MARKET, Basis.TARIFF, Basis.RESOURCE)
        if any(line.driver == "freight.sea" for line in found.cost_lines):
            assert not HELD & {line.driver for line in found.cost_lines}


def lines_of(service: Service) -> list[BillLine]:
    """Return what a service is paid where it loads, runs and unloads, a ship's freight too."""
    bill = [
        *operations.load(service, SHANGHAI, PARAMETERS, SHIPMENT).bill,
        *running_rate(service, PARAMETERS, SHIPMENT, country="CN").bill_per_km,
        *operations.unload(service, HAMBURG, PARAMETERS, SHIPMENT).bill,
    ]
    if service.family is Family.SEA:
        bill += freight(market("CN", "DE", 2026), PARAMETERS, SHIPMENT)
    return [line for line in bill if line.price_parameter is not None]


LINES, BASES = {name: lines_of(service) for name, service in SHIPS.items()}, load_bases()


@given(st.data(), st.sampled_from(sorted(SHIPS)))
def test_a_line_holds_what_is_of_one_basis_only(data: st.DataObject, service: str) -> None:
    amounts = st.tuples(st.sampled_from(LINES[service]), st.floats(0.1, 100.0))
    drawn = data.draw(st.lists(amounts, min_size=1, max_size=20))
    bill = [line.times(factor) for line, factor in drawn]
    priced = pricing.cost_lines(bill, PARAMETERS)
    for basis in Basis:
        of_lines = sum(line.usd_per_teu for line in priced if line.basis is basis)
        alone = pricing.usd([b for b in bill if BASES[b.driver] is basis], PARAMETERS)
        assert of_lines == pytest.approx(alone)


def test_every_basis_is_drawn() -> None:
    assert {BASES[line.driver] for line in LINES["sea/14k"]} == set(Basis)


def test_what_has_no_quoted_freight_is_infeasible_and_says_so() -> None:
    arctic = option("northern-sea-route")
    assert arctic.status is OptionStatus.INFEASIBLE
    assert arctic.reason == (
        "no index for this way from Shanghai to Hamburg in 2026: Drewry WCI Shanghai-Rotterdam is"
        " for ships between the ports of the lane, without an ice class"
    )
    gdansk = option("suez", "destination=Gdansk")
    assert gdansk.status is OptionStatus.INFEASIBLE
    assert gdansk.reason == (
        "no index for Shanghai-Gdansk in 2026; the override market.near_lanes: 1 takes that of Far"
        " East to North Europe, and says so"
    )


def test_the_year_of_departure_and_ones_own_rate_decide() -> None:
    crisis = option("suez", day=date(2021, 9, 9)).cost_usd_per_teu
    calm = option("suez", day=date(2023, 9, 9)).cost_usd_per_teu
    assert crisis is not None
    assert calm is not None
    # The week known of September 2021 and the days of September 2023.
    # Handling and haulage follow the euro: 1.18 and 1.08 USD.
    assert crisis - calm == pytest.approx((14287 - 1297) / 2, abs=30.0)
    mine = option("suez", "overrides.market.sea_freight_usd_per_feu=4000").cost_usd_per_teu
    usual = option("suez").cost_usd_per_teu
    assert mine is not None
    assert usual is not None
    assert mine - usual == pytest.approx((4000 - 5056) / 2)


def test_rail_follows_its_index_by_year_and_nothing_else() -> None:
    cost = compare(load_scenario("shanghai-europe", set_values=["corridors=[kazakhstan-dostyk]"]))
    known = {(line.driver, line.scope): line.usd_per_teu for line in cost.routes[0].cost_lines}
    for line in option("kazakhstan-dostyk").cost_lines:
        # 3,250 USD of 2025, held for 2026, over the 3,289 of the rates.
        moved = 0.988 if line.driver == "rail.feu_km" else 1.0
        assert line.usd_per_teu == pytest.approx(known[(line.driver, line.scope)] * moved)
    early = option("kazakhstan-dostyk", day=date(2021, 8, 20))
    rail = sum(line.usd_per_teu for line in early.cost_lines if line.driver == "rail.feu_km")
    whole = sum(usd for (driver, _), usd in known.items() if driver == "rail.feu_km")
    assert rail == pytest.approx(whole * 0.812)


def test_the_mediterranean_has_a_lane_of_its_own() -> None:
    lane = market("CN", "IT", 2021).lane
    assert lane is not None
    assert lane.id == "asia-med"
    first = freight(market("CN", "IT", 2021), PARAMETERS, SHIPMENT)[0]
    assert PARAMETERS.get("market.sea_freight_usd_per_feu", first.scope).value == 9433.0


def test_a_near_lane_is_taken_when_asked_for_and_marked() -> None:
    asked = load_scenario(
        "shanghai-europe",
        set_values=["origin=Busan", "price_basis=market", "corridors=[suez, kazakhstan-dostyk]"],
    )
    found = compare(asked, figures_only=True)
    missing = "no index for Busan-Hamburg in 2026"
    assert all(route.reason.startswith(missing) for route in found.routes)
    assert any(
        text.startswith(f"no corridor has a market price: {missing}") for text in found.warnings
    )
    assert found.decision.advice.startswith(f"no corridor has a market price: {missing}")
    near = load_scenario(
        "shanghai-europe",
        set_values=[
            *("origin=Busan", "price_basis=market", "corridors=[suez]"),
            "overrides.market.near_lanes=1",
        ],
    )
    (line,) = [
        line
        for line in compare(near, figures_only=True).routes[0].cost_lines
        if line.driver == "freight.sea"
    ]
    assert line.label == (
        "Sea freight, Far East to North Europe as the near lane, no index for Busan-Hamburg"
        " (Drewry WCI Shanghai-Rotterdam, 2026-08, between weeks known)"
    )


ROTTERDAM = "Drewry WCI Shanghai-Rotterdam"
BACK = "Drewry WCI Rotterdam-Shanghai"
GENOA = "Drewry WCI Shanghai-Genoa"
ERAI = "ERAI"
WITH, USUAL = ", with the SCFI", ", with the SCFI by their usual ratio"
LINED = ", between weeks known"
# Ends with their countries, departure, and what is said by sea and by rail.
QUOTED = [
    ("Shanghai CN", "Rotterdam NL", "2026-09-10", f"{ROTTERDAM}, 2026-09{USUAL}: 4,438", ERAI),
    ("Shanghai CN", "Hamburg DE", "2026-08-20", f"{ROTTERDAM}, 2026-08{LINED}: 5,056", ERAI),
    ("Ningbo CN", "Felixstowe GB", "2026-01-05", f"{ROTTERDAM}, 2026-01{WITH}: 2,794", ERAI),
    (
        "Shenzhen CN",
        "Le Havre FR",
        "2025-07-15",
        f"{ROTTERDAM}, 2025-07{WITH}: 3,573",
        f"{ERAI}, 2025",
    ),
    (
        "Qingdao CN",
        "Antwerp BE",
        "2025-04-15",
        f"{ROTTERDAM}, 2025-04{WITH}: 2,352",
        f"{ERAI}, 2025",
    ),
    (
        "Hong Kong HK",
        "Bremerhaven DE",
        "2024-05-20",
        f"{ROTTERDAM}, 2024-05{USUAL}: 4,847",
        f"{ERAI}, 2024",
    ),
    (
        "Xi'an CN",
        "Duisburg DE",
        "2024-10-01",
        f"{ROTTERDAM}, 2024-10{WITH}: 3,665",
        f"{ERAI}, 2024",
    ),
    ("Shanghai CN", "Rotterdam NL", "2021-09-09", f"{ROTTERDAM}, 2021-09: 14,287", f"{ERAI}, 2021"),
    (
        "Shanghai CN",
        "Rotterdam NL",
        "2023-10-26",
        f"{ROTTERDAM}, 2023-10{USUAL}: 1,100",
        f"{ERAI}, 2023",
    ),
    (
        "Shanghai CN",
        "Rotterdam NL",
        "2020-03-01",
        f"{ROTTERDAM}, mean of 2020: 2,490",
        f"{ERAI}, 2020",
    ),
    ("Shanghai CN", "Rotterdam NL", "2031-06-01", f"{ROTTERDAM}, latest: 2026{WITH}: 3,672", ERAI),
    ("Rotterdam NL", "Shanghai CN", "2025-07-03", f"{BACK}, 2025-07: 492", f"{ERAI}, 2025"),
    ("Hamburg DE", "Qingdao CN", "2024-01-11", f"{BACK}, 2024-01: 815", f"{ERAI}, 2024"),
    ("Duisburg DE", "Xi'an CN", "2022-07-20", f"{BACK}, 2022-07: 1,259", f"{ERAI}, 2022"),
    ("Rotterdam NL", "Shanghai CN", "2026-08-20", f"{BACK}, 2026-07: 631", ERAI),
    ("Shanghai CN", "Genoa IT", "2025-01-16", f"{GENOA}, 2025-01{WITH}: 4,890", f"{ERAI}, 2025"),
    (
        "Shenzhen CN",
        "Piraeus GR",
        "2025-07-03",
        f"{GENOA}, 2025-07{WITH}: 3,601",
        "no rail index for Shenzhen-Piraeus in 2025",
    ),
    (
        "Ningbo CN",
        "Istanbul TR",
        "2024-07-11",
        f"{GENOA}, 2024-07{USUAL}: 7,799",
        "no rail index for Ningbo-Istanbul in 2024",
    ),
    (
        "Busan KR",
        "Rotterdam NL",
        "2026-08-20",
        "no index for Busan-Rotterdam in 2026",
        "no rail index for Busan-Rotterdam in 2026",
    ),
    (
        "Busan KR",
        "Hamburg DE",
        "2026-08-20",
        "no index for Busan-Hamburg in 2026",
        "no rail index for Busan-Hamburg in 2026",
    ),
    (
        "Yokohama JP",
        "Rotterdam NL",
        "2026-08-20",
        "no index for Yokohama-Rotterdam in 2026",
        "no rail index",
    ),
    (
        "Ho Chi Minh City VN",
        "Hamburg DE",
        "2026-08-20",
        "no index for Ho Chi Minh City-Hamburg",
        "no rail index",
    ),
    (
        "Singapore SG",
        "Genoa IT",
        "2026-08-20",
        "no index for Singapore-Genoa in 2026",
        "no rail index",
    ),
    ("Shanghai CN", "Gdansk PL", "2026-08-20", "no index for Shanghai-Gdansk in 2026", ERAI),
    (
        "Mumbai IN",
        "St Petersburg RU",
        "2026-08-20",
        "no index for Mumbai-St Petersburg in 2026",
        "no rail index",
    ),
    (
        "Mumbai IN",
        "Hamburg DE",
        "2026-08-20",
        "no index for Mumbai-Hamburg in 2026",
        "no rail index",
    ),
    (
        "Hamburg DE",
        "Almaty KZ",
        "2026-08-20",
        "no index for Hamburg-Almaty in 2026",
        "no rail index for Hamburg-Almaty in 2026",
    ),
    (
        "Shanghai CN",
        "Moscow RU",
        "2026-08-20",
        "no index for Shanghai-Moscow in 2026",
        "no rail index",
    ),
    (
        "Tashkent UZ",
        "Rotterdam NL",
        "2026-08-20",
        "no index for Tashkent-Rotterdam in 2026",
        "no rail index",
    ),
    ("Genoa IT", "Shanghai CN", "2026-08-20", "no index for Genoa-Shanghai in 2026", ERAI),
    (
        "Vladivostok RU",
        "Warsaw PL",
        "2026-08-20",
        "no index for Vladivostok-Warsaw in 2026",
        "no rail index",
    ),
]


@pytest.mark.parametrize(("origin", "destination", "day", "by_sea", "by_rail"), QUOTED)
def test_a_lane_has_a_price_with_its_index_and_month_or_none_by_name(
    origin: str, destination: str, day: str, by_sea: str, by_rail: str
) -> None:
    ends = [end.rpartition(" ") for end in (origin, destination)]
    asked = market_of(
        (ends[0][2], ends[1][2]), date.fromisoformat(day), ends=(ends[0][0], ends[1][0])
    )
    sea, rail = market_notes(asked, PARAMETERS)
    assert by_sea in sea
    assert by_rail in rail
    assert "on this date" not in sea + rail
    if asked.lane is None:
        with pytest.raises(ParameterError, match="no index for"):
            sea_rate(asked, PARAMETERS)


def test_thirty_lanes_are_asked() -> None:
    assert len(QUOTED) >= 30


def test_inland_carriage_adds_its_own_rates_to_the_voyage() -> None:
    whole, inland = (
        option("suez", f"origin={origin}", f"destination={destination}")
        for origin, destination in (("Shanghai", "Hamburg"), ("Chongqing", "Duisburg"))
    )
    freight_of = [
        sum(line.usd_per_teu for line in route.cost_lines if line.driver.startswith("freight.sea"))
        for route in (whole, inland)
    ]
    assert freight_of == pytest.approx([2528.0, 2528.0])
    assert inland.cost_usd_per_teu is not None
    assert whole.cost_usd_per_teu is not None
    assert inland.cost_usd_per_teu > whole.cost_usd_per_teu
    # The index includes the return of the box: what is charged inland is taken back.
    returned = [line for line in inland.cost_lines if line.driver.startswith("repositioning")]
    assert sum(line.usd_per_teu for line in returned) == pytest.approx(0.0, abs=0.01)
    assert {line.driver for line in returned} in (
        set(),
        {"repositioning", "repositioning.included"},
    )


def test_a_voyage_that_ends_outside_the_lane_is_not_priced_by_it() -> None:
    route = option("piraeus")
    assert route.status is OptionStatus.INFEASIBLE
    assert route.reason.startswith("no index for this way from Shanghai to Hamburg")
