"""Networks from other programs are refused with file and line, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.data.spreadsheets import MAX_DEPTH
from corridors.errors import ConfigError, CorridorsError
from corridors.exchange.network_files import SPACE, read_gmns, read_graphml
from corridors.network.land import osm
from corridors.network.land.osm import read_extract
from corridors.studies.batch.scenarios import JOURNAL, read_journal, record_of
from tests.cli.test_bad_input import code_of

DOCTYPE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
KEYS = "".join(
    f'<key id="{key}" for="all" attr.name="{key}"/>' for key in ("x", "y", "length", "gauge_mm")
)


def graphml(*, lon: str = "24.9", gauge: str = "1524", inside: str = "") -> str:
    """Return a GraphML file of two nodes and an edge, an element per line."""
    node = '<node id="{0}"><data key="x">{1}</data><data key="y">60.1</data>{2}</node>\n'
    return (
        f'<graphml xmlns="{SPACE}">{KEYS}\n<graph edgedefault="directed">\n'
        + node.format("1", lon, inside)
        + node.format("2", "25.1", "")
        + '<edge source="1" target="2"><data key="length">20000</data>'
        + f'<data key="gauge_mm">{gauge}</data></edge>\n</graph>\n</graphml>\n'
    )


def osm_text(*, lon: str = "24.9", node: str = "1", gauge: str = "1524", inside: str = "") -> str:
    """Return an OSM extract of a track with two nodes, an element per line."""
    return (
        f'<osm version="0.6">\n<node id="{node}" lon="{lon}" lat="60.1">{inside}</node>\n'
        '<node id="2" lon="25.1" lat="60.1"/>\n'
        f'<way id="7"><nd ref="{node}"/><nd ref="2"/><tag k="railway" v="rail"/>'
        f'<tag k="gauge" v="{gauge}"/></way>\n</osm>\n'
    )


def test_the_samples_themselves_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(graphml(), encoding="utf-8")
    assert len(read_graphml(tmp_path / "a.graphml").links) == 1
    (tmp_path / "a.osm").write_text(osm_text(), encoding="utf-8")
    assert read_extract(tmp_path / "a.osm", kind="rail").nodes == {1: (24.9, 60.1), 2: (25.1, 60.1)}


COORDINATES = ("inf", "nan", "-inf", "500", "1e300", "", "x", "9" * 5_000)
BAD_XML: dict[str, tuple[bytes, str]] = {
    "a document type": (f"{DOCTYPE}\n".encode(), ":1: a document type or entities are not allowed"),
    "a document type in UTF-16": (
        f'<?xml version="1.0" encoding="UTF-16"?>{DOCTYPE}<a>&x;</a>'.encode("utf-16"),
        ":1: a document type or entities are not allowed",
    ),
    "a document type after a long comment": (
        f"<!--{'x' * 100_000}-->{DOCTYPE}<a>&x;</a>".encode(),
        ":1: a document type or entities are not allowed",
    ),
    "an encoding that nobody knows": (
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        ":1: not valid XML: unknown encoding: klingon",
    ),
    "an encoding that is none of text": (
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        ":1: not valid XML: 'rot13' is not a text encoding; use codecs.decode() to handle"
        " arbitrary codecs",
    ),
    "an encoding of several bytes": (
        b'<?xml version="1.0" encoding="big5"?><a/>',
        ":1: not valid XML: multi-byte encodings are not supported",
    ),
    "not closed": (b"<a>\n<b>\n", ":3: not valid XML: no element found"),
    "bytes": (b"\x00\xff\x00", ":1: not valid XML: syntax error"),
}


@pytest.mark.parametrize("suffix", ["graphml", "osm"])
@pytest.mark.parametrize("name", BAD_XML)
def test_xml_that_could_do_more_than_hold_a_network(name: str, suffix: str, tmp_path: Path) -> None:
    content, expected = BAD_XML[name]
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    # An OSM file is refused as such where its first element comes before the fault.
    allowed = {expected, ":1: not OSM XML: begins with 'a', not with 'osm'"}
    with pytest.raises(CorridorsError) as caught:
        read_graphml(path) if suffix == "graphml" else read_extract(path, kind="rail")
    assert str(caught.value).removeprefix(str(path)) in allowed


@pytest.mark.parametrize("lon", COORDINATES)
def test_coordinates_that_are_nowhere(lon: str, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(graphml(lon=lon), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_graphml(tmp_path / "a.graphml")
    assert str(caught.value) == (
        f"{tmp_path}/a.graphml:3: node 1: x: must be a number from -360 to 360, got '{lon[:40]}'"
    )
    (tmp_path / "a.osm").write_text(osm_text(lon=lon), encoding="utf-8")
    with pytest.raises(CorridorsError) as caught_osm:
        read_extract(tmp_path / "a.osm", kind="rail")
    assert str(caught_osm.value) == (
        f"{tmp_path}/a.osm:2: lon: must be degrees from -180 to 180, got '{lon[:40]}'"
    )


def test_nodes_inside_nodes_and_deep_nesting(tmp_path: Path) -> None:
    path = tmp_path / "a.graphml"
    path.write_text(graphml(inside='<graph>\n<node id="9"/></graph>'), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_graphml(path)
    assert str(caught.value) == f"{path}:4: a node inside a node is not allowed"
    for suffix, text in (("graphml", graphml(inside="<a>" * 50_000)), ("osm", osm_text())):
        file = tmp_path / f"b.{suffix}"
        file.write_text(text.replace("60.1", "60.1" + "<a>" * 50_000, 1), encoding="utf-8")
        if suffix == "osm":
            file.write_text(osm_text(inside="<a>" * 50_000), encoding="utf-8")
        with pytest.raises(CorridorsError) as deep:
            read_graphml(file) if suffix == "graphml" else read_extract(file, kind="rail")
        assert f": nested deeper than {MAX_DEPTH} levels" in str(deep.value)
    path = tmp_path / "c.osm"
    path.write_text(osm_text(inside='<node id="9" lon="1" lat="1"/>'), encoding="utf-8")
    with pytest.raises(CorridorsError) as inner:
        read_extract(path, kind="rail")
    assert str(inner.value) == f"{path}:2: a node inside a node is not allowed"


def test_a_gauge_of_five_thousand_digits(tmp_path: Path) -> None:
    digits = "1" * 5_000
    (tmp_path / "a.graphml").write_text(graphml(gauge=digits), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_graphml(tmp_path / "a.graphml")
    assert str(caught.value) == (
        f"{tmp_path}/a.graphml:5: edge 1 to 2: the gauge must be a whole number of mm, got"
        f" '{digits[:40]}'"
    )


@pytest.mark.parametrize("node", ["-1", "0", "9223372036854775808", "1.0", "x", "", "1" * 5_000])
def test_ids_that_are_none(node: str, tmp_path: Path) -> None:
    (tmp_path / "a.osm").write_text(osm_text(node=node), encoding="utf-8")
    with pytest.raises(CorridorsError) as caught:
        read_extract(tmp_path / "a.osm", kind="rail")
    assert str(caught.value) == (
        f"{tmp_path}/a.osm:4: ref: must be a whole number above 0, got '{node[:40]}'"
    )


def chain(path: Path, count: int) -> Path:
    """Write a track of so many nodes."""
    nodes = "".join(
        f'<node id="{n}" lon="{20 + n * 1e-5:.5f}" lat="60"/>\n' for n in range(1, count + 1)
    )
    refs = "".join(f'<nd ref="{n}"/>' for n in range(1, count + 1))
    way = f'<way id="1">{refs}<tag k="railway" v="rail"/><tag k="gauge" v="1524"/></way>'
    path.write_text(f'<osm version="0.6">\n{nodes}{way}\n</osm>', encoding="utf-8")
    return path


@pytest.mark.long
def test_a_chain_beyond_the_bounds_is_refused_before_a_graph_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A hundredth of what may be read, which takes seconds to write.
    monkeypatch.setattr(osm, "MAX_NODES", 1_000)
    monkeypatch.setattr(osm, "MAX_RUN", 200)
    path = chain(tmp_path / "a.osm", 1_001)
    with pytest.raises(CorridorsError) as caught:
        read_extract(path, kind="rail")
    assert str(caught.value) == (
        f"{path}: rail with 1,001 nodes; the limit is 1,000: cut the extract"
    )
    path = chain(tmp_path / "b.osm", 203)
    with pytest.raises(CorridorsError) as caught:
        read_extract(path, kind="rail")
    assert str(caught.value) == (
        f"{path}: 201 nodes in a row where nothing joins; the limit is 200: thin out its lines"
    )


NODES = "node_id,x_coord,y_coord\na,1,2\nb,3,4\n"
LINKS = "link_id,from_node_id,to_node_id,length,gauge_mm\nx,a,b,500,1520\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "node.csv",
            '"x"y,x_coord,y_coord\n',
            "node.csv:1: not valid CSV: ',' expected after '\"'",
        ),
        ("node.csv", NODES.replace("1,2", "inf,2"), "node.csv:2: x_coord: must be a number from"),
        ("node.csv", NODES.replace("1,2", "1,1e300"), "node.csv:2: y_coord: must be a number from"),
        ("node.csv", NODES.replace("1,2", "1"), "node.csv:2: the number of cells differs"),
        ("link.csv", LINKS.replace("1520", "1" * 5_000), "link.csv:2: the gauge must be a whole"),
        ("link.csv", LINKS.replace("500", "nan"), "link.csv:2: length: must be a number from 0"),
        ("link.csv", LINKS.replace("500", "-1"), "link.csv:2: length: must be a number from 0"),
        ("config.csv", "long_length\nfurlong\n", "config.csv: long_length 'furlong', use km, m or"),
        ("config.csv", '"x"y\nkm\n', "config.csv:1: not valid CSV"),
    ],
)
def test_gmns_tables(
    name: str,
    text: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for file, content in {"node.csv": NODES, "link.csv": LINKS, name: text}.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_gmns(tmp_path)
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(expected)
    assert code_of(["network", "import", ".", "--out", "out"], tmp_path, monkeypatch) == 2
    assert capsys.readouterr().err.startswith(expected)
    assert not (tmp_path / "out").exists()


def test_a_line_of_a_journal_with_a_hundred_thousand_brackets(tmp_path: Path) -> None:
    assert record_of(b"[" * 100_000 + b"\n") is None
    assert record_of(b'{"a":' * 100_000 + b"\n") is None
    (tmp_path / JOURNAL).write_bytes(b"[" * 100_000 + b"\n")
    with pytest.raises(ConfigError) as caught:
        read_journal(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/{JOURNAL}:1: not the journal of a batch of this version, give another folder"
    )


def test_a_pbf_that_cannot_be_read_is_refused_and_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    for content in (b"", b"\x00\x00\x00\x0dxxxx", b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"x" * 99):
        path.write_bytes(content)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            with pytest.raises(CorridorsError, match=r"a\.osm\.pbf: "):
                read_extract(path, kind="rail")
        assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("unit", "km"), [("", 500.0), ("km", 500.0), ("m", 0.5), ("mi", 804.672), ("mile", 804.672)]
)
def test_gmns_lengths_are_in_the_unit_of_the_config_and_a_node_without_name_has_its_id(
    unit: str, km: float, tmp_path: Path
) -> None:
    nodes = "node_id,name,x_coord,y_coord\na,Astana,1,2\nb,,3,4\n"
    config = f"long_length\n{unit}\n"
    for file, content in {"node.csv": nodes, "link.csv": LINKS, "config.csv": config}.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    found = read_gmns(tmp_path)
    assert [(node.name, node.lon, node.lat) for node in found.nodes] == [
        ("Astana", 1.0, 2.0),
        ("b", 3.0, 4.0),
    ]
    (link,) = found.links
    # A mile is 1.609344 km.
    assert link.km == pytest.approx(km)
