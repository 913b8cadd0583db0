PYTHON ?= python3
ARGS ?=

bootstrap = $(PYTHON) -m cxplan.embedded.bootstrap
bin = .venv/bin
lock = $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# What a production environment sets, for the checks alone: nothing listens there.
production = SECRET_KEY=$$($(bin)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	SITE_URL=https://cxplan.example DATABASE_URL=postgresql://cxplan@127.0.0.1:1/cxplan \
	REDIS_URL=redis://127.0.0.1:1/0 DATABASE_POOL_SIZE=0 DEBUG=0 DEMO=0

.PHONY: up test test-all check format messages bench mutants lock secrets environment

up:  ## Start cxplan on this machine: http://127.0.0.1:8000/ (PORT=… for another)
	@$(bootstrap) cxplan.embedded.supervisor

test:  ## Run the tests: make test ARGS="tests/roadmap -k gaps"
	@$(bootstrap) --dev cxplan.embedded.testing -n 2 -m "not slow" $(ARGS)

test-all:  ## Run also what takes minutes: every page in every language, theme and width
	@$(bootstrap) --dev cxplan.embedded.testing -n 2 $(ARGS)

check: environment  ## Everything that needs no running test: form, types, floors, templates, migrations, settings
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports
	find templates -name '*.html' -exec $(bin)/djade --check {} +
	$(bin)/djlint --lint --quiet templates
	$(production) $(bin)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(production) $(bin)/python manage.py messages --check
	$(production) $(bin)/python manage.py check --deploy --fail-level WARNING

format: environment  ## Put the code and the templates in form
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .
	find templates -name '*.html' -exec $(bin)/djade {} +

messages: environment  ## Collect the texts to translate into locale/
	$(production) $(bin)/python manage.py messages

bench: environment  ## Run every measurement of bench/; the last line of each is one JSON object
	@for script in bench/pages.py bench/pdf.py; do $(bin)/python -m cxplan.embedded.throwaway $(bin)/python $$script || exit; done
	@$(bin)/python bench/live.py

mutants: environment  ## Break the house on purpose, one rule at a time: the suite must turn red each time
	$(bin)/python -m tests.mutants $(ARGS)

lock: environment  ## Renew the locks from pyproject.toml (UPGRADE=1 takes newer releases)
	$(lock) pyproject.toml --output-file requirements.txt
	$(lock) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(lock) --group uv --output-file requirements-uv.txt

secrets:  ## Make what docker compose keeps secret, each its own and random; what is there stays
	@umask 022; mkdir -p -m 700 secrets; cd secrets; random() { python3 -c "import secrets; print(secrets.token_hex(40))"; }; \
	for name in secret_key database_password postgres_password; do [ -s $$name ] || random > $$name; done; \
	echo "postgresql://cxplan:$$(cat database_password)@postgres/cxplan" > database_url; \
	[ -s email_url ] || echo "smtp+tls://user:password@mail.example.org:587" > email_url; \
	echo "secrets/email_url is yours to fill in: how mail is sent"

environment:
	@$(bootstrap) --dev
