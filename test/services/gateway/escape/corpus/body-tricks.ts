import type { EscapeCase } from "./escape-case";

const target = "/v1.41/containers/create?name=escape";
const hostile = '{"Image":"berth-base:trixie","HostConfig":{"Privileged":true}}';
const plain = '{"Image":"berth-base:trixie","HostConfig":{"Privileged":false}}';

const bodies: [name: string, body: string | Buffer, expect: number][] = [
  [
    "key twice, the second hostile",
    '{"Image":"berth-base:trixie","HostConfig":{"Privileged":false,"Privileged":true}}',
    400,
  ],
  [
    "key twice, the first hostile",
    '{"Image":"berth-base:trixie","HostConfig":{"Privileged":true,"Privileged":false}}',
    400,
  ],
  [
    "key twice by an escape",
    '{"Image":"berth-base:trixie","HostConfig":{"Privileged":false,"\\u0050rivileged":true}}',
    400,
  ],
  ["object twice", '{"Image":"berth-base:trixie","HostConfig":{},"HostConfig":{"Privileged":true}}', 400],
  ["second value behind the first", `${plain}${hostile}`, 400],
  ["second value on the next line", `${plain}\n${hostile}`, 400],
  ["byte order mark", `\ufeff${plain}`, 400],
  ["UTF-16", Buffer.from(hostile, "utf16le"), 400],
  [
    "invalid UTF-8 in a key",
    Buffer.concat([
      Buffer.from('{"Image":"berth-base:trixie","Host'),
      Buffer.from([0xff]),
      Buffer.from('Config":{}}'),
    ]),
    400,
  ],
  [
    "overlong UTF-8",
    Buffer.concat([
      Buffer.from('{"Image":"berth-base:trixie","User":"'),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from('"}'),
    ]),
    400,
  ],
  ["half a surrogate pair", '{"Image":"berth-base:trixie","User":"\\ud800"}', 400],
  ["NUL in a value", '{"Image":"berth-base:trixie","WorkingDir":"/\\u0000"}', 400],
  ["__proto__", '{"Image":"berth-base:trixie","__proto__":{"HostConfig":{"Privileged":true}}}', 400],
  [
    "__proto__ in the host config",
    '{"Image":"berth-base:trixie","HostConfig":{"__proto__":{"Privileged":true}}}',
    400,
  ],
  ["constructor", '{"Image":"berth-base:trixie","constructor":{"prototype":{"Privileged":true}}}', 403],
  ["comment", `{/* */"Image":"berth-base:trixie"}`, 400],
  ["trailing comma", '{"Image":"berth-base:trixie",}', 400],
  ["single quotes", "{'Image':'berth-base:trixie'}", 400],
  ["NaN", '{"Image":"berth-base:trixie","HostConfig":{"Memory":NaN}}', 400],
  ["number out of range", '{"Image":"berth-base:trixie","HostConfig":{"Memory":1e999}}', 400],
  ["deep nesting", `{"Image":"berth-base:trixie","Labels":${'{"a":'.repeat(5000)}1${"}".repeat(5001)}`, 400],
  ["list", `[${hostile}]`, 400],
  ["text", JSON.stringify(hostile), 400],
  ["null", "null", 400],
  ["nothing", "", 400],
  [
    "just above 1 MiB",
    `{"Image":"berth-base:trixie","HostConfig":{"Privileged":true},"Env":["${"x".repeat(1024 * 1024)}"]}`,
    413,
  ],
  ["4 MiB of blanks before the rest", `${" ".repeat(4 * 1024 * 1024)}${hostile}`, 413],
];

const headers: [name: string, headers: Record<string, string>, expect: number][] = [
  ["no content type", { "Content-Type": "" }, 400],
  ["form", { "Content-Type": "application/x-www-form-urlencoded" }, 400],
  ["plain text", { "Content-Type": "text/plain" }, 400],
  ["another charset", { "Content-Type": "application/json; charset=utf-16" }, 400],
  ["two types in one", { "Content-Type": "application/json, text/plain" }, 400],
  ["gzip", { "Content-Type": "application/json", "Content-Encoding": "gzip" }, 400],
];

const smuggled = (lines: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${lines}`;
const raw: [name: string, raw: string][] = [
  ["two lengths", smuggled(`Content-Length: 2\r\nContent-Length: ${hostile.length}\r\n\r\n${hostile}`)],
  [
    "length and chunks",
    smuggled(`Content-Length: ${hostile.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hostile}`),
  ],
  [
    "chunks named twice",
    smuggled(`Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`),
  ],
  ["chunks with a blank before the colon", smuggled(`Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`)],
  ["odd chunk size", smuggled(`Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`)],
  ["signed length", smuggled(`Content-Length: +2\r\n\r\n{}`)],
  ["header folded", smuggled(`Content-Length:\r\n 2\r\n\r\n{}`)],
  [
    "line ends without a return",
    `GET /v1.41/images/json HTTP/1.1\nHost: x\nX: a\n\nPOST ${target} HTTP/1.1\nHost: x\n\n`,
  ],
  ["HTTP/0.9", `GET /containers/json\r\n\r\n`],
  ["HTTP/2 by its preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
];

export const bodyTricks: EscapeCase[] = [
  ...bodies.map(([name, body, expect]): EscapeCase => ({
    name: `body: ${name}`,
    method: "POST",
    target,
    headers: { "Content-Type": "application/json" },
    body,
    expect,
  })),
  ...headers.map(([name, fields, expect]): EscapeCase => ({
    name: `body: ${name}`,
    method: "POST",
    target,
    headers: fields,
    body: plain,
    expect,
  })),
  ...raw.map(([name, text]): EscapeCase => ({
    name: `framing: ${name}`,
    method: "",
    target: "",
    raw: text,
    expect: "dropped",
  })),
  {
    name: "body of start: a host config",
    method: "POST",
    target: "/v1.41/containers/$A/start",
    body: { Binds: ["/:/host"] },
    expect: 400,
  },
  {
    name: "body of start: empty object",
    method: "POST",
    target: "/v1.41/containers/$A/start",
    body: "{}",
    expect: 400,
  },
  { name: "body of a read", method: "GET", target: "/v1.41/containers/json", body: "{}", expect: 400 },
  {
    name: "upgrade of a read",
    method: "GET",
    target: "/v1.41/containers/json",
    headers: { Connection: "Upgrade", Upgrade: "tcp" },
    expect: 400,
  },
  {
    name: "upgrade of create",
    method: "POST",
    target,
    headers: { Connection: "Upgrade", Upgrade: "h2c", "Content-Type": "application/json" },
    body: hostile,
    expect: 400,
  },
];
