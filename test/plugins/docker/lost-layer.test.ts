import { despiteLostLayers } from "../../../plugins/docker/image/lost-layer";

const ID = `sha256:${"c6".repeat(32)}`;
const cannot = (why: string): Error =>
  new Error(`image "shop:latest" cannot be built at unix:///engine: ${why}`);

function builder(...failures: Error[]): { build: () => Promise<string>; builds: () => number } {
  let builds = 0;
  return {
    build: () => {
      const failure = failures[builds++];
      return failure ? Promise.reject(failure) : Promise.resolve("built");
    },
    builds: () => builds,
  };
}

describe("a build whose cached layers somebody removes meanwhile", () => {
  it.each([
    [`unable to find image "${ID}"`],
    [`No such image: ${ID}`],
    [`failed to get digest ${ID}: open /var/lib/docker/image/content: no such file or directory`],
  ])("is done again: %s", async (message) => {
    const { build, builds } = builder(cannot(message), cannot(message));
    let told = 0;
    expect(await despiteLostLayers(build, new AbortController().signal, () => (told += 1))).toBe("built");
    expect([builds(), told]).toEqual([3, 2]);
  });

  it("fails with the engine's words when it goes on", async () => {
    const lost = cannot(`unable to find image "${ID}"`);
    const { build, builds } = builder(lost, lost, lost, lost);
    await expect(despiteLostLayers(build, new AbortController().signal, () => undefined)).rejects.toBe(lost);
    expect(builds()).toBe(3);
  });

  it.each([["The command '/bin/sh -c exit 1' returned a non-zero code: 1"], ["No such image: debian:13"]])(
    "is no other failure: %s",
    async (message) => {
      const { build, builds } = builder(cannot(message));
      await expect(despiteLostLayers(build, new AbortController().signal, () => undefined)).rejects.toThrow(
        message,
      );
      expect(builds()).toBe(1);
    },
  );

  it("is not repeated once it was cancelled", async () => {
    const { build, builds } = builder(cannot(`unable to find image "${ID}"`));
    await expect(despiteLostLayers(build, AbortSignal.abort(), () => undefined)).rejects.toThrow(ID);
    expect(builds()).toBe(1);
  });
});
