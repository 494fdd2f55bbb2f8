/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const { createRequire } = require("node:module");

/**
 * Puts off loading modules until something of them is used: large parts of an npm package that its main module loads and that a
 * program may never need.
 * @param from file from whose place the modules are looked up.
 * @throws Error for a module that is not installed.
 */
module.exports.loadLazily = (modules, from) => {
  const requireFrom = createRequire(from);
  for (const module of modules) {
    const filename = requireFrom.resolve(module);
    if (require.cache[filename]) continue;
    const placeholder = { id: filename, filename, loaded: true, exports: lazy(() => real()) };
    const real = () => {
      if (require.cache[filename] === placeholder) delete require.cache[filename];
      return requireFrom(filename);
    };
    require.cache[filename] = placeholder;
  }
};

/** Stands for a module's exports: whoever imports it as a namespace or by name finds everything once they use it. */
function lazy(load) {
  return new Proxy(
    {},
    {
      // Asked by every import, so it must not count as a use.
      get: (_, name) => (name === "__esModule" ? true : load()[name]),
      has: (_, name) => name in load(),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, name) => {
        const found = Object.getOwnPropertyDescriptor(load(), name);
        return found && { ...found, configurable: true };
      },
    },
  );
}
