import type { ServiceSettings } from "../../components/service-container";

/** What every component of the sample dev stack is made with. */
export const sampleSettings: ServiceSettings = {
  scope: { prefix: "berth", environment: "dev" },
  engine: { host: "unix:///run/engine.sock", certPath: undefined, socketPath: "/var/run/docker.sock" },
  build: { baseImage: "berth-base:trixie", extraCaImage: "berth-extra-ca:none", builder: "classic" },
};
