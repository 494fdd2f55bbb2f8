// A rejection nobody awaited is a failed test: Node would otherwise print it and the run would stay green.
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => {
  unhandled.push(reason);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  const [first] = unhandled.splice(0);
  if (first !== undefined)
    throw first instanceof Error ? first : new Error("unhandled rejection", { cause: first });
});
