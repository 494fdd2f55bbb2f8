import * as fs from "node:fs";
import * as path from "node:path";
import { isMap, isSeq, parseDocument, YAMLMap, YAMLSeq, type Document } from "yaml";
import type { Environment } from "../../policy/rules";
import { parseManifest, type AppManifest } from "../../spec/app-manifest";
import { projectRoot } from "./paths";

/** An app as a config file names it: by its folder, whose berth.yaml has its name. */
export interface ConfiguredApp {
  manifest: AppManifest;
  /** From the project's root. */
  path: string;
}

/** What runs an image: an app, or an infra service. */
export type ImageUser = { kind: "app"; name: string; path: string } | { kind: "service"; name: string };

/** The images that an environment's config names for one user. */
export interface PinnedImages {
  image?: string;
  /** What ran before. */
  previousImage?: string;
}

const APPS = "berth:apps";
const SERVICES = "berth:serviceImages";

/**
 * One `Pulumi.<environment>.yaml` that scripts read and edit. Comments and order stay; nothing is on the disk before `write`.
 */
export class ConfigFile {
  /** As messages name it. */
  readonly name: string;

  private constructor(
    private readonly projectFolder: string,
    environment: Environment,
    private readonly document: Document,
  ) {
    this.name = fileName(environment);
  }

  /** @throws Error naming the file where it is missing or no YAML. */
  static read(environment: Environment, projectFolder = projectRoot): ConfigFile {
    const name = fileName(environment);
    const file = path.join(projectFolder, name);
    if (!fs.existsSync(file)) throw new Error(`${name} does not exist: make it, with config: in it`);
    const document = parseDocument(fs.readFileSync(file, "utf8"));
    const [problem] = document.errors;
    if (problem) throw new Error(`${name}: ${problem.message}`);
    return new ConfigFile(projectFolder, environment, document);
  }

  /** All values of our namespace, without `berth:` before the keys, and without encrypted ones. */
  values(): Record<string, unknown> {
    const { config } = (this.document.toJS() ?? {}) as { config?: Record<string, unknown> };
    const own = Object.entries(config ?? {}).filter(
      ([key, value]) => key.startsWith("berth:") && !isEncrypted(value),
    );
    return Object.fromEntries(own.map(([key, value]) => [key.slice("berth:".length), value]));
  }

  /** Whether it has a key of our namespace, encrypted or not. */
  has(key: string): boolean {
    return this.document.hasIn(["config", `berth:${key}`]);
  }

  /** The apps, each once however many instances it has. @throws Error naming the berth.yaml that is missing or wrong. */
  apps(): ConfiguredApp[] {
    const entries = this.appEntries().map((entry) => this.readApp(entry));
    return entries.filter(
      ({ manifest }, index) => entries.findIndex((one) => one.manifest.name === manifest.name) === index,
    );
  }

  images(user: ImageUser): PinnedImages {
    const entry = this.find(user);
    const text = (key: string): string | undefined => {
      const value = entry?.get(key);
      return typeof value === "string" ? value : undefined;
    };
    return { image: text("image"), previousImage: text("previousImage") };
  }

  /** Sets the images of a user, and adds its entry where there is none. */
  setImages(user: ImageUser, { image, previousImage }: PinnedImages): void {
    const entry = this.find(user) ?? this.add(user);
    entry.set("image", image);
    if (previousImage === undefined) entry.delete("previousImage");
    else entry.set("previousImage", previousImage);
  }

  /** Puts the file into its place in one step, so that nobody ever reads half of it. */
  write(): void {
    const file = path.join(this.projectFolder, this.name);
    const temporary = `${file}.${process.pid}.tmp`;
    // Without a width, since a folded image name would be another one.
    fs.writeFileSync(temporary, this.document.toString({ lineWidth: 0 }));
    fs.chmodSync(temporary, fs.statSync(file).mode);
    fs.renameSync(temporary, file);
  }

  private find(user: ImageUser): YAMLMap | undefined {
    if (user.kind === "app")
      return this.appEntries().find((entry) => this.readApp(entry).manifest.name === user.name);
    const entry = this.document.getIn(["config", SERVICES, user.name]);
    return isMap(entry) ? entry : undefined;
  }

  private add(user: ImageUser): YAMLMap {
    const entry = new YAMLMap();
    const config = this.collection(this.document, ["config"], YAMLMap);
    if (user.kind === "service") {
      this.collection(config, [SERVICES], YAMLMap).set(user.name, entry);
    } else {
      entry.set("path", user.path);
      this.collection(config, [APPS], YAMLSeq).add(entry);
    }
    return entry;
  }

  /** The collection at a key, made where there is none; an empty `[]` or `{}` becomes one of lines. */
  private collection<C extends YAMLMap | YAMLSeq>(
    parent: Document | YAMLMap,
    keys: [string],
    kind: new () => C,
  ): C {
    const found = parent.getIn(keys);
    if (found instanceof kind) {
      if (found.items.length === 0) found.flow = false;
      return found;
    }
    const made = new kind();
    parent.setIn(keys, made);
    return made;
  }

  private appEntries(): YAMLMap[] {
    const apps = this.document.getIn(["config", APPS]);
    return isSeq(apps) ? apps.items.filter((item) => isMap(item)) : [];
  }

  private readApp(entry: YAMLMap): ConfiguredApp {
    const folder = String(entry.get("path"));
    const file = path.join(folder, "berth.yaml");
    const absolute = path.join(this.projectFolder, file);
    if (!fs.existsSync(absolute))
      throw new Error(`${this.name}: ${file} does not exist: correct the path in ${APPS}`);
    return { path: folder, manifest: parseManifest(fs.readFileSync(absolute, "utf8"), file) };
  }
}

const fileName = (environment: Environment): string => `Pulumi.${environment}.yaml`;

/** As Pulumi writes an encrypted value, or one that holds such. */
const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ("secure" in value || Object.values(value).some((inner) => isEncrypted(inner)));
