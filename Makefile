# Python 3.11 or newer and make are all that must be there. Everything else goes into .venv.

.DEFAULT_GOAL := help
.PHONY: help setup run test lint weights units runs notebook pictures icons bench pins clean browser FORCE

PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
PIP := .venv/bin/python -m pip --disable-pip-version-check
UV := uv==0.13.8
JOBS ?= auto

VERSION := -c 'import sys; print(sys.version_info[:2])'
# A .venv is kept if its set-up was not cut short, its Python still works, and that is the Python asked for, if one was.
UNSOUND := $(shell { test ! -e .venv/unfinished && .venv/bin/python -c 'import pip' \
	$(if $(PYTHON),&& test "$$(.venv/bin/python $(VERSION))" = "$$($(PYTHON) $(VERSION))"); } 2>/dev/null || echo FORCE)

# While pip works, .venv/unfinished stands. Where it fails, it has changed nothing; where it is stopped, it may have.
define INSTALL
@touch .venv/unfinished
@trap 'exit 130' INT TERM; $(1) || { rm -f .venv/unfinished; exit 1; }
@rm -f .venv/unfinished
@touch $@
endef

help: ## Lists the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/app ## Installs what the app needs into .venv (TORCH=cpu: the small torch, on Linux; PYTHON=...: by this Python)

run: setup ## Opens the app (PORT=8080; ARGS="any of streamlit's options")
	.venv/bin/streamlit run app.py $(if $(PORT),--server.port=$(PORT)) $(ARGS)

test: .venv/tools browser ## Runs all tests (ARGS="tests/engine -k clipping"; JOBS=1: one at a time)
	.venv/bin/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

lint: .venv/tools ## Checks style, format and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

weights: setup ## Trains the small models in assets/weights again
	.venv/bin/python -m rnnviz.training.language_model $(ARGS)

units: setup ## Searches the trained models for units that follow something in the text
	.venv/bin/python -m rnnviz.training.interesting_units $(ARGS)

runs: setup ## Trains the runs in assets/runs again, and the sweep over lengths (some minutes)
	.venv/bin/python -m rnnviz.training.standard_runs $(ARGS)

notebook: setup ## Runs docs/notebook.ipynb again and keeps what its cells give
	.venv/bin/python -m docs.execute

pictures: .venv/tools browser ## Takes the pictures in the README again
	.venv/bin/python -m docs.pictures

icons: .venv/tools ## Makes the icon font again, after another Streamlit or a new icon on a page
	.venv/bin/python -m docs.icons

bench: .venv/tools browser ## Measures how fast it is
	.venv/bin/python -m benchmarks $(ARGS)

pins: .venv/pyvenv.cfg ## Renews constraints.txt after a change in requirements.txt or requirements-test.txt
	cat requirements.txt requirements-test.txt | sed '/^-c/d' > .venv/direct.txt
	$(PIP) install --quiet --dry-run --ignore-installed --only-binary :all: --python-version 3.11 --target .venv/none \
		--report .venv/report.json -r .venv/direct.txt
	@echo '# Everything that requirements.txt and requirements-test.txt pull in. Made by: make pins' > constraints.txt
	@.venv/bin/python -c 'import json; [print("{name}=={version}".format(**package["metadata"])) \
		for package in json.load(open(".venv/report.json"))["install"]]' \
		| sed 's/+.*//' | grep -Ev '^(cuda|nvidia|triton)' | LC_ALL=C sort -f >> constraints.txt

clean: ## Removes .venv
	rm -rf .venv

.venv/pyvenv.cfg: $(UNSOUND)
	@for name in $(PYTHONS); do \
		python=$$($$name -c 'import sys; print(sys._base_executable if sys.version_info >= (3, 11) else "")' 2>/dev/null); \
		test -n "$$python" || continue; \
		"$$python" -c 'import ensurepip' 2>/dev/null && break; \
		bare=$$name; python=; \
	done; \
	if test -z "$$python" && test -n "$$bare"; then \
		echo "$$bare cannot make a virtual environment: its venv module has no ensurepip."; \
		echo "On Debian and Ubuntu: sudo apt-get install $$($$bare -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"; \
		exit 1; \
	elif test -z "$$python"; then \
		echo "rnnviz needs Python 3.11 or newer, and none of these is one: $(PYTHONS)."; \
		echo "Install one, or say where it is: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3"; \
		exit 1; \
	fi >&2; \
	echo "Making .venv with $$("$$python" --version)"; \
	rm -rf .venv && mkdir .venv && touch .venv/unfinished && "$$python" -m venv .venv && rm .venv/unfinished

.venv/app: requirements.txt constraints.txt .venv/pyvenv.cfg
	$(call INSTALL,$(if $(TORCH),$(PIP) install $(UV) && .venv/bin/uv pip install --python .venv \
		--torch-backend=$(TORCH) -r requirements.txt,$(PIP) install -r requirements.txt))

.venv/tools: requirements-test.txt .venv/app
	$(call INSTALL,$(PIP) install -r requirements-test.txt)

browser: .venv/tools
	@.venv/bin/python tests/chromium.py
