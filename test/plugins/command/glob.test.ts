import { globExpression } from "../../../plugins/command/local/glob";

describe("a path glob", () => {
  it.each<[string, string[], string[]]>([
    ["*.txt", ["a.txt", ".txt"], ["a/b.txt", "a.txtx", "atxt"]],
    ["**.js", ["a.js", "a/b/c.js"], ["a.jsx"]],
    ["assets/**", ["assets/a", "assets/a/b"], ["assets", "other/a"]],
    ["a?c", ["abc"], ["a/c", "ac"]],
    ["[a-c]x", ["ax", "cx"], ["dx"]],
    ["[!a-c]x", ["dx"], ["ax"]],
    ["{a,b*}.c", ["a.c", "bcd.c"], ["c.c"]],
    ["\\*", ["*"], ["a"]],
    ["a+(b).c", ["a+(b).c"], ["aab.c"]],
  ])("%s", (glob, matching, others) => {
    const expression = globExpression(glob);
    expect(matching.filter((path) => !expression.test(path))).toEqual([]);
    expect(others.filter((path) => expression.test(path))).toEqual([]);
  });

  it("is refused when a bracket is not closed", () => {
    expect(() => globExpression("a[b")).toThrow('unclosed "["');
    expect(() => globExpression("a{b")).toThrow('unclosed "{"');
  });
});
