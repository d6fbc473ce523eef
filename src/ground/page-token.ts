/** The page's token: by it a back end tells which of a user's pages has caused a message. Not a secret. */
export const PAGE_TOKEN = [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join("");
