# `make demo` runs a chat server to try things out, `make test` checks everything.
# More in docs/development.md. Needs: make, Python 3.11 or newer, the package registries.

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# How many processes run tests: more than cores, because many tests wait for what they started.
PROCESSES ?= 3
# Which Python the virtual environment is made with; unset: the first that is new enough.
PYTHON ?=

# Every version is pinned, also those of what builds the package.
export PIP_CONSTRAINT := .ci/constraints.txt
export PIP_BUILD_CONSTRAINT := .ci/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_INSTALL := $(BIN)/python -m pip install --quiet --editable

JAVASCRIPT := rc_integrations_plugin/scripting/javascript
EDITOR := rc_integrations_plugin/admin/editor
INSTALLED_FROM := pyproject.toml hatch_build.py rc_integrations_plugin/npm_bundles.py .ci/constraints.txt $(wildcard \
	$(JAVASCRIPT)/*.py $(JAVASCRIPT)/*.json $(JAVASCRIPT)/src/*.js $(JAVASCRIPT)/src/*/*.js \
	$(EDITOR)/*.py $(EDITOR)/*.json $(EDITOR)/src/*.js)

.PHONY: demo test only-tests check format lock clean

demo: $(VENV)/demo-installed
	@exec $(BIN)/python -m host_stub demo $(ARGS)

test: check only-tests

only-tests: $(VENV)/test-installed
	$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadgroup --no-loadscope-reorder --cov --cov-report=term $(ARGS)

check: $(VENV)/test-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/test-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Renews .ci/constraints.txt with the newest versions that the ranges in pyproject.toml allow.
lock:
	@.ci/lock '$(PYTHON)'

# Everything that was made here, but not the demo's data: `make demo ARGS=--reset` deletes that.
clean:
	rm -rf $(VENV) build dist $(JAVASCRIPT)/libraries rc_integrations_plugin/admin/static/built .coverage .coverage.* htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/demo-installed: $(INSTALLED_FROM) | $(BIN)/python
	@echo 'Installing the demo into $(VENV) (once)'
	@$(PIP_INSTALL) '.[demo]'
	@touch $@

$(VENV)/test-installed: $(INSTALLED_FROM) | $(BIN)/python
	@echo 'Installing the development tools into $(VENV) (once)'
	@$(PIP_INSTALL) '.[demo,dev,postgres,testing]'
	@touch $@ $(VENV)/demo-installed

$(BIN)/python:
	@python=$$(.ci/find-python '$(PYTHON)') && "$$python" -m venv --clear $(VENV)
