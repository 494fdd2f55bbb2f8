import { nameWithoutTag, parseImageName } from "../../../plugins/docker/engine/image-name";

test.each([
  ["nginx", { registry: "docker.io", repository: "library/nginx", tag: "latest", qualified: false }],
  ["team/app:v1", { registry: "docker.io", repository: "team/app", tag: "v1", qualified: false }],
  ["docker.io/team/app", { registry: "docker.io", repository: "team/app", tag: "latest", qualified: true }],
  ["localhost/app", { registry: "localhost", repository: "app", tag: "latest", qualified: true }],
  ["127.0.0.1:5000/app", { registry: "127.0.0.1:5000", repository: "app", tag: "latest", qualified: true }],
  [
    "registry.example.com:5000/team/sub/app:v2",
    { registry: "registry.example.com:5000", repository: "team/sub/app", tag: "v2", qualified: true },
  ],
])("takes %s apart", (reference, expected) => {
  expect(parseImageName(reference)).toMatchObject(expected);
});

test("a digest stands for itself, so that no tag is made up", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  expect(parseImageName(`example.com/app@${digest}`)).toMatchObject({ digest, tag: undefined });
  expect(parseImageName(`example.com/app:v1@${digest}`)).toMatchObject({ digest, tag: "v1" });
});

test("the name without its tag keeps the registry's port", () => {
  expect(nameWithoutTag("127.0.0.1:5000/app:v1")).toBe("127.0.0.1:5000/app");
  expect(nameWithoutTag("127.0.0.1:5000/app")).toBe("127.0.0.1:5000/app");
  expect(nameWithoutTag(`app@sha256:${"a".repeat(64)}`)).toBe("app");
});
