# The image of the platform. Its services in docker-compose.yml run this image with different commands.
FROM python:3.11.13-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
WORKDIR /opt/affiliate
COPY requirements.lock pyproject.toml ./
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# Versions come from the lock file. Packages for development and for the embedded servers are not installed.
RUN version="$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)" \
    && python -m pip install --no-cache-dir "uv==${version}" \
    && python -m venv --without-pip /opt/venv \
    && uv pip install --python /opt/venv --compile-bytecode --require-hashes \
        --constraints requirements.lock --requirements pyproject.toml --extra registry

COPY . .
RUN uv pip install --python /opt/venv --no-deps --editable . \
    && python -m compileall -q activation affiliate contracts core identity ingestion oltp orchestration privacy serving warehouse web

ENV PATH=/opt/venv/bin:$PATH
# Dagster loads its assets from dbt's manifest. Building it here keeps it in step with the code.
RUN AFFILIATE_HOME=/tmp/home \
    AFFILIATE_ENGINE=postgres \
    AFFILIATE_WAREHOUSE_DSN=postgresql://warehouse@postgres/affiliate_warehouse \
    AFFILIATE_PSEUDONYM_KEY_FILE=/dev/null \
    AFFILIATE_DBT_TARGET=/opt/manifest \
    python -m orchestration.lib.manifest


FROM python:3.11.13-slim-bookworm

COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/affiliate /opt/affiliate
COPY --from=build /opt/manifest /opt/manifest
# a volume that is mounted here inherits this owner
RUN install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/affiliate

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    AFFILIATE_HOME=/var/lib/affiliate \
    AFFILIATE_DBT_TARGET=/opt/manifest
WORKDIR /opt/affiliate
USER 10001:10001
ENTRYPOINT ["affiliate"]
CMD ["--help"]
