/** The login page. It shows the accounts, since this is a demo. */
import { html } from "ghtml";
import { users } from "../accounts/users.ts";
import { page } from "./layout.ts";
import { avatar, message } from "./parts.ts";

export interface LoginForm {
  /** Where to go after login; a path of this site. */
  readonly cameFrom: string;
  /** The name that was entered, after a failed attempt. */
  readonly name?: string;
}

export function loginPage({ cameFrom, name }: LoginForm): string {
  const failed = name !== undefined;
  return page(
    "Sign in",
    undefined,
    html`<div class="narrow card login">
      <h1>Sign in</h1>
      <p class="muted">To the shared documents of your team.</p>
      <div id="upload-message" role="alert">!${failed ? message("error", "That name and password do not match.") : ""}</div>
      <form method="post" action="/login">
        <input type="hidden" name="came_from" value="${cameFrom}">
        <label for="__ac_name">Name</label>
        <input id="__ac_name" name="__ac_name" value="${name ?? ""}" autocomplete="username" autocapitalize="none"
          spellcheck="false" required autofocus>
        <label for="__ac_password">Password</label>
        <input id="__ac_password" name="__ac_password" type="password" autocomplete="current-password" required>
        <button class="button is-primary">Sign in</button>
      </form>
      <aside class="accounts" aria-labelledby="accounts-title">
        <h2 id="accounts-title">Demo accounts</h2>
        <p class="muted">Sign in as both, in two browsers: what one shares appears in the other's page.</p>
        <ul>!${users.map(
          ({ id, fullName }) => html`<li>
            !${avatar(fullName)}
            <span><strong>${fullName}</strong> Name and password: <code>${id}</code></span>
          </li>`,
        )}</ul>
      </aside>
    </div>`,
  );
}
