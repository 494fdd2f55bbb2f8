import { spawn } from "node:child_process";
import { once } from "node:events";
import { endTransports, parseProcesses, transportsTo } from "../../cli/mutagen/transports";

const CONTAINER = "berth-dev-01-sync";
const AGENT = ".mutagen/agents/0.18.1/mutagen-agent synchronizer --log-level=info";
const exec = (container: string, words = AGENT): string =>
  `/usr/bin/docker exec --interactive --user 10001 ${container} ${words}`;

it("finds the commands by which Mutagen talks to a container, and no others", () => {
  const lines = [
    exec(CONTAINER),
    exec("berth-dev-010-sync"),
    exec(CONTAINER, "sh"),
    `less ${CONTAINER} ${AGENT}`,
    "",
  ];
  const all = lines.map((line, index) => ({ pid: index + 2, line }));
  expect(transportsTo(CONTAINER, all).map(({ pid }) => pid)).toEqual([2]);
});

it("reads what ps and Windows print", () => {
  const text = "  12 /sbin/launchd\r\n 3456 docker.exe exec x\n\nnothing\n";
  expect(parseProcesses(text)).toEqual([
    { pid: 12, line: "/sbin/launchd" },
    { pid: 3456, line: "docker.exe exec x" },
  ]);
});

it("ends them", async () => {
  const words = exec("btest-none-sync").split(" ").slice(1);
  // It waits by itself: a child of its own would have its words, too, until it is another program.
  const child = spawn("sh", ["-c", "read line; true", ...words], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(child, "exit");
  expect(await endTransports("btest-none-sync")).toBe(1);
  expect((await ended)[1]).toBe("SIGKILL");
});
