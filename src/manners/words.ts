/** What the library says to the user, in the language of the element it says it on. Options put other words in place. */
import { unshadowed } from "../ground/dom.ts";
import type { Words } from "../ground/options.ts";

const ENGLISH: Words = {
  update: "Update available",
  error: "This could not be loaded.",
  retry: "Try again",
  summary: "%n updates",
};

const TRANSLATIONS: Readonly<Record<string, Words>> = {
  en: ENGLISH,
  de: {
    update: "Aktualisierung verfügbar",
    error: "Das konnte nicht geladen werden.",
    retry: "Erneut versuchen",
    summary: "%n Aktualisierungen",
  },
  fr: {
    update: "Mise à jour disponible",
    error: "Le chargement a échoué.",
    retry: "Réessayer",
    summary: "%n mises à jour",
  },
  nl: {
    update: "Update beschikbaar",
    error: "Dit kon niet worden geladen.",
    retry: "Opnieuw proberen",
    summary: "%n updates",
  },
  es: {
    update: "Actualización disponible",
    error: "No se ha podido cargar.",
    retry: "Reintentar",
    summary: "%n actualizaciones",
  },
};

/** @param given texts that go before the library's own. */
export function wordsFor(element: Element, given: Partial<Words> = {}): Words {
  const language = unshadowed(element).closest("[lang]")?.getAttribute("lang")?.split("-")[0]?.toLowerCase() ?? "en";
  return { ...(TRANSLATIONS[language] ?? ENGLISH), ...given };
}
