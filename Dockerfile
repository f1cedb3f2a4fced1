# The base image brings its own Node 24; another one can be given with --build-arg BASE_IMAGE=…
ARG BASE_IMAGE=node:24-slim

FROM ${BASE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional dependencies bring a Node for hosts; the image has one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${BASE_IMAGE}
ENV NODE_ENV=production \
    DSS_HOST=0.0.0.0 \
    DSS_PORT=3000 \
    DSS_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY schemas ./schemas
COPY routes ./routes
COPY src ./src
# Numbers, so that an orchestrator can see that it is not root; 1000 is "node" in the default base image.
RUN mkdir -p /data && chown 1000:1000 /data && chmod 700 /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
# Whether the process answers: whoever starts it again because of this would not mend a full disk, which /readyz tells.
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DSS_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The operator must set DSS_AUTH: the service listens on every address of the container.
CMD ["node", "src/start.js"]
