/**
 * The code with other bodies in place of those of its functions with these names: each keeps the interface that the rest of
 * its package uses.
 *
 * @throws {Error} when one of them is not there.
 */
export function withBodies(code: string, bodies: Readonly<Record<string, string>>): string {
  return Object.entries(bodies).reduce((rest, [name, body]) => {
    const head = `^( *)(?:function |[\\w.]+\\.)${name}(?: = function)?\\([^)]*\\) `;
    const [whole] = new RegExp(`${head}\\{[\\s\\S]*?\\n\\1\\}`, "m").exec(rest) ?? [];
    if (!whole) throw new Error(`expected a function ${name}, found none`);
    return rest.replace(whole, () => `${new RegExp(head).exec(whole)?.[0]}{ ${body} }`);
  }, code);
}
