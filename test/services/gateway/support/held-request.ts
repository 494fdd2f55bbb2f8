import * as https from "node:https";
import type { IssuedCertificate } from "./certificates";
import type { GatewayBench } from "./gateway-bench";

/** Long-lived requests of every way in which bytes can flow. */
export const HELD_KINDS = ["logs", "events", "attach", "exec", "upload"] as const;
export type HeldKind = (typeof HELD_KINDS)[number];

/** A request that is under way and tells when it is taken away. */
export interface HeldRequest {
  /** Whether it still is under way. */
  open: () => boolean;
  /** Resolves with `performance.now()` of its end. */
  ended: Promise<number>;
  destroy(): void;
}

const UPGRADE = { Connection: "Upgrade", Upgrade: "tcp" };
const UPLOAD_BEGINS_MS = 300;

/** Begins a request and returns when its stream is open. */
export async function hold(
  bench: GatewayBench,
  certificate: IssuedCertificate,
  container: string,
  kind: HeldKind,
): Promise<HeldRequest> {
  const options = {
    agent: false,
    ...bench.tlsOptions(certificate),
    ...(await request(bench, certificate, container, kind)),
  };
  const asked = https.request(options as https.RequestOptions);
  let endedMs: number | undefined;
  const ended = new Promise<number>((resolve) => {
    const end = (): void => resolve((endedMs ??= performance.now()));
    asked.on("error", end);
    asked.on("socket", (socket) => socket.on("close", end));
  });
  const begun = new Promise<void>((resolve) => {
    asked.once("response", (answer) => {
      answer.on("error", () => undefined).resume();
      resolve();
    });
    asked.once("upgrade", (_answer, socket) => {
      socket.on("error", () => undefined).resume();
      resolve();
    });
    // An upload has no answer before its end.
    if (kind === "upload") setTimeout(resolve, UPLOAD_BEGINS_MS);
  });
  if (kind === "upload") asked.write("begin");
  else asked.end(kind === "exec" ? JSON.stringify({ Detach: false, Tty: false }) : undefined);
  await Promise.race([begun, ended]);
  return { open: () => endedMs === undefined, ended, destroy: () => asked.destroy() };
}

async function request(
  bench: GatewayBench,
  certificate: IssuedCertificate,
  container: string,
  kind: HeldKind,
): Promise<https.RequestOptions> {
  const json = { "Content-Type": "application/json" };
  const at = (rest: string): string => `/v1.41/containers/${container}/${rest}`;
  switch (kind) {
    case "logs":
      return { path: at("logs?stdout=1&follow=1") };
    case "events":
      return { path: "/v1.41/events" };
    case "attach":
      return { method: "POST", path: at("attach?stream=1&stdout=1"), headers: UPGRADE };
    case "upload":
      return { method: "PUT", path: at("archive?path=/tmp") };
    case "exec": {
      const body = JSON.stringify({ AttachStdout: true, AttachStdin: true, Cmd: ["sleep", "60"] });
      const made = await bench.ask(certificate, at("exec"), { method: "POST", headers: json, body });
      const { Id: id } = JSON.parse(made.body) as { Id: string };
      return { method: "POST", path: `/v1.41/exec/${id}/start`, headers: { ...UPGRADE, ...json } };
    }
  }
}
