import { withProvisioningAgain, type Exported } from "../../scripts/recover-parts/deployment";
import { orphansAmong, type EngineObject } from "../../scripts/recover-parts/engine-objects";
import { stopping } from "../../scripts/recover-parts/under-way";

const CONTAINER = "docker:index/container:Container";
const container = (id: string): EngineObject => ({ kind: "container", id, name: `berth-dev-${id}` });

describe("orphans", () => {
  it("are what the engine has and the state does not know", () => {
    const exported: Exported = {
      deployment: { resources: [{ urn: "urn:a", type: CONTAINER, id: "known" }] },
    };
    expect(orphansAmong([container("known"), container("new")], exported)).toEqual([container("new")]);
  });

  it("are all of them where the state is empty", () => {
    expect(orphansAmong([container("new")], { deployment: null })).toEqual([container("new")]);
  });
});

describe("provisioning steps", () => {
  it("run again, keep their own removal, and nothing else is touched", () => {
    const volume = { urn: "urn:v", type: "docker:index/volume:Volume", id: "data", inputs: { name: "data" } };
    const grant = {
      urn: "urn:g",
      type: "command:local:Command",
      id: "grant",
      inputs: { create: "grant", delete: "revoke", triggers: ["1"] },
      outputs: { create: "grant", delete: "revoke", stdout: "done", triggers: ["1"] },
    };
    const edited = withProvisioningAgain({ version: 3, deployment: { resources: [volume, grant] } });
    expect(edited.version).toBe(3);
    const [sameVolume, marked] = edited.deployment?.resources ?? [];
    expect(sameVolume).toEqual(volume);
    expect(marked?.inputs).toMatchObject({ delete: "revoke", triggers: ["1"] });
    expect(marked?.outputs).toMatchObject({ delete: "revoke", stdout: "done", triggers: ["1"] });
    expect(marked?.inputs?.create).not.toBe("grant");
    expect(marked?.outputs?.create).toBe(marked?.inputs?.create);
  });
});

describe("stops under way", () => {
  const event = (Action: string, id: string, signal?: string) => ({
    Action,
    Actor: { ID: id, Attributes: { ...(signal !== undefined && { signal }) } },
  });

  it("are of containers that were asked to end and have not", () => {
    expect([...stopping([event("kill", "a", "15"), event("kill", "b", "2")])]).toEqual(["a", "b"]);
  });

  it("are over once the container ended or started again", () => {
    const events = [
      event("kill", "a", "15"),
      event("die", "a"),
      event("kill", "b", "15"),
      event("start", "b"),
    ];
    expect([...stopping(events)]).toEqual([]);
  });

  it("are not begun by a signal that means: read your settings again", () => {
    expect([...stopping([event("kill", "a", "1")])]).toEqual([]);
  });
});
