/** The image that every Dockerfile of ours starts from. */
export const BASE_IMAGE = "berth-base:trixie";
/** The Debian release in it. */
export const DEBIAN_RELEASE = "trixie";
/** What it is made from where a registry answers. */
export const UPSTREAM_IMAGE = "debian:trixie-slim";
