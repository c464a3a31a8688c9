# The one entry. `make help` lists the targets.
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3
STAMP  := $(VENV)/.installed
CANARY := $(CURDIR)/var/canary
ROWS   ?= 100000 1000000

.PHONY: help demo test explore check fix protos messages bench bench-peers timing clean lock

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' Makefile | sed 's/:.*##/\t/'

# Every package comes from the hash-locked file; fedquery itself is linked, not copied.
$(STAMP): requirements/dev.txt pyproject.toml hatch_build.py $(wildcard src/fedquery/oprf/kernel/*.[ch])
	@echo "making the virtual environment (once) ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: $(STAMP)   ## six nations on this machine: ask, learn, claim
	@$(BIN)/fedquery demo

# A test that fails once and passes the second time is named at the end: it is to be mended, and does
# not stop a change that it says nothing about.
test: check      ## everything: checks, tests, and last the search for leaked identifiers
	$(BIN)/fedquery policy test policies
	@rm -rf $(CANARY) && mkdir -p $(CANARY)
	FEDQUERY_CANARY_DIR=$(CANARY) $(BIN)/pytest -n 2 --dist loadscope --reruns 1 --basetemp=$(CANARY)/tmp tests --ignore=tests/canary > $(CANARY)/pytest.out 2>&1; \
	  status=$$?; cat $(CANARY)/pytest.out; exit $$status
	FEDQUERY_CANARY_DIR=$(CANARY) $(BIN)/pytest tests/canary

explore: $(STAMP) ## look for inputs that no run of the tests has tried yet: new ones each time
	$(BIN)/pytest -n 2 -q --hypothesis-profile=explore tests/unit tests/simulation

check: $(STAMP)  ## format, lint, types, floors, spelling, drift of the generated code, policies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=src:node:coordinator $(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	PATH=$(CURDIR)/$(BIN):$$PATH protos/generate --check
	$(BIN)/fedquery policy check policies

fix: $(STAMP)    ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protos: $(STAMP) ## write src/fedquery/v1 anew from protos/
	PATH=$(CURDIR)/$(BIN):$$PATH protos/generate

messages: $(STAMP) ## find the desk's texts, and write its catalogues anew
	$(BIN)/python -m fedquery.desk.messages

bench: $(STAMP)  ## measure; writes bench/results/
	$(BIN)/python -m bench
	$(BIN)/python -m bench.kernel
	$(BIN)/python -m bench.policies
	$(BIN)/python -m bench.policy_difference
	$(BIN)/python -m bench.log
	$(BIN)/python -m bench.kinds
	$(BIN)/python -m bench.kind_rows
	$(BIN)/python -m bench.extraction --speed
	$(BIN)/python -m bench.desk
	$(BIN)/python -m bench.publishing

# The peers come from hash-locked files of their own into environments of their own, var/peers/.
bench-peers: $(STAMP) ## beside openmined-psi and spu on the same data; ROWS="100000 1000000 10000000"
	$(BIN)/python -m bench.peers --rows $(ROWS)

timing: $(STAMP) ## the kernel's times for fixed and random scalars, with a planted leak
	@$(BIN)/python tests/kernel/timing.py

lock:            ## write requirements/*.txt anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --all-extras --group dev --group protos pyproject.toml -o requirements/dev.txt
	for peer in openmined-psi==2.0.6 spu==0.9.5; do echo "$$peer" | \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate - -o "requirements/peers-$${peer%%=*}.txt"; done

clean:           ## remove the virtual environment and what tests left
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
