/**
 * A path glob as a regular expression, by the rules that pulumi-command documents: `*` and `?` stop at `/`, `**` does not,
 * `[a-z]`, `[!a]` and `{a,b}` as usual, `\` takes the next character as it is.
 *
 * @throws Error for an unclosed `[` or `{`.
 */
export function globExpression(glob: string): RegExp {
  let expression = "";
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    if (character === "*" && glob[at + 1] === "*") {
      expression += ".*";
      at++;
    } else if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (character === "[") {
      const end = glob.indexOf("]", at + 2);
      if (end < 0) throw new Error(`the glob "${glob}" has an unclosed "["`);
      expression += characterClass(glob.slice(at + 1, end));
      at = end;
    } else if (character === "{") {
      expression += "(?:";
      braces++;
    } else if (character === "}" && braces > 0) {
      expression += ")";
      braces--;
    } else if (character === "," && braces > 0) expression += "|";
    else if (character === "\\") expression += escape(glob.charAt(++at));
    else expression += escape(character);
  }
  if (braces > 0) throw new Error(`the glob "${glob}" has an unclosed "{"`);
  return new RegExp(`^${expression}$`, "s");
}

function characterClass(inside: string): string {
  const negated = inside.startsWith("!") || inside.startsWith("^");
  return `[${negated ? "^" : ""}${inside.slice(negated ? 1 : 0).replace(/[\\\]^]/g, "\\$&")}]`;
}

function escape(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
