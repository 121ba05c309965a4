# make            the environment: .venv/bin/leadbell
# make demo       the bot with a simulated WeCom, in the browser
# make test       everything that must hold
# make lint       format, rules, types, floors
# make bench      measurements, printed with their aims
# make seeds N=   seeded worlds: the whole bot under virtual time and faults
# make kill N=    kill points (kill -9 at commits, savepoints and awaits)
# make fuzz N=    mutated deliveries against the door
# make planted    bugs planted on purpose, each of which a test must find
# make evidence   all of them at full length, written into docs/evidence.md (hours)
# make realdata DATA=DIR   the public data sets
# make screenshots         the pages, as pictures in build/screenshots

PYTHON ?= python3
BIN := .venv/bin
N ?= 3000

# Some machines tell Python to keep nothing of what it compiled: each process of the tests would do it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all demo test lint format bench seeds year kill fuzz planted evidence realdata screenshots clean browser

all: .venv/ready

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新版本")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/ready: pyproject.toml .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[postgres]'
	@touch $@

.venv/dev: pyproject.toml .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

demo: .venv/ready
	$(BIN)/leadbell demo

lint: .venv/dev
	$(BIN)/ruff format --check bot tests bench tools
	$(BIN)/ruff check bot tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/lint.py

format: .venv/dev
	$(BIN)/ruff format bot tests bench tools
	$(BIN)/ruff check --fix bot tests bench tools

browser:
	sh tools/browser.sh

# The stories load the machine as a rush of customers does: they run alone.
test: lint browser
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --ignore tests/story
	$(BIN)/pytest tests/story

bench: .venv/dev
	$(BIN)/python -m bench

seeds: .venv/dev
	$(BIN)/python -m tests.worlds --seeds $(N)

year: .venv/dev
	$(BIN)/python -m tests.year --seeds $(N)

kill: .venv/dev
	$(BIN)/python -m tests.kill --points $(N) --database sqlite
	$(BIN)/python -m tests.kill --points $$(($(N) / 4)) --on dingtalk

fuzz: .venv/dev
	$(BIN)/python -m tests.wire --mutations $(N) --dingtalk $$(($(N) / 4)) --frames $$(($(N) / 20)) --wechat $$(($(N) / 4))

planted: .venv/dev
	$(BIN)/python -m tests.planted

evidence: .venv/dev
	$(BIN)/python tools/evidence.py

realdata: .venv/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group realdata
	$(BIN)/python tools/realdata.py $(DATA)
	$(BIN)/python tools/realdata_scorecard.py $(DATA)
	$(BIN)/python tools/realdata_forecast.py $(DATA)
	$(BIN)/python tools/realdata_results.py $(DATA)

screenshots: .venv/dev browser
	LEADBELL_TEST_SCREENSHOTS=build/screenshots $(BIN)/pytest tests/browser

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build data
