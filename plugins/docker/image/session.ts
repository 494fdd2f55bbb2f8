/**
 * A BuildKit session: the connection on which the engine asks its client for registry logins during a build.
 * Source: moby/buildkit, session/auth/auth.proto (service moby.filesync.v1.Auth) and session/grpc.go (health checks).
 */
import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { Server, ServerCredentials, type handleUnaryCall, type ServiceDefinition } from "@grpc/grpc-js";
import { BinaryReader, BinaryWriter } from "google-protobuf";
import type { Engine } from "../engine/client";
import { registryHost, type RegistryLogin } from "../engine/registry-auth";

export interface BuildSession {
  id: string;
  close(): void;
}

const unary = (path: string): ServiceDefinition[string] => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: (value: Buffer) => value,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (value: Buffer) => value,
  responseDeserialize: (bytes: Buffer) => bytes,
});

const SERVICE = {
  credentials: unary("/moby.filesync.v1.Auth/Credentials"),
  health: unary("/grpc.health.v1.Health/Check"),
};
/** HealthCheckResponse { status: SERVING }. */
const SERVING = Buffer.from([0x08, 0x01]);

/** @param logins by registry host. */
export async function openSession(
  engine: Engine,
  logins: Record<string, RegistryLogin>,
): Promise<BuildSession> {
  const id = randomUUID();
  const socket = await dial(engine, id);
  const server = new Server();
  const credentials: handleUnaryCall<Buffer, Buffer> = ({ request }, answer) =>
    answer(null, encodeLogin(logins[registryHost(decodeHost(request))]));
  server.addService(SERVICE, {
    credentials,
    health: (_call: unknown, answer: (error: null, value: Buffer) => void) => answer(null, SERVING),
  });
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(socket);
  return {
    id,
    close() {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

function dial(engine: Engine, id: string): Promise<Duplex> {
  const modem = engine.docker.modem as {
    dial(options: object, done: (error: Error | null, socket: Duplex) => void): void;
  };
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        method: "POST",
        path: "/session",
        hijack: true,
        headers: {
          Upgrade: "h2c",
          "X-Docker-Expose-Session-Uuid": id,
          "X-Docker-Expose-Session-Name": "pulumi-docker",
          "X-Docker-Expose-Session-Grpc-Method": Object.values(SERVICE).map(({ path }) => path),
        },
        statusCodes: { 200: true, 101: true, 500: "server error" },
      },
      (error, socket) => (error ? reject(error) : resolve(socket)),
    );
  });
}

function decodeHost(request: Buffer): string {
  const reader = new BinaryReader(new Uint8Array(request));
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) return reader.readString();
    reader.skipField();
  }
  return "";
}

function encodeLogin(login: RegistryLogin | undefined): Buffer {
  const writer = new BinaryWriter();
  if (login) {
    writer.writeString(1, login.username);
    writer.writeString(2, login.password);
  }
  return Buffer.from(writer.getResultBuffer());
}
