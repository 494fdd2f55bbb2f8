import { BinaryWriter } from "google-protobuf";
import { ClassicLog } from "../../../plugins/docker/image/build-log";
import { BuildKitLog } from "../../../plugins/docker/image/buildkit-log";

describe("the classic builder's log", () => {
  test("shows steps and their output, and not the builder's own lines", () => {
    const log = new ClassicLog();
    const lines = [
      "Step 1/2 : FROM base\n",
      " ---> 0123456789ab\n",
      "Step 2/2 : RUN echo hi\n",
      " ---> Running in 0123456789ab\n",
      "h",
      "i\n",
    ].flatMap((stream) => log.add({ stream }));
    expect(lines).toEqual(["Step 1/2 : FROM base", "Step 2/2 : RUN echo hi", "hi"]);
  });

  test("counts steps from the cache and keeps the image's id", () => {
    const log = new ClassicLog();
    log.add({ stream: "Step 1/1 : RUN a\n ---> Using cache\n" });
    log.add({ aux: { ID: "sha256:1" } });
    expect(log).toMatchObject({ steps: 1, cachedSteps: 1, imageId: "sha256:1" });
  });

  test("blames the last step and gives its last lines without colours", () => {
    const log = new ClassicLog();
    log.add({ stream: "Step 1/2 : RUN a\nfine\n" });
    log.add({ stream: "Step 2/2 : RUN b\n\u001b[91mbroken\u001b[0m\nand more" });
    expect(log.failedStep()?.name).toBe("Step 2/2 : RUN b");
    expect(log.failedStep()?.tail()).toEqual(["broken", "and more"]);
  });

  test("keeps only the last lines of a long step", () => {
    const log = new ClassicLog();
    log.add({ stream: "Step 1/1 : RUN a\n" });
    for (let line = 1; line <= 100; line++) log.add({ stream: `line ${line}\n` });
    expect(log.failedStep()?.tail()).toHaveLength(20);
    expect(log.failedStep()?.tail().at(-1)).toBe("line 100");
  });
});

describe("BuildKit's log", () => {
  interface Step {
    digest: string;
    name: string;
    cached?: boolean;
    started?: boolean;
    error?: string;
  }

  /** A trace message as the engine sends it. */
  function trace(steps: Step[], outputs: { step: string; text: string }[] = []) {
    const writer = new BinaryWriter();
    for (const step of steps) {
      writer.writeMessage(1, step, (value: Step, inner: BinaryWriter) => {
        inner.writeString(1, value.digest);
        inner.writeString(3, value.name);
        inner.writeBool(4, value.cached ?? false);
        if (value.started ?? true) inner.writeBytes(5, new Uint8Array([8, 1]));
        if (value.error) inner.writeString(7, value.error);
      });
    }
    for (const output of outputs) {
      writer.writeMessage(3, output, (value: (typeof outputs)[0], inner: BinaryWriter) => {
        inner.writeString(1, value.step);
        inner.writeInt64(3, 1);
        inner.writeBytes(4, Buffer.from(value.text));
      });
    }
    return { id: "moby.buildkit.trace", aux: writer.getResultBase64String() };
  }

  test("shows each step once, when it starts, and its output", () => {
    const log = new BuildKitLog();
    const step = { digest: "d1", name: "[1/2] RUN echo hi" };
    expect(log.add(trace([{ ...step, started: false }]))).toEqual([]);
    expect(log.add(trace([step]))).toEqual(["[1/2] RUN echo hi"]);
    expect(log.add(trace([step], [{ step: "d1", text: "hi\n" }]))).toEqual(["hi"]);
  });

  test("leaves BuildKit's internal steps out, and says which come from the cache", () => {
    const log = new BuildKitLog();
    expect(log.add(trace([{ digest: "d0", name: "[internal] load build context" }]))).toEqual([]);
    expect(log.add(trace([{ digest: "d1", name: "[1/1] RUN a", cached: true }]))).toEqual([
      "[1/1] RUN a (cached)",
    ]);
    expect(log).toMatchObject({ steps: 1, cachedSteps: 1 });
  });

  test("blames the step that failed and not those that fell with it", () => {
    const log = new BuildKitLog();
    log.add(
      trace(
        [
          { digest: "d1", name: "[a] RUN x" },
          { digest: "d2", name: "[b] RUN y" },
        ],
        [{ step: "d2", text: "boom\n" }],
      ),
    );
    log.add(trace([{ digest: "d1", name: "[a] RUN x", error: "context canceled" }]));
    log.add(trace([{ digest: "d2", name: "[b] RUN y", error: "exit code: 1" }]));
    expect(log.failedStep()?.name).toBe("[b] RUN y");
    expect(log.failedStep()?.tail()).toEqual(["boom"]);
  });

  test("keeps the image's id", () => {
    const log = new BuildKitLog();
    log.add({ id: "moby.image.id", aux: { ID: "sha256:1" } });
    expect(log.imageId).toBe("sha256:1");
  });
});
