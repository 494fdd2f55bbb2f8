import type { ConfigFile } from "../lib/config-file";
import { selectImageUsers, serviceRoles } from "./selection";

/**
 * Swaps an app's or a service's image with the one that ran before, and writes the file.
 * @throws Error where nothing ran before, or listing what there is where the name is unknown.
 */
export function rollback(
  file: ConfigFile,
  choice: string | undefined,
): { image: string; previousImage: string } {
  const [user, ...others] = selectImageUsers(choice, file.apps(), serviceRoles(file));
  if (!user || others.length > 0) throw new Error("a rollback is of one app or service: name it with APP=");
  const { image, previousImage } = file.images(user);
  if (image === undefined || previousImage === undefined) {
    throw new Error(
      `${file.name} names no previousImage of ${user.name}: there is nothing to go back to; write the digest that should run as image, or promote another`,
    );
  }
  file.setImages(user, { image: previousImage, previousImage: image });
  file.write();
  return { image: previousImage, previousImage: image };
}
