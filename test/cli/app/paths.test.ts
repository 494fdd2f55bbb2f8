import * as path from "node:path";
import { containerPath, contextOf, isInside } from "../../../cli/app/paths";

describe("on Windows", () => {
  const shop = "C:\\Users\\Mika\\project\\apps\\shop";

  it.each([
    [".", shop, ""],
    ["..", "C:\\Users\\Mika\\project\\apps", "shop"],
    ["../..", "C:\\Users\\Mika\\project", "apps/shop"],
  ])(
    "a build context %s is a folder of Windows, and the way back to the app one of the container",
    (context, folder, way) => {
      const found = contextOf(shop, context, path.win32);
      expect(found).toBe(folder);
      expect(containerPath(found, shop, path.win32)).toBe(way);
    },
  );

  it.each([
    ["C:\\Users\\Mika\\project", "C:\\Users\\Mika\\project", true],
    ["c:\\users\\mika\\PROJECT\\apps", "C:\\Users\\Mika\\project", true],
    ["C:\\Users\\Mika", "C:\\Users\\Mika\\project", false],
    ["C:\\Users\\Mika\\project-two", "C:\\Users\\Mika\\project", false],
    ["C:\\Users\\Mika\\project\\..two", "C:\\Users\\Mika\\project", true],
    ["D:\\project", "C:\\project", false],
    ["\\\\server\\share\\project", "C:\\project", false],
    ["\\\\server\\share\\project\\apps", "\\\\server\\share\\project", true],
  ])("%s in %s: %s", (folder, root, inside) => {
    expect(isInside(folder, root, path.win32)).toBe(inside);
  });
});

it("elsewhere the same holds with its own rules, where a backslash is part of a name", () => {
  expect(containerPath("/work", "/work/apps/shop", path.posix)).toBe("apps/shop");
  expect(containerPath("/work", "/work/a\\b", path.posix)).toBe("a\\b");
  expect(isInside("/work/..two", "/work", path.posix)).toBe(true);
  expect(isInside("/works", "/work", path.posix)).toBe(false);
});
