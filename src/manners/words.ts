/** What the library says to the user, in the language of the element it says it on. Options put other words in place. */
import { unshadowed } from "../ground/dom.ts";
import type { Words } from "../ground/options.ts";

/** The words of an update, an error, its retry, and of several announcements. */
type Texts = readonly [string, string, string, string];

const ENGLISH: Texts = ["Update available", "This could not be loaded.", "Try again", "%n updates"];

const TRANSLATIONS: ReadonlyMap<string, Texts> = new Map([
  ["de", ["Aktualisierung verfügbar", "Das konnte nicht geladen werden.", "Erneut versuchen", "%n Aktualisierungen"]],
  ["fr", ["Mise à jour disponible", "Le chargement a échoué.", "Réessayer", "%n mises à jour"]],
  ["nl", ["Update beschikbaar", "Dit kon niet worden geladen.", "Opnieuw proberen", "%n updates"]],
  ["es", ["Actualización disponible", "No se ha podido cargar.", "Reintentar", "%n actualizaciones"]],
]);

/** @param given texts that go before the library's own. */
export function wordsFor(element: Element, given: Partial<Words> = {}): Words {
  const language = unshadowed(element).closest("[lang]")?.getAttribute("lang")?.split("-")[0]?.toLowerCase() ?? "";
  const [update, error, retry, summary] = TRANSLATIONS.get(language) ?? ENGLISH;
  return { update, error, retry, summary, ...given };
}
