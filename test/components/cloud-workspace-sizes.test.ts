import fc from "fast-check";
import { groupResources } from "../../components/azure/sizes";

const alone = { name: "atlas", hasSidecar: false };
const withSidecar = { name: "atlas", hasSidecar: true };

describe("the size of a workspace on Azure", () => {
  it("is what was asked for, with a little more for the sidecar", () => {
    const { workspace, sidecar, notes } = groupResources("medium", withSidecar);
    expect(workspace).toEqual({ requests: { cpu: 2, memoryInGB: 4 }, limits: { cpu: 2, memoryInGB: 4 } });
    expect(sidecar?.requests).toEqual({ cpu: 0.1, memoryInGB: 0.3 });
    expect(notes).toEqual([]);
  });

  it("is rounded up to tenths of a gigabyte and to the least that a group gets, and says so", () => {
    const { workspace, notes } = groupResources({ cpus: 0.5, memoryMb: 1500, diskGb: 1 }, alone);
    expect(workspace.requests).toEqual({ cpu: 1, memoryInGB: 1.5 });
    expect(notes).toEqual([expect.stringContaining("gets 1 cores and 1.5 GB")]);
  });

  it("shares the largest group with the sidecar, and says so", () => {
    const { workspace, notes } = groupResources("large", withSidecar);
    expect(workspace).toMatchObject({
      requests: { cpu: 3.9, memoryInGB: 8 },
      limits: { cpu: 4, memoryInGB: 8 },
    });
    expect(notes).toEqual([expect.stringContaining("as large as a container group can be")]);
  });

  it("is refused where Azure has none such", () => {
    const size = { cpus: 5, memoryMb: 2048, diskGb: 10 };
    expect(() => groupResources(size, alone)).toThrow(
      "workspace atlas: its size is 5 cores and 2048 MB, and Azure Container Instances gives at most 4 cores and 16 GB",
    );
    expect(
      groupResources(size, { ...alone, gpu: { count: 1, sku: "V100" } }).workspace.requests,
    ).toMatchObject({
      cpu: 5,
      gpu: { count: 1, sku: "V100" },
    });
  });

  it("never makes a group larger than Azure's largest, nor gives less than was asked for", () => {
    const size = fc.record({
      cpus: fc.double({ min: 0.1, max: 4, noNaN: true }).map((cpus) => Math.round(cpus * 100) / 100),
      memoryMb: fc.integer({ min: 512, max: 16_384 }),
      diskGb: fc.constant(10),
    });
    fc.assert(
      fc.property(size, fc.boolean(), (wanted, hasSidecar) => {
        const { workspace, sidecar } = groupResources(wanted, { name: "a", hasSidecar });
        const cpu = workspace.requests.cpu + (sidecar?.requests.cpu ?? 0);
        const memory = workspace.requests.memoryInGB + (sidecar?.requests.memoryInGB ?? 0);
        expect(cpu).toBeLessThanOrEqual(4 + 1e-9);
        expect(memory).toBeLessThanOrEqual(16 + 1e-9);
        expect(workspace.limits.cpu).toBeGreaterThanOrEqual(wanted.cpus);
        expect(workspace.limits.memoryInGB * 1024).toBeGreaterThanOrEqual(wanted.memoryMb - 1e-6);
      }),
    );
  });
});
