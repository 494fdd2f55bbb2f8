import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BadRequest } from "../../src/errors.js";
import { parseLimit, parseNewOrder, parseUrl } from "../../src/http/requests.js";

const good = { productId: 1, quantity: 2, customer: " Ada " };

describe("a new order", () => {
  it("is taken with the customer's name trimmed", () => {
    assert.deepEqual(parseNewOrder(good), { productId: 1, quantity: 2, customer: "Ada" });
  });

  for (const [what, change] of Object.entries({
    "no quantity": { quantity: undefined },
    "a quantity of zero": { quantity: 0 },
    "half a piece": { quantity: 0.5 },
    "a quantity as text": { quantity: "2" },
    "a product that Postgres cannot count to": { productId: 2 ** 31 },
    "a name of spaces": { customer: "   " },
    "a name that never ends": { customer: "a".repeat(101) },
    "a zero byte in the name": { customer: "a\0b" },
  })) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseNewOrder({ ...good, ...change }), BadRequest);
    });
  }

  it("is refused with all problems at once", () => {
    assert.throws(() => parseNewOrder(null), /productId .*; quantity .*; customer /);
  });
});

describe("the limit of a list", () => {
  it("is 20 when absent and otherwise a number from 1 to 100", () => {
    assert.equal(parseLimit(null), 20);
    assert.equal(parseLimit("100"), 100);
    for (const text of ["0", "101", "1.5", "ten", ""]) assert.throws(() => parseLimit(text), BadRequest);
  });
});

describe("a request line", () => {
  it("without a usable path is the client's mistake", () => {
    assert.equal(parseUrl("//").pathname, "//");
    assert.throws(() => parseUrl(":x"), BadRequest);
  });
});
