import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { decodeProperties } from "../../../plugins/kit/decode";
import { encodeProperties } from "../../../plugins/kit/encode";
import * as signatures from "../../../plugins/kit/signatures";
import { Archive, Asset, UNKNOWN } from "../../../plugins/kit/types";

const KEY = signatures.SIGNATURE_KEY;

function decode(properties: Record<string, JavaScriptValue>) {
  return decodeProperties(Struct.fromJavaScript(properties));
}

describe("the wire format", () => {
  it("uses the signatures of the SDK", () => {
    expect(signatures).toMatchObject({
      SIGNATURE_KEY: rpc.specialSigKey,
      SECRET_SIGNATURE: rpc.specialSecretSig,
      ASSET_SIGNATURE: rpc.specialAssetSig,
      ARCHIVE_SIGNATURE: rpc.specialArchiveSig,
      OUTPUT_VALUE_SIGNATURE: rpc.specialOutputValueSig,
      RESOURCE_REFERENCE_SIGNATURE: rpc.specialResourceSig,
      UNKNOWN_SENTINEL: rpc.unknownValue,
    });
  });

  it("unwraps secrets at any depth and remembers which property had one", () => {
    const secret = { [KEY]: signatures.SECRET_SIGNATURE, value: "x" };
    const decoded = decode({ plain: "p", direct: secret, deep: { list: [1, secret] } });
    expect(decoded.values).toEqual({ plain: "p", direct: "x", deep: { list: [1, "x"] } });
    expect(decoded.secretNames).toEqual(new Set(["direct", "deep"]));
  });

  it("reads output values: known, secret, unknown", () => {
    const output = { [KEY]: signatures.OUTPUT_VALUE_SIGNATURE };
    const decoded = decode({
      a: { ...output, value: 1 },
      b: { ...output, value: 2, secret: true },
      c: output,
    });
    expect(decoded.values).toEqual({ a: 1, b: 2, c: UNKNOWN });
    expect([...decoded.secretNames]).toEqual(["b"]);
  });

  it("reads every kind of unknown", () => {
    const values = Object.values(
      decode(
        Object.fromEntries(
          [...signatures.UNKNOWN_SENTINELS].map((text, index) => [`p${index}`, text as string]),
        ),
      ).values,
    );
    expect(values).toEqual(Array(7).fill(UNKNOWN));
  });

  it("carries assets, archives and resource references there and back", () => {
    const given = {
      text: { [KEY]: signatures.ASSET_SIGNATURE, text: "hello", hash: "h" },
      elided: { [KEY]: signatures.ASSET_SIGNATURE, hash: "h" },
      folder: { [KEY]: signatures.ARCHIVE_SIGNATURE, path: "/tmp/x", hash: "h" },
      named: {
        [KEY]: signatures.ARCHIVE_SIGNATURE,
        assets: { a: { [KEY]: signatures.ASSET_SIGNATURE, path: "/tmp/a" } },
      },
      resource: { [KEY]: signatures.RESOURCE_REFERENCE_SIGNATURE, urn: "urn:pulumi:a::b::c::d", id: "i" },
    };
    const { values } = decode(given);
    expect(values["text"]).toEqual(new Asset({ text: "hello", hash: "h" }));
    expect(values["named"]).toEqual(new Archive({ assets: { a: new Asset({ path: "/tmp/a" }) } }));
    expect(encodeProperties(values, new Set()).toJavaScript()).toEqual(given);
  });

  it("wraps the named properties as a whole", () => {
    const encoded = encodeProperties({ a: [1, UNKNOWN], b: null, c: UNKNOWN }, new Set(["a", "c"]));
    expect(encoded.toJavaScript()).toEqual({
      a: { [KEY]: signatures.SECRET_SIGNATURE, value: [1, signatures.UNKNOWN_SENTINEL] },
      b: null,
      c: { [KEY]: signatures.SECRET_SIGNATURE, value: signatures.UNKNOWN_SENTINEL },
    });
  });
});
