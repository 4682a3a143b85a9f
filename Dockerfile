# `corridors serve` as a user without rights. Not built by the tests: there is no Docker where they run.
# `make labels` first: the image takes what is built in geodata/derived.
#   docker build -t corridors . && docker run --rm -p 127.0.0.1:8765:8765 corridors
FROM python:3.13-slim-bookworm AS build
WORKDIR /source
COPY . .
# The versions that the tests ran with; the wheel carries configs, tables and the network.
RUN python -m pip install --no-cache-dir -c constraints.txt hatchling \
    && python -m pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels . \
    && python -m pip wheel --no-cache-dir -c constraints.txt -w /wheels "$(echo /wheels/corridors-*.whl)[serve]"

FROM python:3.13-slim-bookworm
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --no-index /wheels/*.whl \
    && useradd --system --create-home --uid 10001 corridors
USER corridors
WORKDIR /home/corridors
# Searches are compiled once, when the image is built, so that the first answer does not wait for it.
ENV NUMBA_CACHE_DIR=/home/corridors/.numba PYTHONUNBUFFERED=1
RUN python -c "import corridors.server.warm"
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
# All addresses of the container; which of them others see is said by `docker run -p`.
ENTRYPOINT ["corridors", "serve", "--no-open", "--host", "0.0.0.0", "--port", "8765"]
