/** The URL prefix of static files: Zope's name for registered resources. Knows nothing of where they are on disk. */
export const RESOURCES = "/++resource++";
