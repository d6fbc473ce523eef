/**
 * The bundles of Patternslib that people have on their pages, and where each is once get-bundles.ts has fetched it.
 *
 * Knows nothing of registries' programs, servers or pages.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One bundle as its registry names it. */
export interface Bundle {
  readonly registry: "npm" | "pypi";
  readonly package: string;
  /** One version, or what npm or pip takes for the newest. */
  readonly version: string;
  /** Of the archive, as `integrity` attributes write it. The newest has none: npm or pip alone checks it. */
  readonly integrity?: string;
}

const PATTERNSLIB = { registry: "npm", package: "@patternslib/patternslib" } as const;
const MOCKUP = { registry: "npm", package: "@plone/mockup" } as const;
/** What a Plone site serves, with mockup and Patternslib inside. */
const PLONE = { registry: "pypi", package: "plone.staticresources" } as const;

export const BUNDLES: readonly Bundle[] = [
  {
    ...PATTERNSLIB,
    version: "9.7.0",
    integrity: "sha512-t29m3k+Wy1AKBQYrXcxmLKwbnwdg4MU0FoyfR++BgcpVexjwbtlj77XTFeHYZm/TG6YYS1/3PMl8OdIiGJW16A==",
  },
  {
    ...PATTERNSLIB,
    version: "9.9.16",
    integrity: "sha512-8Zy74/wqOD25JjiD03Os8Fmg1ev3TaRy6IL370/MvQlKl8xaTUfVvndOqhRuLDPhoU4nF3DxwTjc/Bu3UqoVEg==",
  },
  {
    ...PATTERNSLIB,
    version: "9.10.5",
    integrity: "sha512-blYzXagksC9rW+cMX5VWcRqF9OenAqP883KYzcTwlzKGWnBNvKra+bMPUmNTbIHy4Q1L9C8v0lB3XioO1qijQg==",
  },
  { ...PATTERNSLIB, version: "latest" },
  {
    ...MOCKUP,
    version: "5.3.4",
    integrity: "sha512-iOgxDkJJfvtovm9uPvUeRws1nwvbdWHSyUVni0ZjkPF1HAok5Cxod3RkSc7oOfE5eHGOdfCvrltn4+xlAIDQSA==",
  },
  {
    ...MOCKUP,
    version: "5.4.6",
    integrity: "sha512-nb4gf6YONXy+0GCf6TQF9kAlB9TDNkOv/rKQT5KBxEZEzCJ3WlEozWND9R7JRHCOeo13kd5/X07DNb5SOzEYzg==",
  },
  { ...MOCKUP, version: "latest" },
  {
    ...PLONE,
    version: "2.0.3",
    integrity: "sha512-pc80LU7SMQTX7yGlSvmxJmSivWTEKxvA/Awi+zZqgnEHYYA7++sbgx8k8/+BuRvpZMBsORQcteF+MYJiK2k+JQ==",
  },
  {
    ...PLONE,
    version: "2.1.9",
    integrity: "sha512-yGr2GWY2IbEOLHokFX7JIxBBPowLME0D6hjI4Bh/snunFRyqoVFnCqsaOv5KWtu13n47Rq9GiNoFSJVF5Lnf0Q==",
  },
  {
    ...PLONE,
    version: "2.2.5",
    integrity: "sha512-AvK6bxJQs1riiPewT/LZ97Cw5o6mSEKo2Gym5LxPSiLFB/ktMP6fH6/kenK5fQ+Hz/hijp6utGDypqpR2bf5iQ==",
  },
  {
    ...PLONE,
    version: "2.3.8",
    integrity: "sha512-+kNYgs/75TUw2mODmEFe8nUkFkDxbesNIoHgCoChKRmDy1aIc4D5yYLNYqLTjWiAu5bjY4vpB1m4jYhE6ef4CQ==",
  },
  { ...PLONE, version: ">=3,<4" },
];

/** Fetched once, ignored by git. Without it the newest are looked for anew. */
export const CACHE = fileURLToPath(new URL(".cache/", import.meta.url));

/** Tells what has been fetched: the very version of a bundle by its {@link keyOf}. */
export const INDEX_FILE = `${CACHE}index.json`;

/** A bundle that is to be tested. */
export interface TestedBundle {
  /** Its package and its very version, e.g. `@plone/mockup 5.4.6`. */
  readonly name: string;
  /** Where `bundle.min.js` and its chunks are. Undefined when it has not been fetched. */
  readonly folder: string | undefined;
}

export function keyOf(bundle: Bundle): string {
  return `${bundle.package} ${bundle.version}`;
}

export function folderOf(name: string): string {
  return CACHE + name.replace(/\W+/g, "-").replace(/^-/, "");
}

/** Names of what has been fetched and is still there, by key. */
export function fetchedBundles(): Readonly<Record<string, string>> {
  if (!existsSync(INDEX_FILE)) return {};
  const index: Readonly<Record<string, string>> = JSON.parse(readFileSync(INDEX_FILE, "utf8"));
  return Object.fromEntries(Object.entries(index).filter(([, name]) => existsSync(folderOf(name))));
}

/** Each once: the newest of a package may be one that is listed already. */
export function testedBundles(): readonly TestedBundle[] {
  const fetched = fetchedBundles();
  const names = new Map(BUNDLES.map(keyOf).map((key) => [fetched[key] ?? key, key in fetched]));
  return Array.from(names, ([name, isThere]) => ({ name, folder: isThere ? folderOf(name) : undefined }));
}
