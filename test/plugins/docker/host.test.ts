import { parseHost } from "../../../plugins/docker/engine/host";

test("a unix address is a socket", () => {
  expect(parseHost("unix:///var/run/docker.sock", false)).toEqual({
    kind: "socket",
    path: "/var/run/docker.sock",
  });
});

test("a tcp address is plain without certificates, and TLS with them", () => {
  expect(parseHost("tcp://example.com:1234", false)).toEqual({
    kind: "network",
    host: "example.com",
    port: 1234,
    tls: false,
  });
  expect(parseHost("tcp://example.com:1234", true)).toMatchObject({ tls: true });
});

test("a port that is left out is the engine's usual one", () => {
  expect(parseHost("tcp://example.com", false)).toMatchObject({ port: 2375 });
  expect(parseHost("tcp://example.com", true)).toMatchObject({ port: 2376 });
});

test("an IPv6 address stands in brackets", () => {
  expect(parseHost("tcp://[::1]:2376", true)).toMatchObject({ host: "::1", port: 2376 });
});

test("https is TLS also without client certificates", () => {
  expect(parseHost("https://example.com:2376", false)).toMatchObject({ tls: true });
});

test.each([
  ["example.com:2376", /"example.com:2376" is not an address of an engine.*unix:\/\//s],
  ["unix://", /names no socket/],
  ["ssh://root@example.com", /does not connect over ssh.*ssh -nNT -L/s],
  ["tcp://", /not an address/],
])("refuses %s and says which forms work", (host, message) => {
  expect(() => parseHost(host, false)).toThrow(message);
});

test("certificates with http:// are a contradiction that is told", () => {
  expect(() => parseHost("http://example.com:2375", true)).toThrow(/http:\/\/ never uses them/);
});
