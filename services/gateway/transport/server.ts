import { constants } from "node:crypto";
import { ServerResponse, type IncomingMessage } from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { log } from "../../shared/log";
import { handle, type Stations } from "./handler";
import { refuseRaw } from "./refuse";

/** What the server shows to callers and what it takes of them. */
export interface ServerIdentity {
  certificatePem: string;
  keyPem: string;
  /** What client certificates must lead to. */
  authoritiesPem: string[];
  minimumTls: "1.3" | "1.2";
}

/** AES with the shorter key first, as the engine's own endpoint prefers it: the longer one costs a quarter of the throughput. */
const CIPHERS = [
  ...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
  ...["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"],
].join(":");

const HEADERS_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const LARGEST_HEADERS_BYTES = 16 * 1024;
/** Docker's clients let an idle connection go after 30 s; the gateway waits longer, so that none is closed under a new request. */
const IDLE_MS = 65_000;
const TCP_KEEP_ALIVE_MS = 15_000;
const MOST_CONNECTIONS = 4_096;

function tlsOptions({
  certificatePem,
  keyPem,
  authoritiesPem,
  minimumTls,
}: ServerIdentity): https.ServerOptions {
  return {
    ...{ cert: certificatePem, key: keyPem, ca: authoritiesPem },
    minVersion: minimumTls === "1.3" ? "TLSv1.3" : "TLSv1.2",
    ciphers: CIPHERS,
    // No session outlives its connection, and the certificate of a connection is read once.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** Takes new certificates and authorities into use for the connections to come. */
export function renewIdentity(server: https.Server, identity: ServerIdentity): void {
  server.setSecureContext(tlsOptions(identity));
}

/** The TLS server. Every request is judged by `handle`; what is none is answered here and ends its connection. */
export function createServer(identity: ServerIdentity, stations: Stations): https.Server {
  const server = https.createServer({
    ...tlsOptions(identity),
    requestCert: true,
    // A refused handshake shows as a broken connection; the admission refuses with words instead, before anything else is looked at.
    rejectUnauthorized: false,
    // `docker exec` ends its sending side at once and goes on reading.
    ...{ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS },
    ...{
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: IDLE_MS,
    },
    // Uploads take as long as they take; bodies that are read whole have a limit of their own.
    ...{ requestTimeout: 0, connectionsCheckingInterval: 2_000 },
    ...{ insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: LARGEST_HEADERS_BYTES },
    ALPNProtocols: ["http/1.1"],
  } as https.ServerOptions);
  server.maxConnections = MOST_CONNECTIONS;
  // Beyond the count Node would leave headers out instead of refusing; the size is limited anyway.
  server.maxHeadersCount = 0;
  // An error of one connection is followed by its "close", which everything listens to.
  server.on("secureConnection", (socket) => socket.on("error", () => undefined));
  const latest = new WeakMap<Socket, ServerResponse>();
  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    // A second request before the first one's answer: no Docker client does so, and it is what smuggling is made of.
    const busy = latest.get(request.socket)?.writableEnded === false;
    latest.set(request.socket, response);
    if (busy) return void request.socket.destroy();
    void handle(stations, request, response, { expectsContinue });
  };
  server.on("request", (request, response) => serve(request, response, false));
  server.on("checkContinue", (request, response) => serve(request, response, true));
  server.on("checkExpectation", (request: IncomingMessage) => {
    refuseRaw(
      request.socket,
      417,
      "Expectation Failed",
      "the only Expect that the gateway knows is 100-continue",
    );
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (latest.get(socket)?.writableEnded === false) return void socket.destroy();
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // After the answer nothing more is read as HTTP from this connection.
    response.once("finish", () => socket.end());
    void handle(stations, request, response, { head });
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    refuseRaw(socket, 405, "Method Not Allowed", "the gateway is no proxy: CONNECT is refused");
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    stations.metrics.malformed();
    answerClientError(error, socket as Socket);
  });
  server.on("tlsClientError", (error) => log("info", "a TLS handshake failed", { error: error.message }));
  return server;
}

function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === "HPE_HEADER_OVERFLOW") {
    return refuseRaw(socket, 431, "Request Header Fields Too Large", "the request's headers are too long");
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return refuseRaw(socket, 408, "Request Timeout", "the request's headers did not come in time");
  }
  refuseRaw(socket, 400, "Bad Request", `this is no HTTP/1.1 request (${code ?? "unknown"})`);
}
