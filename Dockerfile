# Two stages: wheels are built where compilers may be, and run where they are not.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY monitor ./monitor
RUN python3 -m venv /opt/tocsin \
 && /opt/tocsin/bin/python -m pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt '.[postgres]'

FROM ${BASE}
LABEL org.opencontainers.image.title="Tocsin" \
      org.opencontainers.image.description="Alert daemon for news claims" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/tocsin/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TOCSIN_RULES=/var/lib/tocsin/rules \
    TOCSIN_STATE=/var/lib/tocsin/state
COPY --from=build /opt/tocsin /opt/tocsin
WORKDIR /var/lib/tocsin
COPY rules ./rules
# The state is owned by the one user that writes it; the rules are only read.
RUN install --directory --owner=10001 --group=10001 state
USER 10001:10001
VOLUME ["/var/lib/tocsin/rules", "/var/lib/tocsin/state"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["tocsin", "health"]
ENTRYPOINT ["tocsin"]
CMD ["run"]
