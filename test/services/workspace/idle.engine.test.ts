import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WorkspaceLab } from "./lab";

jest.setTimeout(60_000);

/** A minute of the settings lasts a second here; each waits most of its time, so that they go side by side. */
function inLab(test: (lab: WorkspaceLab) => Promise<void>): () => Promise<void> {
  return async () => {
    const lab = new WorkspaceLab();
    try {
      await test(lab);
    } finally {
      await lab.dispose();
    }
  };
}

describe("idleness", () => {
  it.concurrent(
    "is warned of, and ends the workspace with 0 and a mark for what runs beside it",
    inLab(async (lab) => {
      await lab.prepare({ idleStop: { afterMinutes: 4, warnMinutes: 2 } });
      lab.start({}, 1_000);
      const { code } = await lab.end();
      expect(code).toBe(0);
      expect(lab.output).toMatch(
        /warn {2}idle: Workspace lab is idle and stops in 2 minutes[^]*idle: nobody used it for 4 min/,
      );
      expect(fs.existsSync(lab.paths.stoppedMarker)).toBe(true);
    }),
  );

  it.concurrent(
    "is not when somebody is connected, and begins when they go",
    inLab(async (lab) => {
      await lab.prepare({ idleStop: { afterMinutes: 3, warnMinutes: 1 } });
      lab.start({}, 1_000);
      await lab.healthy();
      const socket = net.connect(lab.editorPort, "127.0.0.1");
      await lab.until("use", async () =>
        (await lab.status()).idleStop.inUse.includes("1 connection to the editor"),
      );
      await sleep(3_500);
      expect((await lab.status()).idleStop.idleMinutes).toBe(0);
      socket.destroy();
      expect((await lab.end()).code).toBe(0);
    }),
  );

  it.concurrent(
    "waits as long as it is told to keep awake",
    inLab(async (lab) => {
      await lab.prepare({ idleStop: { afterMinutes: 3, warnMinutes: 1 } });
      lab.start({}, 1_000);
      await lab.healthy();
      expect((await lab.command("keep-awake", "60")).stdout).toMatch(/^kept awake until 2/);
      await sleep(4_000);
      expect((await lab.status()).idleStop.endsAt).toBeDefined();
      expect((await lab.command("keep-awake", "0")).stdout).toBe("may stop when idle\n");
      expect((await lab.end()).code).toBe(0);
    }),
  );

  it.concurrent(
    "never comes while a transfer is in flight",
    inLab(async (lab) => {
      const transfer = path.join(lab.root, "rsync");
      lab.write("rsync", `#!/bin/sh\nsleep 6\n`, 0o755);
      await lab.prepare({
        idleStop: { afterMinutes: 2, warnMinutes: 1 },
        repositories: [],
        dotfiles: { url: "https://127.0.0.1:1/dotfiles.git" },
      });
      // What a user left running, as a child of the editor.
      lab.write("opt/code-server/bin/code-server", editorThatRuns(lab, transfer), 0o755);
      lab.start({}, 1_000);
      await lab.healthy();
      await lab.until("the transfer", async () =>
        (await lab.status()).idleStop.inUse.includes("rsync is in flight"),
      );
      const { stdout, exitCode } = await lab.command("stop");
      expect([stdout, exitCode]).toEqual([
        "not stopped: rsync is in flight; wait for it, or 'stop --now'\n",
        1,
      ]);
      const since = performance.now();
      expect((await lab.end()).code).toBe(0);
      expect(performance.now() - since).toBeGreaterThan(1_000);
    }),
  );
});

function editorThatRuns(lab: WorkspaceLab, program: string): string {
  return lab
    .read("opt/code-server/bin/code-server")
    .replace(
      "const { spawn }",
      `require("node:child_process").spawn("${program}", { stdio: "ignore" });\nconst { spawn }`,
    );
}
