"""Labels of sea distances are built where they are missing or made from something else."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corridors.data.geodata import load_sea_lanes

GEODATA = Path(__file__).resolve().parents[3] / "geodata"
sys.path.insert(0, str(GEODATA / "build"))
labels: Any = import_module("sea_labels")
sys.path.remove(str(GEODATA / "build"))


def test_labels_are_built_again_after_a_change_of_each_file_that_they_follow_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    geodata = tmp_path / "geodata"
    for name in labels.MADE_FROM:
        (geodata / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GEODATA / name, geodata / name)
    written: list[str] = []

    def write() -> None:
        written.append(labels.made_from())
        np.savez(labels.FILE, made_from=written[-1])

    monkeypatch.setattr(labels, "GEODATA", geodata)
    monkeypatch.setattr(labels, "FILE", geodata / "derived" / "sea_labels.npz")
    monkeypatch.setattr(labels, "write", write)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for _ in range(2):
        labels.main()
        assert len(written) == 1
    for name in labels.MADE_FROM:
        (geodata / name).write_bytes((geodata / name).read_bytes() + b"\n")
        labels.main()
    assert len({*written}) == len(written) == 1 + len(labels.MADE_FROM)
    # A damaged file is built again, unless another checkout has left a whole one.
    for copies, built in ((True, 0), (False, 1)):
        before = len(written)
        labels.FILE.write_bytes(labels.FILE.read_bytes()[:99])
        if not copies:
            labels.shared_copy().write_bytes(b"cut")
        labels.main()
        assert len(written) == before + built
        assert labels.is_fresh(labels.FILE)


def test_labels_are_those_of_every_port_and_terminal_on_the_lanes() -> None:
    lanes, nodes = load_sea_lanes(), labels.nodes_of_places()
    by_id = {place.id: node for place, node in nodes.items()}
    assert len(by_id) == len(nodes) > 3000
    assert lanes.ports.items() <= by_id.items()
    assert by_id["nl-rotterdam"] == lanes.point_node[lanes.point_ids.index("nl-rotterdam")]
    assert not [name for name in by_id if name.startswith("gate-")]
