# The server as a container, for amd64 and arm64: docker build -t valence . ; docker run -p 8000:8000 valence
# Built in three stages: the page, the server's environment, and the image, which is the only one kept.

# The page is the same for every processor, so it is built on the build machine's own.
FROM --platform=$BUILDPLATFORM node:24-slim AS page
WORKDIR /app
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN npm --prefix web ci --include=dev --no-audit --no-fund --loglevel=error
COPY web web
RUN npm --prefix web run build --silent

# Not the slim image: this one has the compiler for what is written in C.
FROM python:3.11 AS server
WORKDIR /app
RUN python -m venv /opt/valence
ENV PATH=/opt/valence/bin:$PATH
# Before the sources, so that a change to them doesn't reinstall everything.
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --quiet -r requirements.txt
COPY pyproject.toml setup.py README.md LICENSE ./
COPY src src
COPY --from=page /app/src/valence/server/static src/valence/server/static
COPY bin/post_compile bin/
RUN bash bin/post_compile && pip uninstall --quiet --yes setuptools pip

FROM python:3.11-slim
# Without a database, the server keeps its data in /data; nothing else is written. Its user ID is the one under which
# Hugging Face Spaces run every container, so that it owns /data there too.
RUN useradd --uid 1000 --no-create-home valence && install --directory --owner=valence --mode=0700 /data
COPY --from=server /opt/valence /opt/valence
ENV PATH=/opt/valence/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VALENCE_HOST=0.0.0.0 \
    VALENCE_DATA_FOLDER=/data
WORKDIR /data
USER 1000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["valence", "healthcheck"]
CMD ["valence", "serve"]
