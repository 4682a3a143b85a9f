"""The committed gallery is what the program writes now, byte for byte or by its hashes."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.data.paths import configs_dir
from corridors.domain.objective import Objective
from corridors.domain.scenario import Limits
from corridors.errors import ConfigError
from corridors.output.html.gallery.gallery_page import EXAMPLES
from corridors.studies import gallery as build
from corridors.studies.gallery import FILES, HASHES, INDEX, shipped_scenarios, write_gallery
from tests.conftest import LONG
from tests.output.html.gallery.pages import Page
from tests.output.html.ids import ids_on

MAPS = Path(__file__).parents[4] / "maps"
# The gate writes the last example, whose route alone goes by rail; `make test-long` all.
NAMES = shipped_scenarios() if LONG else shipped_scenarios()[-1:]
pytestmark = [pytest.mark.long] if LONG else []
REMEDY = "run `make maps`, look at maps/index.html, and commit maps/"


def cards_of(page: Path) -> dict[str, str]:
    """Return the cards of a gallery by the name of the scenario, whose command each has."""
    _, *texts = page.read_text(encoding="utf-8").split('<article class="card">')
    cards = [text.partition("</article>")[0] for text in texts]
    return {card.partition("corridors compare ")[2].split()[0]: card for card in cards}


def hashes_in(folder: Path) -> dict[tuple[str, str], str]:
    """Return the hashes of a gallery by scenario and file."""
    with (folder / EXAMPLES / HASHES).open(encoding="utf-8", newline="") as stream:
        return {(row["scenario"], row["file"]): row["sha256"] for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "maps"
    write_gallery(folder, names=NAMES)
    return folder


def test_the_committed_hashes_are_in_step(written: Path) -> None:
    now, committed = hashes_in(written), hashes_in(MAPS)
    assert {name for name, _ in committed} == set(shipped_scenarios()), REMEDY
    assert {key for key in committed if key[0] in NAMES} == now.keys(), REMEDY
    changed = [" ".join(key) for key, sha256 in now.items() if committed[key] != sha256]
    assert not changed, f"out of step: {changed}: {REMEDY}"


def test_the_cards_of_the_committed_gallery_are_in_step(written: Path) -> None:
    now, committed = cards_of(written / INDEX), cards_of(MAPS / INDEX)
    assert list(committed) == list(shipped_scenarios()), REMEDY
    changed = [name for name, card in now.items() if committed[name] != card]
    assert not changed, f"out of step: {changed}: {REMEDY}"


def test_every_file_has_the_hash_that_is_listed(written: Path) -> None:
    listed = hashes_in(written)
    assert len(listed) == len(FILES) * len(NAMES)
    for (scenario, name), sha256 in listed.items():
        content = (written / EXAMPLES / scenario / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256


def test_every_shipped_scenario_has_every_file(written: Path) -> None:
    shipped = {path.stem for path in (configs_dir() / "scenarios").glob("*.yaml")}
    assert shipped == {*shipped_scenarios()}
    assert {path.name for path in (written / "examples").iterdir()} == {*NAMES, HASHES, INDEX}
    for name in NAMES:
        found = sorted(path.name for path in (written / "examples" / name).iterdir())
        assert found == sorted(FILES)


def test_every_link_leads_to_a_file(written: Path) -> None:
    page = written / EXAMPLES / INDEX
    links = Page(page.read_text(encoding="utf-8")).links
    assert len(links) == 4 * len(NAMES)
    dead = [link for link in links if link is None or not (page.parent / link).is_file()]
    assert dead == []


@pytest.mark.parametrize("committed", [True, False])
def test_the_index_links_nothing_that_a_checkout_lacks(written: Path, *, committed: bool) -> None:
    index, names = (MAPS, shipped_scenarios()) if committed else (written, NAMES)
    text = (index / INDEX).read_text(encoding="utf-8")
    assert Page(text).links == []
    assert "<code>make maps</code>" in text
    _, *cards = text.split('<article class="card">')
    for name, card in zip(names, cards, strict=True):
        assert f"<code>corridors compare {name} --out maps/{name}</code>" in card


def test_no_page_shows_an_id_where_a_name_exists(written: Path) -> None:
    pages = sorted(written.rglob("*.html"))
    assert len(pages) == 2 + 2 * len(NAMES)
    shown = {
        str(path.relative_to(written)): ids_on(path.read_text(encoding="utf-8")) for path in pages
    }
    assert {name: found for name, found in shown.items() if found} == {}


def test_no_winner_within_the_tolerance_stands_without_the_word(written: Path) -> None:
    """Worked from the costs and days of `options.csv`, not from the decision."""
    text = (written / "index.html").read_text(encoding="utf-8")
    _, *cards = text.split('<article class="card">')
    close = 0
    for name, card in zip(NAMES, cards, strict=True):
        scenario = load_scenario(name)
        with (written / EXAMPLES / name / "options.csv").open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        of_a_day = scenario.shipment.value_of_time_usd_per_teu_day
        costs = [
            float(row["cost_usd_per_teu"]) + of_a_day * float(row["days"])
            for row in rows
            if row["status"] == "usable"
        ]
        pages = [
            (written / EXAMPLES / name / file).read_text(encoding="utf-8")
            for file in ("report.html", "map.html")
        ]
        if scenario.objective is not Objective.GENERALISED or scenario.limits != Limits():
            continue
        if sum(cost <= 1.03 * min(costs) for cost in costs) > 1:
            close += 1
            assert all("About the same" in page for page in (card, *pages)), name
            assert [row["tied"] for row in rows if row["recommended"]] == ["yes"], name
    assert close >= 1


def test_pictures_and_pages_are_of_the_promised_size(written: Path) -> None:
    for name in NAMES:
        folder = written / "examples" / name
        assert (folder / "thumbnail.svg").stat().st_size < 60 * 1024
        assert (folder / "report.html").stat().st_size < 4 * 1024 * 1024
        assert (folder / "map.html").stat().st_size < 4 * 1024 * 1024


def test_the_founding_question_comes_first() -> None:
    first, *others = shipped_scenarios()
    assert first == "shanghai-europe"
    assert others == sorted(others)


@pytest.mark.long
def test_a_failure_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> str:
        message = "no report today"
        raise ConfigError(message)

    monkeypatch.setattr(build, "shipped_scenarios", lambda: ("chongqing-duisburg",))
    monkeypatch.setattr(build, "render_report", fails)
    with pytest.raises(ConfigError, match="no report today"):
        write_gallery(tmp_path / "maps")
    assert list(tmp_path.iterdir()) == []
