/** Laptops, each in a network of its own, whose sync is disturbed while both sides are edited. */
import type { CliLabOptions } from "../cli-lab";
import { SyncLab } from "../sync-lab";
import { FaultLaptop, type FaultLaptopOptions } from "./fault-laptop";

export type FaultLabOptions = CliLabOptions & FaultLaptopOptions & { syncImage?: string };

/** One gateway and one engine, and the developers that share them. */
export class FaultLab {
  private readonly laptops: FaultLaptop[] = [];

  private constructor(
    readonly sync: SyncLab,
    private readonly options: FaultLaptopOptions,
  ) {}

  static async start({ smallDisk, ...options }: FaultLabOptions = {}): Promise<FaultLab> {
    return new FaultLab(await SyncLab.start(options), { smallDisk });
  }

  /** Another developer, whose app is synchronised. */
  async laptop(devId: string): Promise<FaultLaptop> {
    const laptop = await FaultLaptop.start(this.sync, devId, this.options);
    this.laptops.push(laptop);
    return laptop;
  }

  async dispose(): Promise<void> {
    try {
      for (const laptop of this.laptops) await laptop.dispose();
    } finally {
      await this.sync.dispose();
      for (const { network } of this.laptops) network.remove();
    }
  }
}
