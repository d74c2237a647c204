# The only interface: `make demo` and `make test` do all on a fresh machine.

PY := .venv/bin/python
RUN := .venv/bin/regengine
DEMO := examples/retail-ransomware.yaml
DEMO_NOW := 2026-11-23T09:00:00+00:00

.PHONY: demo test test-long check lint types law docs bench snapshots format setup clean

demo: setup  ## assess a real example; write its papers to build/demo/matter
	@mkdir -p build/demo
	@$(RUN) assess $(DEMO) --now $(DEMO_NOW)
	@$(RUN) file $(DEMO) --now $(DEMO_NOW) --out build/demo/matter
	@echo "Open build/demo/matter/index.html: filings, letters, checklist, memos, calendar, receipt"

test: setup  ## every test: engine, law, documents, examples, doctests
	@$(PY) -m pytest -q -n auto

test-long: setup  ## the same, and many more random cases
	@$(PY) -m pytest -q -n auto -m "long or not long"

check: lint types law test  ## what a change must pass

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup
	@.venv/bin/mypy

law: setup  ## every fault of every law file, and rules without a test
	@$(RUN) law check --tests tests/law

snapshots: setup  ## rewrite the examples' snapshots; read the diff
	@mkdir -p build
	@$(PY) tests/test_examples.py
	@$(PY) tests/test_rule_tables.py
	@$(PY) tests/test_counting_page.py
	@$(PY) tests/test_lawbook.py
	@$(PY) tests/test_united_states.py
	@$(PY) tests/test_world.py
	@$(PY) examples/matter/play.py > build/a-whole-matter.md && mv build/a-whole-matter.md docs/tutorial/a-whole-matter.md
	@$(PY) -c "import json; from regengine.intake import schema; print(json.dumps(schema(), indent=2, ensure_ascii=False))" > docs/schema/incident.json
	@$(RUN) schema assessment > docs/schema/assessment.json

bench: setup  ## ratios against peers, side by side in one run
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[documents,casefile,postgresql,bench]'
	@$(PY) -m benchmarks

format: setup
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

setup:
	@bash scripts/setup.sh

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
