/** Finds for what is on the page its successor in new content, where neither says so by an id. */
import { dom, idOf, unshadowed } from "../ground/dom.ts";
import { fieldsOf, isSameField } from "../manners/entries.ts";
import { isInLive, PAIR_ID, sourceOf, wrapperOf } from "./live.ts";

/**
 * Idiomorph goes by ids. Fields and kept elements get one id in the old and in the new content for that time: the one that a
 * script gave, or a temporary one.
 */
export function pair(
  target: Element,
  content: DocumentFragment,
  keep: string,
): { readonly wrappers: ReadonlySet<Node>; forget(): void } {
  const place = unshadowed(unshadowed(target).parentElement ?? target);
  const named: Element[] = [];
  const name = (old: Element, successor: Element | undefined) => {
    const id = idOf(old);
    const source = sourceOf(old);
    const isTaken = id && ((source && idOf(source)) || content.getElementById(id));
    if (!successor || idOf(successor) || isTaken) return;
    // Scripts give ids, too.
    for (const one of [old, successor]) unshadowed(one).setAttribute("id", id || PAIR_ID + named.length);
    named.push(...(id ? [successor] : [old, successor]));
  };
  const wrappers = new Set<Node>();
  for (const old of unshadowed(target).querySelectorAll("*")) {
    const source = sourceOf(old);
    if (!(source instanceof Element)) continue;
    const wrapper = wrapperOf(old);
    // Scripts give ids, too.
    if ((wrapper ? wrappers.has(wrapper) : idOf(source) || !idOf(old)) || isInLive(old)) continue;
    const fresh = [...content.querySelectorAll(unshadowed(old).localName)].find((one) =>
      unshadowed(source).isEqualNode(one),
    );
    if (!fresh) continue;
    if (wrapper) {
      const stand = dom.importNode(wrapper);
      unshadowed(fresh).replaceWith(stand);
      name(wrapper, stand);
      wrappers.add(wrapper);
    } else {
      unshadowed(fresh).setAttribute("id", idOf(old));
      named.push(fresh);
    }
  }
  const kept = [...content.querySelectorAll(keep)];
  for (const old of unshadowed(target).querySelectorAll(keep)) {
    const at = kept.findIndex((fresh) => unshadowed(fresh).localName === unshadowed(old).localName);
    if (at >= 0) name(old, kept.splice(at, 1)[0]);
  }
  const candidates = fieldsOf(content);
  for (const old of fieldsOf(target)) {
    const isSame = isSameField(old);
    // What is in a shadow tree is not the server's.
    if (unshadowed(target).contains(old))
      name(
        old,
        candidates.find((field) => field.id === "" && isSame(field)),
      );
  }
  return {
    wrappers,
    forget() {
      // What has come into the page is a copy.
      for (const one of [...named, ...place.querySelectorAll(`[id^="${PAIR_ID}"]`)])
        unshadowed(one).removeAttribute("id");
    },
  };
}
