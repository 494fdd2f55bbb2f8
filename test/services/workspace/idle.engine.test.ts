import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { WorkspaceLab } from "./lab";

/** A minute of the settings lasts a second here. */
const MINUTE_MS = 1_000;

let lab: WorkspaceLab;
beforeEach(() => (lab = new WorkspaceLab()));
afterEach(() => lab.dispose());

it("an idle workspace says so, and ends with 0 and a mark for what runs beside it", async () => {
  await lab.prepare({ idleStop: { afterMinutes: 6, warnMinutes: 3 } });
  lab.start({}, MINUTE_MS);
  const { code } = await lab.end();
  expect(code).toBe(0);
  expect(lab.output).toMatch(
    /idle: Workspace lab is idle and stops in \d minutes?.*keep-awake[^]*nobody used it for \d+ min/,
  );
  expect(lab.read("run/berth/idle-notice")).toContain("'berth-workspace keep-awake' keeps it running");
  expect(fs.existsSync(lab.paths.stoppedMarker)).toBe(true);
});

it("connections and transfers are use, and a transfer keeps it from being stopped by mistake", async () => {
  const transfer = path.join(lab.root, "rsync");
  lab.write("rsync", `#!/bin/sh\nsleep 300\n`, 0o755);
  await lab.prepare({ idleStop: { afterMinutes: 600 } });
  // What a user left running, as a child of the editor.
  const editor = lab.read("opt/code-server/bin/code-server");
  const running = `require("node:child_process").spawn("${transfer}", { stdio: "ignore" });\nconst { spawn }`;
  lab.write("opt/code-server/bin/code-server", editor.replace("const { spawn }", running), 0o755);
  lab.start({}, MINUTE_MS);
  await lab.healthy();
  const socket = net.connect(lab.editorPort, "127.0.0.1");
  await lab.until("use", async () => {
    const { inUse, idleMinutes } = (await lab.status()).idleStop;
    const both = ["1 connection to the editor", "rsync is in flight"];
    return idleMinutes === 0 && both.every((what) => inUse.includes(what));
  });
  socket.destroy();
  expect(await lab.command("stop")).toMatchObject({
    stdout: "not stopped: rsync is in flight; wait for it, or 'stop --now'\n",
    exitCode: 1,
  });
  expect((await lab.command("keep-awake", "60")).stdout).toMatch(/^kept awake until 2/);
  expect((await lab.command("keep-awake", "0")).stdout).toBe("may stop when idle\n");
  expect((await lab.command("stop", "--now")).exitCode).toBe(0);
  expect((await lab.end()).code).toBe(0);
});
