import { z } from "zod";
import { imageProblems, liveSourceProblems } from "../policy/rules";
import { RESERVED_OWNERS } from "../spec/names";
import { namePart, relativePath } from "./fields";
import { secretKey } from "../spec/app-manifest";

/** Values of secrets by key, or by `<app>/<key>`. */
export const secretValues = z.record(z.string(), z.string()).superRefine((values, context) => {
  for (const name of Object.keys(values).filter((known) => !isSecretName(known))) {
    const message = "must be a secret's key as a berth.yaml names it, or <app>/<key>";
    context.addIssue({ code: "custom", path: [name], message });
  }
});

function isSecretName(name: string): boolean {
  const [key, app, ...more] = name.split("/").reverse();
  const isApp = app === undefined || namePart(40).safeParse(app).success;
  return secretKey.safeParse(key).success && isApp && more.length === 0;
}

const appBase = {
  /** The app's folder, with its berth.yaml, from the project's root. */
  path: relativePath,
};

export const devApp = z.strictObject({
  ...appBase,
  /** Whose instance this is. */
  developerId: namePart(16)
    .regex(/^[^-]*$/, "must not contain a hyphen")
    .refine(
      (id) => !RESERVED_OWNERS.includes(id),
      `is the name of something shared: choose a developer id other than ${RESERVED_OWNERS.join(", ")}`,
    ),
  /** Start by the app's reload command, so that an edit restarts it. */
  reload: z.boolean().default(true),
  /** Folders of the app to mount live; without it those of its berth.yaml. */
  mounts: z.array(relativePath).optional(),
  /** Image to run and mount over, in place of the app's own dev stage, which is built where this is absent. */
  image: z.string().min(1).optional(),
});

/** A prebuilt image, as `make promote` writes it: by digest, or in tst by id. */
const prebuilt = (environment: "tst" | "pro") => {
  const reference = z.string().superRefine((image, context) => {
    for (const message of imageProblems(environment, image)) context.addIssue({ code: "custom", message });
  });
  return {
    image: reference,
    /** What ran before: `make rollback` swaps the two. */
    previousImage: reference.optional(),
  };
};

/** Live source outside dev is refused by the rule, in its words, and not as an unknown key. */
export const builtApp = (environment: "tst" | "pro") =>
  z
    .strictObject({
      ...appBase,
      ...prebuilt(environment),
      mounts: z.unknown().optional(),
      reload: z.unknown().optional(),
      sync: z.unknown().optional(),
    })
    .superRefine(({ mounts, reload, sync }, context) => {
      const live = {
        mounts: mounts === undefined ? [] : ["mounts"],
        reload: reload !== undefined,
        sync: sync !== undefined,
      };
      for (const message of liveSourceProblems(environment, live))
        context.addIssue({ code: "custom", message });
    });

/** Images of the infra services, by role; cross-checks.ts says which of them a stack needs. */
export const serviceImages = (environment: "tst" | "pro") =>
  z
    .strictObject({
      postgres: z.strictObject(prebuilt(environment)).optional(),
      redis: z.strictObject(prebuilt(environment)).optional(),
      proxy: z.strictObject(prebuilt(environment)).optional(),
      "proxy-routes": z.strictObject(prebuilt(environment)).optional(),
    })
    .prefault({});
