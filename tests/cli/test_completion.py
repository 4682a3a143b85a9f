"""What a shell offers behind Tab, and what a command line says of its own faults."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corridors.cli import completion
from corridors.cli.arguments import plain_fault
from corridors.cli.main import EVERY, run

BASH = """
compopt() {{ echo nospace; }}
eval "$(corridors completion bash)"
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_corridors_completion corridors
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.first_case
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("corridors st", ["stress"]),
        ("corridors explain shanghai-europe kazakhstan-k", ["kazakhstan-khorgos"]),
        # The value of a key follows without a blank, which bash is told by `compopt`.
        ("corridors compare --set shipment.teu", ["nospace", "shipment.teu_per_month="]),
    ],
)
def test_bash_completes_through_the_script_we_print(
    words: str, offered: list[str], tmp_path: Path
) -> None:
    shim = tmp_path / "corridors"
    shim.write_text(
        f"#!{sys.executable}\nfrom corridors.cli.main import run\nrun()\n", encoding="utf-8"
    )
    shim.chmod(0o755)
    here = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", BASH.format(words=words)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **here},
    )
    assert done.stdout.split() == offered


def test_each_kind_of_name_is_offered() -> None:
    assert completion.scenarios("shanghai-e") == ["shanghai-europe"]
    assert completion.gates("su") == ["suez", "sunda"]
    assert completion.gates("gate-su") == ["gate-suez", "gate-sunda"]
    assert completion.places("Rotterd") == ["Rotterdam"]
    # A city of no terminal, by its size.
    assert "Lagos" in completion.places("Lago")
    assert completion.worlds("red") == ["red-sea-closed"]
    assert "rail" in completion.services("ra")
    assert "PL" in completion.countries("p")
    assert "fuel.vlsfo_usd_per_t" in completion.parameters("fuel.v")
    assert completion.set_keys("shipment.teu") == ["shipment.teu_per_month="]
    assert completion.set_keys("overr") == ["overrides."]
    assert "overrides.fuel.vlsfo_usd_per_t=" in completion.set_keys("overrides.fuel.v")
    assert completion.set_keys("world=cur") == ["world=current"]
    # A shell would cut a name with a blank in two.
    assert not any(" " in name for name in completion.places(""))


def test_completion_is_a_command_and_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    """The options that typer would add write into files of the shell."""
    with pytest.raises(SystemExit):
        run(["--help"])
    options = re.findall(r"^  (--[\w-]+)", capsys.readouterr().out, re.MULTILINE)
    assert options == ["--data", "--debug", "--version", "--help"]
    assert "completion" in EVERY


@pytest.mark.parametrize("name", EVERY)
def test_help_says_what_to_put_in(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run([name, "--help"])
    text = capsys.readouterr().out
    for code in ("list[str]", "%Y", "<str>", "<path>", "int range", "float range"):
        assert code not in text, code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "x", "--departure", "13.2.2027"], "'13.2.2027' is no date: 2026-08-20 is one"),
        (["compare", "x", "--format", "jsn"], "'jsn' is not one of table, json, csv; did you mean"),
        (["compare", "x", "--alternatives", "99"], "--alternatives must be from 0 to 20, got 99"),
        (["batch", "x", "--out", "y", "--workers", "two"], "'--workers': must be a whole number"),
        (["list", "gat"], "did you mean gates?"),
        (["list", "terminals", "--in", "Polnd"], "--in: unknown country 'Polnd', did you mean"),
        (["list", "worlds", "--in", "PL"], "--in applies to terminals and gates, not to worlds"),
        (["distances", "Shanghai", "Genoa", "--avoid", "suezz"], "did you mean 'suez'?"),
        (["route", "Shanghia", "Hamburg"], "did you mean 'Shanghai'?"),
        (["new", "scenario", "x.yaml", "--from", "Rotterdm"], "did you mean 'Rotterdam'?"),
        (["new", "batch", "x.yaml", "--via", "suez"], "--via is for a corridor, not for a batch"),
        (["new", "corridor", "x.yaml", "--via", "BY-PL"], "--via BY-PL: a corridor passes gates"),
    ],
)
def test_faults_of_a_command_line_are_in_plain_words(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    for code in ("Value error", "Input should", "%Y", "Traceback"):
        assert code not in told


def test_a_fault_without_a_known_form_stays_as_it_is() -> None:
    assert plain_fault("No such option: --x") == "No such option: --x"
