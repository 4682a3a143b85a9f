"""Who pays which line of a bill by a term of sale, of the Incoterms 2020.

A bill has five stages: pre-carriage, handling at the terminal where the main carriage begins, the
main carriage, handling where it ends, and on-carriage. The seller pays up to a stage of his term:
F terms name the terminal where the main carriage begins, `CFR` and `CIF` the one where it ends, the
other C terms and the D terms the destination. Who bears the risk of the carriage pays the
insurance, but for `CIF` and `CIP`, by which the seller insures for the buyer. Duties, taxes and
clearance at either end are in no bill, so `DAP`, `DPU` and `DDP` share it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from corridors.domain.values import ChainPart, CostLine, Payer, TerminalEnd


class Incoterm(StrEnum):
    """A term of sale of the Incoterms 2020."""

    EXW = "EXW"
    FCA = "FCA"
    FAS = "FAS"
    FOB = "FOB"
    CFR = "CFR"
    CIF = "CIF"
    CPT = "CPT"
    CIP = "CIP"
    DAP = "DAP"
    DPU = "DPU"
    DDP = "DDP"


class _Stage(IntEnum):
    """Stages of a bill in their order on the way."""

    NOTHING = 0
    PRE_CARRIAGE = 1
    FIRST_TERMINAL = 2
    MAIN_CARRIAGE = 3
    LAST_TERMINAL = 4
    ON_CARRIAGE = 5


_SELLER_PAYS_TO: Mapping[Incoterm, _Stage] = MappingProxyType(
    {
        Incoterm.EXW: _Stage.NOTHING,
        Incoterm.FCA: _Stage.PRE_CARRIAGE,
        # Handling at a port is one charge, and loading, the larger part of it, is the buyer's.
        Incoterm.FAS: _Stage.PRE_CARRIAGE,
        Incoterm.FOB: _Stage.FIRST_TERMINAL,
        Incoterm.CFR: _Stage.MAIN_CARRIAGE,
        Incoterm.CIF: _Stage.MAIN_CARRIAGE,
        **dict.fromkeys(
            (Incoterm.CPT, Incoterm.CIP, Incoterm.DAP, Incoterm.DPU, Incoterm.DDP),
            _Stage.ON_CARRIAGE,
        ),
    }
)
_SELLER_INSURES = frozenset((Incoterm.CIF, Incoterm.CIP, Incoterm.DAP, Incoterm.DPU, Incoterm.DDP))
INSURANCE = frozenset(("insurance.cargo", "insurance.arctic"))
"""The drivers of lines that insure the goods."""
BY_TERMINAL = frozenset(("thc", "terminal.lift", "storage", "storage.demurrage", "reefer.plug"))
"""The drivers of what a terminal charges, which is an end's own before and after all carriage."""
# The stay of a contract's box at the destination is paid where its freight is, at the origin.
_STAY = "storage.contract"
_WITHOUT_SHIP: Mapping[Incoterm, Incoterm] = MappingProxyType(
    {
        Incoterm.FAS: Incoterm.FCA,
        Incoterm.FOB: Incoterm.FCA,
        Incoterm.CFR: Incoterm.CPT,
        Incoterm.CIF: Incoterm.CIP,
    }
)


def held(term: Incoterm, *, by_ship: bool) -> Incoterm:
    """Return the term that counts: one of ships needs a ship in the main carriage.

    Without one it is the term for any vehicle that shares the bill most like it.
    """
    return term if by_ship else _WITHOUT_SHIP.get(term, term)


def payer(term: Incoterm, line: CostLine) -> Payer:
    """Return who pays a line by a term of sale."""
    if line.driver in INSURANCE:
        return Payer.SELLER if term in _SELLER_INSURES else Payer.BUYER
    return Payer.SELLER if _stage(line) <= _SELLER_PAYS_TO[term] else Payer.BUYER


def _stage(line: CostLine) -> _Stage:
    if line.part is ChainPart.PRE:
        return _Stage.PRE_CARRIAGE
    if line.part is ChainPart.ON:
        return _Stage.ON_CARRIAGE
    if line.at is TerminalEnd.ORIGIN:
        return _Stage.FIRST_TERMINAL
    is_last = line.at is TerminalEnd.DESTINATION or line.driver == _STAY
    return _Stage.LAST_TERMINAL if is_last else _Stage.MAIN_CARRIAGE
