"""Sweeps made by hand: a small one whose every figure can be checked, a hostile and a large one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from corridors.output.monthly import Parts, Sweep, SweptCorridor, SweptKey, WeakLine
from tests.output.fixtures import HOSTILE

NAN = float("nan")

# A hundred more texts that would run, load or break out if a page, or Bokeh, took them as markup.
HOSTILES: tuple[str, ...] = tuple(
    template.format(n)
    for n in range(10)
    for template in (
        "<script>alert({})</script>",
        "\"><img src=x onerror=alert({})>'",
        "</script><script>alert({})</script>",
        "<svg/onload=alert({})>",
        "'-alert({})-'\\",
        "<a href=javascript:alert({})>x</a>",
        "&lt;b&gt;{} & &amp; <b>",
        "$$x_{}^2$$ and \\[y\\]",
        "@name{{safe}} {} ${{1}} `",
        "<!--{} \u2028 ]]> <style>*{{display:none}}</style>",
    )
)


def small_sweep() -> Sweep:
    """Return two worlds by two cargos and three corridors, A, B and C.

    scenario     A    B    C   recommended
    open, tea   100  120    -   A
    open, toys  100  130    -   A
    shut, tea     -  120  150   B
    shut, toys    -  130  126   C

    in USD per TEU; A takes 30 days, B 44 and C 20, everywhere.
    """
    cost = np.array(
        [[100.0, 120.0, NAN], [100.0, 130.0, NAN], [NAN, 120.0, 150.0], [NAN, 130.0, 126.0]]
    )
    days = np.where(np.isnan(cost), NAN, np.array([30.0, 44.0, 20.0]))
    return Sweep(
        name="small",
        title="Two worlds",
        objective="cost",
        keys=(
            SweptKey(key="world", values=("open", "shut")),
            SweptKey(key="shipment.cargo", values=("tea", "toys")),
        ),
        corridors=(
            SweptCorridor(id="a", title="Canal A", colour="#0072b2"),
            SweptCorridor(id="b", title="Cape B", colour="#56b4e9"),
            SweptCorridor(id="c", title="Rail C", colour="#d55e00"),
        ),
        scenarios=("open, tea", "open, toys", "shut, tea", "shut, toys"),
        choice=np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),
        cost=cost,
        low=cost - 10.0,
        high=cost + 10.0,
        transit_days=days - 8.0,
        days=days,
        co2e_kg=days * 40.0,
        recommended=np.array([0, 0, 1, 2]),
        tied=np.zeros(cost.shape, np.bool_),
        failed={},
        cost_parts=Parts(
            names=("fuel.vlsfo", "thc", "transhipment"),
            mean=np.array([[60.0, 40.0, 0.0], [75.0, 40.0, 10.0], [98.0, 40.0, 0.0]]),
        ),
        time_parts=Parts(
            names=("sea", "schedule_wait"),
            mean=np.array([[636.0, 84.0], [972.0, 84.0], [396.0, 84.0]]),
        ),
        weakest=(
            WeakLine(
                driver="thc",
                scope="EU",
                label="Terminal handling",
                status="assumption",
                source_id="assumption",
                options=8,
                mean_usd_per_teu=40.0,
                spread_usd_per_teu=20.0,
            ),
        ),
        warnings={"Ice may stay.": 3, "War risk.": 12},
        sources={"fuel-2026": "Bunker prices"},
        base={"origin": "Shanghai", "shipment.cargo": "tea"},
        variants={},
        batch_text="name: small\n",
        command="corridors batch small.yaml --out out",
        manifest={"corridors": "0.1.0"},
    )


def hostile_sweep() -> Sweep:
    """Return a scenario for each hostile text, and such texts wherever a user's can stand."""
    texts = (HOSTILE, *HOSTILES)
    return made_sweep(
        keys=(
            SweptKey(key="variant", values=texts),
            SweptKey(key=f"overrides.{HOSTILE}", values=(HOSTILE, HOSTILES[1])),
        ),
        titles=texts[:14],
        names=texts,
        colour='red"><script>alert(2)</script>',
        variants={text: {text: text} for text in texts},
    )


def large_sweep(scenarios: int = 3000, corridors: int = 14) -> Sweep:
    """Return a batch of the largest size that a report has to hold."""
    months = tuple(f"20{26 + i // 12}-{i % 12 + 1:02d}-15" for i in range(30))
    return made_sweep(
        keys=(
            SweptKey(key="departure", values=months),
            SweptKey(
                key="overrides.fuel.vlsfo_usd_per_t", values=tuple(map(str, range(300, 800, 50)))
            ),
            SweptKey(key="world", values=("open", "red-sea-closed", "all-closed", "ice", "calm")),
            SweptKey(key="shipment.cargo", values=("electronics", "machinery")),
        ),
        titles=tuple(f"Corridor number {i}" for i in range(corridors)),
        most=scenarios,
    )


def made_sweep(
    *,
    keys: tuple[SweptKey, ...],
    titles: Sequence[str],
    names: Sequence[str] = (),
    colour: str = "#0072b2",
    variants: Mapping[str, Mapping[str, str]] | None = None,
    most: int = 10_000,
) -> Sweep:
    """Return the product of the keys' values with costs that a fixed formula gives."""
    every = itertools.product(*(range(len(key.values)) for key in keys))
    choice = np.array(list(itertools.islice(every, most)))
    count, many = len(choice), len(titles)
    steps = choice @ np.arange(3, 3 + len(keys))
    cost = 900.0 + (steps[:, None] * 37 + np.arange(many) * 211) % 1009 + np.arange(many) / 7
    cost[(steps[:, None] + np.arange(many)) % 5 == 0] = NAN
    days = np.where(np.isnan(cost), NAN, 20.0 + (cost * 7) % 31)
    parts = np.abs(np.sin(np.arange(many * 3))).reshape(many, 3) * 100
    texts = [
        names[i % len(names)] if names else f"scenario {i}: {row}" for i, row in enumerate(choice)
    ]
    some = names[0] if names else "Some text"
    return Sweep(
        name=some,
        title=some,
        objective="cost",
        keys=keys,
        corridors=tuple(
            SweptCorridor(id=f"c{i}", title=title, colour=colour) for i, title in enumerate(titles)
        ),
        scenarios=tuple(texts),
        choice=choice,
        cost=cost,
        low=cost * 0.7,
        high=cost * 1.6,
        transit_days=days - 8.0,
        days=days,
        co2e_kg=days * 40.0,
        recommended=np.where(
            np.isnan(cost).all(axis=1),
            -1,
            np.argmin(np.where(np.isnan(cost), np.inf, cost), axis=1),
        ),
        tied=np.zeros(cost.shape, np.bool_),
        failed={count - 1: some},
        cost_parts=Parts(names=("fuel.vlsfo", "rail.feu_km", some), mean=parts),
        time_parts=Parts(names=("sea", "rail", some), mean=parts),
        weakest=(
            WeakLine(
                driver=some,
                scope=some,
                label=some,
                status=some,
                source_id=some,
                options=8,
                mean_usd_per_teu=40.0,
                spread_usd_per_teu=20.0,
            ),
        ),
        warnings={some: 3},
        sources={some: some},
        base={some: some},
        variants=variants or {},
        batch_text=some,
        command=some,
        manifest={some: some},
    )
