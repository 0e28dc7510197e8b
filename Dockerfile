# A Rollcall node. Build and run:
#
#   docker build -t rollcall .
#   docker run -p 7481:7481 -p 7482:7482 -p 127.0.0.1:7480:7480 -v rollcall:/data rollcall start --list rollcall
#
# 7481 is for other nodes over TCP, 7482 over WebSocket, 7480 is the API and the web viewer.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# `prepare` builds the web viewer, whose sources are not here yet: `build` does it below.
RUN npm pkg delete scripts.prepare && npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm pkg delete scripts.prepare && npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json config.default.json LICENSE ./
COPY bin bin
COPY keys keys
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/web-ui/dist web-ui/dist

# The folder of the node's key, list and history belongs to the user that the image already has for this.
RUN mkdir /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data
ENV ROLLCALL_DATA=/data

# Inside the container the API listens on all addresses: who may reach it is decided by whether 7480 is mapped, and to
# where. Reading needs no token, so map it to 127.0.0.1 unless the list is meant to be read from everywhere.
ENV ROLLCALL_HTTP__HOST=0.0.0.0
EXPOSE 7480 7481 7482

# Asks where the node says that it listens: the port may have been set otherwise.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "--input-type=module", "--eval", "\
import { readFileSync } from 'node:fs'; \
const { http } = JSON.parse(readFileSync('/data/node.json', 'utf8')); \
if (!(await fetch(http + '/healthz')).ok) throw new Error('not healthy');"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/rollcall.js"]
CMD ["start"]
