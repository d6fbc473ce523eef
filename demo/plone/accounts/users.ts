/** The site's users: two demo accounts whose passwords are their names. */

export interface User {
  readonly id: string;
  readonly fullName: string;
}

export const users: readonly User[] = [
  { id: "jane", fullName: "Jane Doe" },
  { id: "joe", fullName: "Joe Bloggs" },
];

export function findUser(id: string): User | undefined {
  return users.find((user) => user.id === id);
}

/** @returns the user when name and password are right. */
export function authenticate(id: unknown, password: unknown): User | undefined {
  return users.find((user) => user.id === id && user.id === password);
}

/** The name for people to read; the id when there is no such user any more. */
export function fullName(id: string): string {
  return findUser(id)?.fullName ?? id;
}
