"""Regressions against a baseline; the shipped network has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.data.geodata import load_gates, load_sea_lanes, load_sea_legs
from corridors.data.own import shipped_overlay
from corridors.errors import GeodataError
from tests.validation.network_state.networks import leg, places
from tests.validation.test_shipped_data import copied, edit, linked
from validation import network_state
from validation.network_state import (
    baseline_text,
    certify,
    network_of,
    read_baseline,
    sea_lines,
)
from validation.network_state.__main__ import APP
from validation.network_state.findings import Finding, Worse, regressions
from validation.network_state.land_findings import land_findings
from validation.network_state.routes import corridor_legs
from validation.network_state.sea_findings import Seas, sea_findings

__all__ = ["copied", "linked"]  # the fixtures
NAMES = ("aa-one", "aa-two", "aa-three")
RING = (leg("aa-one", "aa-two"), leg("aa-two", "aa-three"), leg("aa-three", "aa-one"))


def kept(*findings: Finding) -> dict[str, float | list[str]]:
    """Return findings as a baseline keeps them."""
    return {finding.key: finding.baseline_entry for finding in findings}


def told(before: list[Finding], after: list[Finding]) -> list[str]:
    """Return the regressions from one network to another."""
    found = regressions(after, kept(*before))
    return [text for sentences in found.values() for text in sentences]


def test_a_lost_leg_is_named_with_what_now_hangs_on_one_thread() -> None:
    before = list(land_findings(places(*NAMES), RING))
    after = list(land_findings(places(*NAMES), RING[:2]))
    sentences = told(before, after)
    assert "names: legs: lost aa-three--aa-one" in sentences
    assert "without alternative: places whose loss cuts others off: new aa-two (1)" in sentences
    assert "coverage: AA: 200 rail km, 300 before" in sentences
    assert told(before, before) == []


def test_a_new_spur_is_no_regression_and_a_new_place_apart_is_one() -> None:
    before = list(land_findings(places(*NAMES), RING))
    spur = (*RING, leg("aa-one", "aa-new"))
    assert told(before, list(land_findings(places(*NAMES, "aa-new"), spur))) == []
    island = (*RING, leg("bb-a", "bb-b"))
    sentences = told(before, list(land_findings(places(*NAMES, "bb-a", "bb-b"), island)))
    assert "components: rail of 1520: new bb-a" in sentences


def figure(value: float, worse: Worse = Worse.HIGHER, limit: float | None = None) -> Finding:
    """Return a length."""
    return Finding(
        part="lines",
        what="longest",
        value=value,
        unit="km",
        worse=worse,
        shown=("aa--bb (9 km)",),
        limit=limit,
        slack=0.1,
    )


def test_a_figure_may_get_better_and_round_but_not_worse() -> None:
    assert told([figure(50.0)], [figure(50.1)]) == []
    assert told([figure(50.0)], [figure(12.0)]) == []
    (sentence,) = told([figure(50.0)], [figure(60.0)])
    assert sentence == "lines: longest: 60 km (aa--bb (9 km)), 50 before"
    assert told([figure(50.0, Worse.LOWER)], [figure(60.0, Worse.LOWER)]) == []
    assert told([figure(50.0, Worse.LOWER)], [figure(40.0, Worse.LOWER)])


def test_a_limit_holds_whatever_the_baseline_says() -> None:
    (sentence,) = told([figure(50.0, limit=10.0)], [figure(50.0, limit=10.0)])
    assert sentence == "lines: longest: 50 km, at most 10 is allowed: aa--bb (9 km)"


def test_what_is_no_longer_measured_is_reported() -> None:
    (sentence,) = told([figure(50.0)], [])
    assert sentence == "lines: longest (km): in the baseline, and no longer there"


@pytest.fixture(scope="module")
def on_corridors() -> tuple[frozenset[str], Finding]:
    """Return the legs of every corridor on the shipped network, which take most of the time."""
    return corridor_legs(shipped_overlay())


@pytest.fixture(scope="module")
def lines_at_sea() -> list[tuple[str, tuple[tuple[float, float], ...]]]:
    """Return the lines of the shipped sea legs, which no network on land changes."""
    return sea_lines()


@pytest.fixture
def shipped_corridors(
    request: pytest.FixtureRequest,
    on_corridors: tuple[frozenset[str], Finding],
    lines_at_sea: list[tuple[str, tuple[tuple[float, float], ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Take corridors and lines as the shipped network has them, but in `make test-long`."""
    if getattr(request, "param", "shipped") == "shipped":
        monkeypatch.setattr(network_state, "corridor_legs", lambda overlay: on_corridors)
        monkeypatch.setattr(network_state, "sea_lines", lambda: lines_at_sea)


either = pytest.mark.parametrize(
    "shipped_corridors", ["shipped", pytest.param("own", marks=pytest.mark.long)], indirect=True
)


def test_the_shipped_network_holds_its_certificate(shipped_corridors: None) -> None:
    baseline = read_baseline()
    findings = certify(shipped_overlay(), baseline)
    assert regressions(findings, baseline.findings) == {}
    again = json.loads(baseline_text(findings, baseline.over_land))["findings"]
    assert again == baseline.findings, "renew it: python geodata/build/certificate.py"


def test_an_invalid_certificate_says_how_to_make_one(copied: Path) -> None:
    path = copied / "network" / "certificate.json"
    path.unlink()
    with pytest.raises(GeodataError, match=r"certificate.json: No such file.*certificate\.py"):
        read_baseline()
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(GeodataError, match="not a certificate of a network"):
        read_baseline()


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(APP, [*map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.long
@either
def test_a_lost_leg_of_the_shipped_data_is_exit_code_2(
    shipped_corridors: None, copied: Path
) -> None:
    edit(copied / "network" / "rail_legs.csv", "cn-alashankou--kz-dostyk", "project", "some-day")
    output = run(code=2)
    assert "coverage: KZ:" in output
    assert "renew the baseline: python geodata/build/certificate.py" in output


@pytest.mark.long
@either
def test_own_data_are_certified_over_what_is_shipped(
    shipped_corridors: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "id,name,country,lon,lat,services\nkz-mine,Mine,KZ,77.2,43.5,rail/1520\n"
    (tmp_path / "terminals.csv").write_text(place, encoding="utf-8")
    apart = network_of([tmp_path])
    seas = Seas(gates=load_gates(), legs=load_sea_legs(), lanes=load_sea_lanes())
    findings = list(sea_findings(apart.terminals, apart.legs, seas))
    sentences = regressions(findings, read_baseline().findings).values()
    assert "components: land and sea: new kz-mine" in [text for each in sentences for text in each]
    legs = "from,to,system,km\nkz-mine,kz-almaty,1520,45\n"
    (tmp_path / "legs.csv").write_text(legs, encoding="utf-8")
    # Certified once for both formats.
    found = certify(network_of([tmp_path]), read_baseline())
    monkeypatch.setattr(network_state, "certify", lambda *_: found)
    rows = json.loads(run(tmp_path, "--format", "json"))["rows"]
    (terminals,) = [r for r in rows if (r["what"], r["unit"]) == ("KZ", "terminals")]
    assert (
        terminals["value"]
        == sum(terminal.country == "KZ" for terminal in shipped_overlay().terminals.values()) + 1
    )
    assert run(tmp_path, "--format", "csv").startswith("part,what,value,unit,where,worse\n")
