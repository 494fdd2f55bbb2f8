/**
 * Prints the image's software bill of materials (CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json): Debian's packages from dpkg, and every
 * npm package and editor extension that lies in the image. `npm sbom` says what was installed, not what was left of it, and refuses trees
 * whose packages bring others by their own means, as Node's does.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What this uses of a CycloneDX component. */
interface Component {
  type: "library" | "application";
  name: string;
  version: string;
  purl: string;
  licenses?: { license: { name: string } }[];
  /** Folders that hold it; none for Debian's packages. */
  evidence?: { occurrences: { location: string }[] };
}

/** What this uses of a package.json. */
interface Manifest {
  name?: string;
  version?: string;
  publisher?: string;
  license?: unknown;
}

/** Where npm packages are. */
const FOLDERS = ["/usr/local/lib/node_modules", "/opt"];

function debianComponents(): Component[] {
  const format = "${Package}\\t${Version}\\t${Architecture}\\n";
  const lines = execFileSync("dpkg-query", ["--show", `--showformat=${format}`], { encoding: "utf8" });
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", version = "", architecture = ""] = line.split("\t");
      const place = `arch=${architecture}&distro=debian-13`;
      return {
        type: "library",
        name,
        version,
        purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?${place}`,
      };
    });
}

/** A package's folder is in `node_modules`, or in a scope's folder there; an extension's beside the editor's own. */
function purlOf(folder: string, { name, version, publisher }: Manifest): string | undefined {
  if (name === undefined || version === undefined) return undefined;
  if (/\/node_modules\/(@[^/]+\/)?[^/]+$/.test(folder)) {
    return `pkg:npm/${name.replace("@", "%40")}@${encodeURIComponent(version)}`;
  }
  if (path.basename(path.dirname(folder)) !== "extensions" || publisher === undefined) return undefined;
  return `pkg:vscode-extension/${publisher}/${name}@${encodeURIComponent(version)}`;
}

function componentOf(file: string): Component[] {
  const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
  const location = path.dirname(file);
  const purl = purlOf(location, manifest);
  if (purl === undefined) return [];
  const { name = "", version = "", license } = manifest;
  return [
    {
      ...{ type: "library" as const, name, version, purl },
      ...(typeof license === "string" && { licenses: [{ license: { name: license } }] }),
      evidence: { occurrences: [{ location }] },
    },
  ];
}

function npmComponents(folder: string): Component[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => path.basename(name) === "package.json")
    .sort()
    .flatMap((name) => componentOf(path.join(folder, name)));
}

/** One entry a package, with every folder that holds it. */
function merged(components: Component[]): Component[] {
  const byPurl = new Map<string, Component>();
  for (const component of components) {
    const known = byPurl.get(component.purl);
    if (known === undefined) byPurl.set(component.purl, component);
    else known.evidence?.occurrences.push(...(component.evidence?.occurrences ?? []));
  }
  return [...byPurl.values()];
}

const node: Component = {
  type: "application",
  name: "node",
  version: process.versions.node,
  purl: `pkg:npm/node@${process.versions.node}`,
};
const document = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "container", name: "berth-workspace" } },
  components: merged([node, ...debianComponents(), ...FOLDERS.flatMap(npmComponents)]),
};
console.log(JSON.stringify(document));
