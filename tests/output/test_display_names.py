"""What pages say in place of what the command line says."""

from __future__ import annotations

import pytest

from corridors.output.display_names import end_title, fault_on_page, name_of_way, name_of_ways


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            "/home/me/my asks/asia.yaml:3: destination: no service of this scenario reaches Ghent"
            " (be-ghent); its services are sea/14k, rail/cn-1435",
            "no service of this scenario reaches Ghent",
        ),
        (
            "asia.yaml:5: destination: no service of this scenario reaches Nadym (ru-nadym); its"
            " services are sea/14k, road; it needs a project: northern-latitudinal-railway",
            "no service of this scenario reaches Nadym; it needs a project: Northern Latitudinal"
            " Railway",
        ),
        (
            "destination: Vorkuta: no terminal within 300 km over land in a straight line; the"
            " nearest are Pechora (ru-pechora, 440 km), Sabetta (RUSAB, 500 km). Name one of them,"
            " or raise road.access_most_km",
            "Vorkuta: no terminal within 300 km over land in a straight line; the nearest are"
            " Pechora (440 km), Sabetta (500 km)",
        ),
        (
            "--set destination: origin and destination are the same place, Milan (Melzo)",
            "origin and destination are the same place, Milan (Melzo)",
        ),
    ],
)
def test_a_fault_on_a_page_has_names_and_no_path(fault: str, said: str) -> None:
    assert fault_on_page(fault) == said


@pytest.mark.parametrize(
    ("text", "called"),
    [
        # Towns of one name lie in several countries.
        *(("lod", "Lod, Israel"), ("Santiago", "Santiago, Chile"), ("lod, il", "Lod, Israel")),
        *(("Lodz", "Lodz"), ("CNYTN", "Shenzhen Yantian"), ("cn-shanghai", "Shanghai")),
        *(("8.55,47.37", "8.55,47.37"), ("Nowhereville", "Nowhereville")),
    ],
)
def test_an_end_is_called_as_it_was_understood(text: str, called: str) -> None:
    assert end_title(text) == called


@pytest.mark.parametrize(
    ("title", "way", "named"),
    [
        (
            "Kazakhstan via Khorgos",
            ("RU", "BY"),
            "Kazakhstan via Khorgos through Russia and Belarus",
        ),
        ("Trans-Siberian", ("RU", "BY"), "Trans-Siberian through Belarus"),
        ("Russia, Belarus and Brest", ("BY", "RU"), "Russia, Belarus and Brest"),
        ("Suez Canal", (), "Suez Canal"),
        # Of a long way the middle is left out, but no country that needs a word.
        (
            "Other route",
            ("CN", "KZ", "TM", "IR", "TR", "BG", "RO"),
            "Other route by China, Kazakhstan, Iran, Bulgaria and Romania",
        ),
    ],
)
def test_no_name_leaves_out_a_country_that_needs_a_word(
    title: str, way: tuple[str, ...], named: str
) -> None:
    assert name_of_way(title, way) == named


def test_the_name_of_several_ways_leaves_out_no_country_of_any_of_them() -> None:
    khorgos = "Kazakhstan via Khorgos"
    assert name_of_ways(khorgos, ()) == khorgos
    assert name_of_ways(khorgos, [("RU", "BY"), ("RU", "BY")]) == name_of_way(khorgos, ("RU", "BY"))
    assert name_of_ways(khorgos, [("RU", "BY"), ("RU", "IR")]) == (
        "Kazakhstan via Khorgos through Russia (in some cases through Belarus or Iran)"
    )
    assert name_of_ways("Other route", [("LT",), ("RU", "LT")]) == (
        "Other route (in some cases through Russia)"
    )
