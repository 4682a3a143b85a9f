"""The question of a scenario in a sentence."""

from corridors.domain.scenario import Scenario
from corridors.output.display_names import SCOPES, end_title, world_title
from corridors.output.html.encode import day_text


def question(scenario: Scenario) -> str:
    """Return origin, destination, departure, shipment, scope and world of a scenario."""
    shipment = scenario.shipment
    origin, destination = end_title(scenario.origin), end_title(scenario.destination)
    known_on = scenario.known_on
    world = world_title(scenario.world, scenario.departure, known_on=known_on)
    known = f", as known on {day_text(known_on)}" if known_on else ""
    return (
        f"{origin} to {destination}, departing {day_text(scenario.departure)};"
        f" {shipment.teu_per_month:g} TEU a month ({shipment.cargo}, {shipment.equipment.value}),"
        f" {SCOPES[scenario.scope]}. World: {world}{known}."
    )
