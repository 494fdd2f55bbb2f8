import { request, type Agent } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";

/** A client certificate with its chain, and its key. */
export interface Identity {
  certPem: string;
  keyPem: string;
}

export interface Answer {
  status: number;
  text: string;
  /** Empty where the answer is no JSON. */
  json: Record<string, unknown>;
  retryAfter: string | undefined;
}

export interface Question {
  /** The only CA that is trusted. */
  caPem: string;
  json?: unknown;
  /** Instead of `json`: a body as it is. */
  body?: string;
  headers?: Record<string, string>;
  identity?: Identity;
  /** By default each request has a connection of its own. */
  agent?: Agent;
  method?: string;
}

/** Made once, since a crowd of a thousand would mostly read certificates. */
const contexts = new Map<string, SecureContext>();

function contextFor(caPem: string, identity: Identity | undefined): SecureContext {
  const key = caPem + (identity?.certPem ?? "");
  const context =
    contexts.get(key) ?? createSecureContext({ ca: caPem, cert: identity?.certPem, key: identity?.keyPem });
  contexts.set(key, context);
  return context;
}

/** Asks over TLS that is verified; a body makes it a POST. */
export function ask(url: string, question: Question): Promise<Answer> {
  const { caPem, identity, agent = false } = question;
  const body = question.body ?? (question.json === undefined ? undefined : JSON.stringify(question.json));
  const headers = { ...(body !== undefined && { "content-type": "application/json" }), ...question.headers };
  const method = question.method ?? (body === undefined ? "GET" : "POST");
  const tls = { secureContext: contextFor(caPem, identity) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...tls, agent, method, headers, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("error", reject);
      answer.on("end", () => {
        const isJson = answer.headers["content-type"]?.includes("json") ?? false;
        const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ status: answer.statusCode ?? 0, text, json, retryAfter: answer.headers["retry-after"] });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer from ${url} within 30 s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}
