import { MUTAGEN_VERSION } from "../../scripts/toolchain-parts/mutagen";

/** One file of Mutagen's official release: the program, with its agents for other platforms beside it. */
export interface Release {
  url: string;
  /** Of the archive; what has another is not unpacked. */
  sha256: string;
}

const RELEASES = `https://github.com/mutagen-io/mutagen/releases/download/v${MUTAGEN_VERSION}`;

/** SHA-256 of the archives of v0.18.1, as the release's SHA256SUMS has them. */
const SHA256: Partial<Record<string, string>> = {
  darwin_amd64: "7d06f7d8fcfe90bc7e55cc834a2f2f20c2e0af9ea9bc35911fc4341ad56a9bbf",
  darwin_arm64: "6f810416d9e5fc4fd5e18431146f8b3c5a2056ba5a24f76c1e66da86eb3257e2",
  linux_amd64: "7735286c778cc438418209f24d03a64f3a0151c8065ef0fe079cfaf093af6f8f",
  linux_arm64: "bcba735aebf8cbc11da9b3742118a665599ac697fa06bc5751cac8dcd540db8a",
  windows_amd64: "3e237e77f69959ed520a0f877330a431507bb0a85d9da7919764ba0c87b702c7",
};

/** The official release for a platform as Node names it; undefined where none is known. */
export function releaseFor(platform: NodeJS.Platform, architecture: string): Release | undefined {
  const system = platform === "win32" ? "windows" : platform;
  const name = `${system}_${architecture === "x64" ? "amd64" : architecture}`;
  const sha256 = SHA256[name];
  return sha256 === undefined
    ? undefined
    : { url: `${RELEASES}/mutagen_${name}_v${MUTAGEN_VERSION}.tar.gz`, sha256 };
}

/** The program's file name. */
export function programName(platform: NodeJS.Platform): string {
  return platform === "win32" ? "mutagen.exe" : "mutagen";
}
