import { Refused } from "../../../../services/gateway/rules/refusals";
import { formatTarget, parseTarget } from "../../../../services/gateway/rules/request-target";
import { parseStrictJson } from "../../../../services/gateway/rules/strict-json";
import { ask, refused } from "./engine-model";

describe("a request target", () => {
  it("is read with and without a version", () => {
    expect(parseTarget("/v1.41/containers/json?all=1&size=")).toEqual({
      version: "/v1.41",
      path: "/containers/json",
      query: [
        ["all", "1"],
        ["size", ""],
      ],
    });
    expect(parseTarget("/_ping")).toEqual({ version: "", path: "/_ping", query: [] });
  });

  it("is decoded once, and encoded again", () => {
    const { path, query } = parseTarget("/images/a%3Ab/json?name=a+b%26c%3D%2B");
    expect(path).toBe("/images/a:b/json");
    expect(query).toEqual([["name", "a b&c=+"]]);
    expect(formatTarget("/v1.41", path, query)).toBe("/v1.41/images/a:b/json?name=a%20b%26c%3D%2B");
  });

  it.each([
    "/v1.24/info",
    "/v1.40/info",
    "/v1.57/info",
    "/v1.410/info",
    "/v1.041/info",
    "/v2.41/info",
    "/v1/info",
    "/V1.41/info",
  ])("%s lies outside the versions, and the message says how to get inside", async (target) => {
    expect(await refused("GET", target)).toMatchObject({ status: 400, reason: "api-version" });
  });

  it.each([
    ...[
      "",
      "info",
      "*",
      "http://h/info",
      "//info",
      "/a//b",
      "/info/",
      "/./info",
      "/a/../info",
      "/a%2fb",
      "/a%2Eb",
      "/a%00",
    ],
    ...[
      "/a b",
      "/a\u00e9",
      "/info#x",
      "/info?a;b",
      "/info?=1",
      "/info?&",
      "/info?a=%zz",
      "/info?a=%c0%af",
      "/info?a=%00",
      "/a\\b",
      "/a;b",
    ],
  ])("%j is refused", (target) => {
    expect(() => parseTarget(target)).toThrow(Refused);
  });
});

describe("a JSON body", () => {
  it.each<[string, unknown]>([
    ['{"a":{"b":[1,"x",null,true]},"c":{"b":2}}', { a: { b: [1, "x", null, true] }, c: { b: 2 } }],
    ['  {"\\u0041":"\\ud83d\\ude00"} ', { A: "\u{1f600}" }],
  ])("%s is read", (text, value) => {
    expect(parseStrictJson(Buffer.from(text))).toEqual(value);
  });

  it.each([
    ...[
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '[{"x":{"a":1,"a":1}}]',
      '{"__proto__":{}}',
      '{"a":{"__proto__":1}}',
    ],
    ...[
      '{"a":"\\u0000"}',
      '{"a":"\\ud800"}',
      '{"\\udc00":1}',
      '{"a":1e999}',
      "{} {}",
      "{}x",
      "\ufeff{}",
      "{'a':1}",
      "{a:1}",
      "",
      "//x\n{}",
    ],
    "[".repeat(30) + "]".repeat(30),
    '{"a":'.repeat(100_000),
  ])("%.40j is refused", (text) => {
    expect(() => parseStrictJson(Buffer.from(text))).toThrow(Refused);
  });

  it("is refused where it is no UTF-8", () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(Refused);
  });

  it("goes on as it was read, not as it came", async () => {
    const decision = await ask("POST", "/volumes/create", { body: '{ "Na\\u006de" : "x",\n"Driver":"" }' });
    expect(decision.kind === "allow" && decision.body?.toString()).toBe(
      '{"Name":"berth-dev-01-x","Driver":"local","Labels":{"berth.env":"dev","berth.owner":"01","berth.stack":"berth-dev","berth.via":"gateway"}}',
    );
  });

  it.each(["text/plain", "application/json;charset=latin1", "application/x-www-form-urlencoded"])(
    "is refused as %s",
    async (type) => {
      const { message } = await refused("POST", "/volumes/create", {
        body: { Name: "x" },
        headers: { "content-type": type },
      });
      expect(message).toContain("content-type");
    },
  );

  it("is refused with a second header of a kind that frames it", async () => {
    const { status } = await refused("POST", "/volumes/create", {
      body: {},
      headers: { "content-type": ["application/json", "text/plain"] },
    });
    expect(status).toBe(400);
  });
});
