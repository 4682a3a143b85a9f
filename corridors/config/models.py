"""The models of scenario files, made from the frozen values that declare their keys.

`domain/scenario.py` declares a key with its type, bounds, default and description. Here stands only
what that cannot say: keys that a file writes in another form, and rules between keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    create_model,
    model_validator,
)

from corridors.config.checks import (
    MOST_WAYS,
    CorridorName,
    Day,
    Many,
    NameCheck,
    Number,
    PlaceText,
    ServiceName,
    Strictly,
    WayName,
    Word,
    YesNo,
    all_or_many,
    all_projects,
    checked_ice_year,
    checked_price_month,
    checked_speed,
    each_named_once,
    fault,
    one_or_many,
    project_alone,
    year_word,
)
from corridors.domain.scenario import (
    FOLLOWS,
    ChancedClosure,
    Closure,
    Customs,
    DeclaredService,
    Limits,
    OwnSource,
    ProjectChoice,
    Scenario,
    Shipment,
    Takes,
)

# The types whose form is the same under every key; a source is written as its path.
PLAIN: Mapping[object, Any] = {
    str: Word,
    int: Annotated[int, Strict()],
    float: Number,
    bool: YesNo,
    date: Day,
    OwnSource: Word,
}


class Keys(Strictly):
    """A model made from a frozen value, which it turns into."""

    declared_in: ClassVar[type[Any]]

    def value(self, **others: object) -> Any:
        """Return the frozen value, with `others` for the keys that are not as in the file."""
        held = {key.name for key in fields(self.declared_in)}
        return self.declared_in(
            **{key: frozen(given) for key, given in self if key in held} | others
        )


def frozen(given: object) -> Any:
    """Return what the program holds for a value of a file: a mapping as pairs."""
    match given:
        case Keys():
            return given.value()
        case tuple():
            return tuple(map(frozen, given))
        case dict():
            return tuple(given.items())
    return given


@lru_cache
def model_of(
    kind: Any, *, name: str = "", base: type[Keys] = Keys, without: tuple[str, ...] = ()
) -> Any:
    """Return the model of the keys that a frozen value declares.

    Parameters
    ----------
    name
        Name of the model. By default that of the value, followed by `Model`.
    base
        The model that it extends.
    without
        Keys to leave out.
    """
    hints = get_type_hints(kind, include_extras=True)
    special = FORMS.get(kind, {})
    held: dict[str, Any] = {}
    for key in fields(kind):
        form = special.get(key.name, ()) or form_of(hints[key.name])
        # A file may leave out what follows from other keys. The defaults of nested values are
        # models too, so that the schema shows their keys.
        default = key.default
        if default is MISSING:
            default = None if FOLLOWS in get_args(hints[key.name]) else Field()
        elif is_dataclass(default):
            default = model_of(type(default))()  # type: ignore[arg-type]
        elif get_origin(form) is dict:
            default = Field(default_factory=dict)
        held[key.name] = (form, default)
    # Keys of this part of a file that the program holds elsewhere; their form says the default.
    held |= {key: (form, Field()) for key, form in special.items() if key not in held}
    rule = RULES.get(kind)
    made: Any = create_model(
        name or f"{kind.__name__}Model",
        __base__=base,
        __doc__=kind.__doc__ if base is Keys else base.__doc__,
        __validators__={"rule": rule} if rule else {},
        **{key: form for key, form in held.items() if key not in without and form[0] is not NO_KEY},
    )
    made.declared_in = kind
    return made


def form_of(hint: Any) -> Any:
    """Return the type that reads what a file gives for a key, by its type in the frozen value.

    Raises
    ------
    TypeError
        Such a type has no form in a file.
    """
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Annotated[Literal[*(word.value for word in hint)], AfterValidator(_word_of(hint))]
    if is_dataclass(hint):
        return model_of(hint)  # type: ignore[arg-type]
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Annotated:
        return reduce(_bounded, inner[1:], form_of(inner[0]))
    if kind in (Union, UnionType):
        return reduce(or_, [part if part is type(None) else form_of(part) for part in inner])
    # Pairs of a name and a value are a mapping; a list of words may be one word.
    if kind is tuple and get_origin(inner[0]) is tuple:
        name, value = map(form_of, get_args(inner[0]))
        return dict[name, value]  # type: ignore[valid-type]
    if kind is tuple:
        listed = tuple[form_of(inner[0]), ...]  # type: ignore[misc, valid-type]
        word = (get_args(inner[0]) or inner)[0] in {str, OwnSource}
        return Annotated[listed, BeforeValidator(one_or_many)] if word else listed
    msg = f"no form in a file for {hint}"
    raise TypeError(msg)


def _word_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    """Return what makes a member of an enumeration, whose own signature differs among Pythons."""

    def word_of(given: str) -> StrEnum:
        return kind(given)

    return word_of


def _bounded(form: Any, takes: Takes) -> Any:
    if takes.place:
        return PlaceText
    if takes.names is not None:
        return Annotated[form, AfterValidator(NameCheck(takes.names))]
    if takes.entries is not None:
        return Annotated[form, Field(max_length=takes.entries)]
    if takes.follows:
        return form | None
    return Annotated[form, Field(gt=takes.above, ge=takes.least, le=takes.most)]


def in_order(closure: Any) -> Any:
    """Check that the closure does not end before it begins."""
    first, last = closure.first_day, closure.last_day
    if first and last and last < first:
        msg = f"ends on {last} before it begins on {first}, swap the days"
        raise fault(msg)
    return closure


def can_run(service: Any) -> Any:
    """Check that a declared service calls nowhere twice, and that its days are in order."""
    stops = [stop.casefold() for stop in service.stops]
    if again := next((stop for n, stop in enumerate(stops) if stop in stops[:n]), None):
        twice = service.stops[stops.index(again)]
        msg = f"stops at {twice} twice; name each stop once, it also runs back unless one_way"
        raise fault(msg)
    if service.ship and service.ferry:
        msg = "ferry is a key of trains; leave ship or ferry out"
        raise fault(msg)
    return in_order(service)


def joined(customs: Any) -> Any:
    """Check that countries are added only to an existing union."""
    if customs.extend_to and not customs.eaeu:
        msg = "extend_to joins countries to the EAEU, so leave eaeu true"
        raise fault(msg)
    return customs


def doors_in_scope(scenario: Any) -> Any:
    """Check that `door` is given only under `scope: door`."""
    if scenario.scope != "door" and scenario.door != type(scenario.door)():
        msg = "door counts under scope: door only, set that scope or leave door out"
        raise fault(msg)
    return scenario


RULES: Mapping[type, Any] = {
    kind: model_validator(mode="after")(rule)
    for kind, rule in (
        (Closure, in_order),
        (DeclaredService, can_run),
        (ChancedClosure, in_order),
        (Customs, joined),
        (Scenario, doors_in_scope),
    )
}
# The keys that a file writes in another form than the program holds, or not at all. In a file,
# shelf life is a key of the cargo.
NO_KEY = "no key"
FORMS: dict[type, Mapping[str, Any]] = {
    Limits: {"shelf_life_days": NO_KEY},
    DeclaredService: {
        "stops": Annotated[tuple[PlaceText, ...], Field(min_length=2, max_length=30)],
        **{
            key: Annotated[
                tuple[WayName, ...], BeforeValidator(one_or_many), Field(max_length=MOST_WAYS)
            ]
            for key in ("way", "bars")
        },
    },
}
FORMS[Shipment] = {
    "shelf_life_days": Annotated[
        form_of(get_type_hints(Limits, include_extras=True)["shelf_life_days"]),
        Field(
            default=None,
            description="Shelf life in days, gate-in to gate-out. Default: that of the preset.",
        ),
    ]
}
# Made when the program runs; mypy is told of values with the same keys.
if TYPE_CHECKING:
    ProjectChoiceModel = ProjectChoice
    ServiceEntry = str | DeclaredService
    DeclaredServiceModel = DeclaredService

    class GoodsModel(Strictly):
        """The cargo in the boxes."""
else:
    ProjectChoiceModel = model_of(ProjectChoice)
    DeclaredServiceModel = model_of(DeclaredService)
    # A name of a service that routes may use, or a service that is declared to run.
    ServiceEntry = Annotated[
        Annotated[ServiceName, Tag("name")] | Annotated[DeclaredServiceModel, Tag("declared")],
        Discriminator(lambda given: "name" if isinstance(given, str) else "declared"),
    ]
    GoodsModel = model_of(Shipment, name="GoodsModel", without=("teu_per_month",))

FORMS[Scenario] = {
    "corridors": Annotated[
        tuple[CorridorName, ...],
        BeforeValidator(all_or_many),
        Field(max_length=60, default=()),
    ],
    "services": Annotated[
        tuple[ServiceEntry, ...],
        Many,
        BeforeValidator(one_or_many),
        AfterValidator(each_named_once),
    ]
    | None,
    "ice_year": Annotated[
        Annotated[str, Strict()], BeforeValidator(year_word), AfterValidator(checked_ice_year)
    ],
    "prices": Annotated[Word, AfterValidator(checked_price_month)],
    "speed": Annotated[Literal["reference", "best"] | float, BeforeValidator(checked_speed)],
    "projects": Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        BeforeValidator(all_projects),
        Field(max_length=60),
    ],
    "overrides": dict[Annotated[Word, AfterValidator(NameCheck("parameter"))], Number],
    "source_path": NO_KEY,
    "text": NO_KEY,
}


def declared_in(services: Sequence[Any] | None) -> tuple[DeclaredService, ...]:
    """Return the services that a list of a file declares."""
    return tuple(one.value() for one in services or () if not isinstance(one, str))


class ScenarioFile(Keys):
    """A scenario file."""

    model_config = ConfigDict(title="Scenario: a shipment and the corridors to compare")


ScenarioModel = model_of(Scenario, name="ScenarioModel", base=ScenarioFile)
