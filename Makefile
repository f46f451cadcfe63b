# Needs python3 (3.11 or newer), cargo, git and make; everything else it installs into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: install demo test test-fast test-measured bench bench-quick bench-speed real trust picture docs lint lock clean

install: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed; name one with make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "error: $(PYTHON) has no venv module; install it (Debian: apt install python3-venv)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q engine codemods
	@touch $(STAMP)

# The main job on the service of the story: the patch on stdout, its story on stderr.
demo: install
	@$(BIN)/python -m bench.demo

# On all cores; what shares a build folder stays together (marked `xdist_group`). More for pytest:
# make test ARGS="-k culprits", ARGS=--cov for coverage.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadgroup

test: install
	$(PYTEST) -m "not measured" $(ARGS)

# Measurements of small crates: on a machine with nothing else to do.
test-measured: install
	$(BIN)/python -m pytest -m measured

test-fast: install
	$(PYTEST) -m "not slow" --hypothesis-profile=fast $(ARGS)

# The tool's own speed, what it measures of the upload service, how good its judge is: an hour and a
# half on a machine with nothing else to do. All of it is run, whatever falls short.
bench: install
	@code=0; for part in speed claims load judge; do $(BIN)/python -m bench.$$part || code=1; done; exit $$code

# The tool's own speed, and the judge in few runs: a quarter of an hour.
bench-quick: install
	@code=0; $(BIN)/python -m bench.speed || code=1; $(BIN)/python -m bench.judge --runs 10 --seeded 3 --where quiet || code=1; exit $$code

bench-speed: install
	$(BIN)/python -m bench.speed

real: install
	$(BIN)/python -m bench.real

# Fixes on public crates that nobody has read yet (docs/trust.md).
trust: install
	$(BIN)/python -m bench.trust

# The picture of the README, from a real run.
picture: install
	$(BIN)/python -m bench.picture

# What users read, as pages in target/docs; a link to nothing is an error.
docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Renew the pinned dependencies: all of them for developers, and what the action installs.
lock: install
	@$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --extra dev --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for wheel --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements-run.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
