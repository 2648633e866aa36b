# The same steps as `npm start`, in stages: packages and build, then a slim image that holds only what runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node tools/build.mjs

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production ORIEL_DATA=/data
# Turns AAC, the sound of many cameras, into what WebRTC carries.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY assets ./assets
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080 8189/tcp 8189/udp 8554
# It reads the port and whether TLS is on from the running gateway, so it follows the settings.
HEALTHCHECK --interval=30s --timeout=10s CMD ["node", "dist/server/main.js", "health"]
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=2", "dist/server/main.js"]
CMD ["serve", "--host", "0.0.0.0"]
