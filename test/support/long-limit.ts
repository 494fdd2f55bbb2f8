// A guard against what hangs and no judgement of speed: an engine under other work builds and starts things slowly.
jest.setTimeout(180_000);
