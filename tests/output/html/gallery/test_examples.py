"""The committed gallery is what the program writes now, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.data.paths import configs_dir
from corridors.errors import ConfigError
from corridors.studies import gallery as build
from corridors.studies.gallery import FILES, shipped_scenarios, write_gallery
from tests.output.html.gallery.pages import Page

MAPS = Path(__file__).parents[4] / "maps"
REMEDY = "run `make maps`, look at maps/index.html, and commit maps/"


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the gallery's files in a folder by their path; other maps may lie beside them."""
    paths = [folder / "index.html", *sorted((folder / "examples").rglob("*"))]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "maps"
    write_gallery(folder)
    return folder


def test_the_committed_examples_are_in_step(written: Path) -> None:
    now, committed = files_of(written), files_of(MAPS)
    missing, stale = sorted(now.keys() - committed), sorted(committed.keys() - now)
    assert not missing, f"not committed: {missing}: {REMEDY}"
    assert not stale, f"no scenario makes these any more, delete them: {stale}; then {REMEDY}"
    changed = [name for name, content in now.items() if committed[name] != content]
    assert not changed, f"out of step: {changed}: {REMEDY}"


def test_every_shipped_scenario_has_every_file(written: Path) -> None:
    shipped = {path.stem for path in (configs_dir() / "scenarios").glob("*.yaml")}
    assert {path.name for path in (written / "examples").iterdir()} == shipped
    for name in shipped:
        found = sorted(path.name for path in (written / "examples" / name).iterdir())
        assert found == sorted(FILES)


def test_every_link_leads_to_a_file(written: Path) -> None:
    links = Page((written / "index.html").read_text(encoding="utf-8")).links
    assert len(links) == 4 * len(shipped_scenarios())
    assert [link for link in links if link is None or not (written / link).is_file()] == []


def test_pictures_and_pages_are_of_the_promised_size(written: Path) -> None:
    for name in shipped_scenarios():
        folder = written / "examples" / name
        assert (folder / "thumbnail.svg").stat().st_size < 60 * 1024
        assert (folder / "report.html").stat().st_size < 4 * 1024 * 1024
        assert (folder / "map.html").stat().st_size < 4 * 1024 * 1024


def test_the_founding_question_comes_first() -> None:
    first, *others = shipped_scenarios()
    assert first == "shanghai-europe"
    assert others == sorted(others)


def test_a_failure_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> str:
        message = "no report today"
        raise ConfigError(message)

    monkeypatch.setattr(build, "shipped_scenarios", lambda: ("chongqing-duisburg",))
    monkeypatch.setattr(build, "render_report", fails)
    with pytest.raises(ConfigError, match="no report today"):
        write_gallery(tmp_path / "maps")
    assert list(tmp_path.iterdir()) == []
