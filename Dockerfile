# The image of the controller and the speaker. Build it from the root of the clone:
#
#   docker build -t localhost/berth:0.1.0 .
#
# test/e2e/dockerfile.test.ts runs these steps without a container engine.
FROM node:24-slim AS build
WORKDIR /berth
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY dev ./dev
COPY deploy/crds ./deploy/crds
COPY examples/playground ./examples/playground
COPY examples/playground-kinds ./examples/playground-kinds
COPY examples/playground-native ./examples/playground-native
COPY src ./src
COPY web ./web
RUN npm run build

# The bundle contains all packages except koffi, which has native code and is beside the bundle. It is built for the
# platform and the C library of the build stage, so both stages use the same base image.
FROM node:24-slim
LABEL org.opencontainers.image.title="berth" \
      org.opencontainers.image.description="Addresses for Kubernetes Services of type LoadBalancer on bare metal" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /berth
COPY --from=build /berth/dist ./dist
COPY deploy ./deploy
# A number, so that the kubelet can verify runAsNonRoot.
USER 65534:65534
EXPOSE 9120 17472 17473
ENTRYPOINT ["node", "/berth/dist/berth.mjs"]
CMD ["--help"]
