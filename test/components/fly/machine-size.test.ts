import * as fc from "fast-check";
import { guestOf, sizeProblem } from "../../../components/fly/machine-size";
import { createMachine } from "../../fly/api/bodies";

const sizes = fc.record({
  cpus: fc.double({ min: 0.1, max: 64, noNaN: true }),
  memoryMb: fc.integer({ min: 512, max: 262_144 }),
  diskGb: fc.integer({ min: 1, max: 1000 }),
});

test("every size is a machine that the API takes and that has at least that much, or is refused with what to choose", () => {
  fc.assert(
    fc.property(sizes, fc.constantFrom("shared", "performance"), (size, kind) => {
      const problem = sizeProblem(size, kind);
      if (problem !== undefined) return expect(problem).toMatch(/choose less/);
      const guest = guestOf(size, kind);
      expect(guest.cpus).toBeGreaterThanOrEqual(size.cpus);
      expect(guest.memory_mb).toBeGreaterThanOrEqual(size.memoryMb);
      createMachine.parse({ region: "fra", config: { image: "x", guest } });
    }),
  );
});

test.each([
  ["small", "shared", 1, 2048],
  ["medium", "shared", 2, 4096],
  ["large", "shared", 4, 8192],
  ["small", "performance", 1, 2048],
  [{ cpus: 0.5, memoryMb: 700, diskGb: 1 }, "shared", 1, 768],
  [{ cpus: 1, memoryMb: 6000, diskGb: 1 }, "shared", 4, 6144],
  [{ cpus: 3, memoryMb: 1024, diskGb: 1 }, "performance", 4, 8192],
] as const)("%j on a %s machine is %i cores and %i MB", (size, cpu_kind, cpus, memory_mb) => {
  expect(guestOf(size, cpu_kind)).toEqual({ cpu_kind, cpus, memory_mb });
});
