/** For tests: a visitor of the site, who does what a browser without JavaScript would do. */
export class Visitor {
  /** As sent with every request. */
  cookie = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<Response> {
    return await this.#fetch(path, {});
  }

  /** The body of a page that is expected to be there. */
  async read(path: string): Promise<string> {
    const response = await this.get(path);
    if (response.status !== 200) throw new Error(`${path}: expected status 200, found ${response.status}`);
    return await response.text();
  }

  async post(
    path: string,
    body: Readonly<Record<string, string>> | FormData,
    more: HeadersInit = {},
  ): Promise<Response> {
    const headers = new Headers(more);
    return await this.#fetch(path, {
      method: "POST",
      headers,
      body: body instanceof FormData ? body : new URLSearchParams(body),
    });
  }

  async logIn(name: string, password = name, cameFrom?: string): Promise<Response> {
    const response = await this.post("/login", {
      __ac_name: name,
      __ac_password: password,
      ...(cameFrom === undefined ? {} : { came_from: cameFrom }),
    });
    this.cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? this.cookie;
    return response;
  }

  /** The authenticator in the forms of the workspace. */
  async authenticator(): Promise<string> {
    const token = /name="_authenticator" value="([0-9a-f]+)"/.exec(await this.read("/workspace"))?.[1];
    if (token === undefined) throw new Error("expected an authenticator in the workspace, found none");
    return token;
  }

  /** Sends the upload form. `field` and `authenticator` replace the form's own. */
  async upload(
    file: { readonly name: string; readonly content: string | Uint8Array<ArrayBuffer> } | undefined,
    options: { readonly isPrivate?: boolean; readonly field?: string; readonly authenticator?: string } = {},
  ): Promise<Response> {
    const form = new FormData();
    form.set("_authenticator", options.authenticator ?? (await this.authenticator()));
    if (file) form.set(options.field ?? "file", new Blob([file.content]), file.name);
    if (options.isPrivate) form.set("private", "on");
    return await this.post("/workspace/@@upload", form);
  }

  /** Sends the form of a document's page with another file for it. */
  async replace(uid: string, name: string, content: string | Uint8Array<ArrayBuffer>): Promise<Response> {
    const form = new FormData();
    form.set("_authenticator", await this.authenticator());
    form.set("file", new Blob([content]), name);
    return await this.post(`/workspace/${uid}/@@replace`, form);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("Cookie", this.cookie);
    return await fetch(new URL(path, this.#url), { ...init, headers, redirect: "manual" });
  }
}
