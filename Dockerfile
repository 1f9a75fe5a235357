# The reference server and the suite, as they are published, on Node and nothing else.
#   docker build -t chunkproof .
#   docker run -p 8080:8080 -v uploads:/data chunkproof
#   ci/container.sh runs the suite by it
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json README.md CHANGELOG.md LICENSE ./
COPY spec spec
RUN npm ci --ignore-scripts --prefer-offline --no-audit --no-fund
COPY generated generated
COPY conformance conformance
COPY reference-server reference-server
RUN npm run build && npm pack --ignore-scripts && tar -xzf chunkproof-*.tgz

FROM node:24-slim AS dependencies
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY spec/package.json spec/
# The image serves from a database and a bucket, too: with the clients of these, which the package leaves to its users.
RUN npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --omit=dev && npm install --no-save --save-prod --ignore-scripts --prefer-offline --no-audit --no-fund --omit=dev $(node -p "const { peerDependencies, devDependencies } = require('./package.json'); Object.keys(peerDependencies).map((name) => name + '@' + devDependencies[name]).join(' ')")

FROM node:24-slim
WORKDIR /app
COPY --from=dependencies /src/node_modules node_modules
COPY --from=build /src/package ./
RUN install -d -o node -g node /data
USER node
ENV NODE_ENV=production CHUNKPROOF_HOST=0.0.0.0 CHUNKPROOF_PORT=8080 CHUNKPROOF_ADMIN_PORT=8081 CHUNKPROOF_DATA=/data
EXPOSE 8080 8081
VOLUME /data
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CHUNKPROOF_ADMIN_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/conformance/cli.js"]
CMD ["serve"]
