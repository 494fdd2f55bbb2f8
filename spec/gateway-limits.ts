import { z } from "zod";

const memoryMb = (least: number) => z.int().min(least).max(1_048_576);

/** What one developer may have at one time: twenty apps with two volumes each fit. */
export const quota = z
  .strictObject({
    containers: z.int().min(1).default(50),
    networks: z.int().min(1).default(5),
    volumes: z.int().min(1).default(60),
    /** Limits of all containers together. */
    memoryMb: memoryMb(64).default(16_384),
    /** Limits of all containers together, in cores. */
    cpus: z.number().positive().default(16),
    /** Open execs, attachments, logs, events, builds and the like. */
    streams: z.int().min(1).default(100),
    /** In dev's Postgres: one for each app that uses it. A client of an older gateway reads the default. */
    databases: z.int().min(1).default(20),
  })
  .prefault({});

/** Limits of a container whose request names none. */
export const containerDefaults = z
  .strictObject({
    memoryMb: memoryMb(16).default(512),
    /** Cores. */
    cpus: z.number().positive().default(1),
    /** Processes and threads together. */
    pids: z.int().min(16).default(512),
  })
  .prefault({});
