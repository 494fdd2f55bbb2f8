/**
 * Runs in a network namespace of its own, where there is nothing: one port of the loopback interface leads out, through a socket in the
 * file system, to the gateway. Starts `berth open` and `berth forward`, uses what they open, and prints what it saw.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as net from "node:net";
import { WebSocket } from "ws";

const [bundle = "", relay = "", gatewayPort = "", outside = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  net
    .createServer({ allowHalfOpen: true }, (client) => {
      const out = net.connect({ path: relay, allowHalfOpen: true });
      for (const socket of [client, out]) socket.on("error", () => [client, out].map((one) => one.destroy()));
      client.pipe(out).pipe(client);
    })
    .listen(Number(gatewayPort), "127.0.0.1");
  const opened = await berth("open", "shop", "--json");
  const openedPage = await (await fetch(opened.url)).text();
  const forwarded = await berth("forward", "shop", "--json");
  const seen = {
    others: await reason(outside),
    opened: { ...opened.fact, page: openedPage },
    page: await (await fetch(`${forwarded.url}page`)).text(),
    pages: await Promise.all(
      Array.from({ length: 12 }, async (_, index) => (await fetch(`${forwarded.url}${index}`)).text()),
    ),
    big: await checksum(`${forwarded.url}big`),
    webSocket: await echo(forwarded.url.replace("http", "ws")),
    halfClosed: await halfClosed(forwarded.port),
    exitCodes: [await end(opened.child), await end(forwarded.child)],
  };
  process.stdout.write(JSON.stringify(seen));
}

interface Opened {
  child: ChildProcess;
  fact: object;
  url: string;
  port: number;
}

/** Starts a command that prints where it listens, and goes on. */
async function berth(...words: string[]): Promise<Opened> {
  const child = spawn("node", [bundle, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.endsWith("}\n")) break;
  }
  const fact = JSON.parse(text) as { url: string };
  return { child, fact, url: fact.url, port: Number(new URL(fact.url).port) };
}

async function end(child: ChildProcess): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill("SIGINT");
  return ((await exit) as [number | null])[0];
}

/** Why an address cannot be reached from here. */
async function reason(address: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = net.connect(Number(port), hostname);
  return once(socket, "connect").then(
    () => "connected",
    (error: NodeJS.ErrnoException) => error.code ?? "",
  );
}

async function checksum(url: string): Promise<string> {
  const body = Buffer.from(await (await fetch(url)).arrayBuffer());
  return createHash("sha256").update(body).digest("hex");
}

async function echo(url: string): Promise<string> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  const answers: string[] = [];
  for (const word of ["one", "two"]) {
    socket.send(word);
    const [data] = (await once(socket, "message")) as [Buffer];
    answers.push(data.toString());
  }
  // As a laptop that is switched off: no goodbye in the protocol.
  socket.terminate();
  return answers.join(", ");
}

/** A client that says all it has to say, ends its side, and waits for the answer. */
async function halfClosed(port: number): Promise<string> {
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end("GET /slow HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text.split("\r\n\r\n")[1] ?? "";
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
