/**
 * A form that is submitted while its user types: pat-inject drops what comes while it waits for an answer, so what the user
 * wants by then is asked for after it. Knows nothing of what is asked.
 */

/** While pat-inject waits for the answer. */
const EXECUTING = "executing";

export function keepUp(form: HTMLFormElement): void {
  let asked = "";
  // Before pat-inject, which says then that it executes.
  const submitted = () => {
    if (!form.classList.contains(EXECUTING)) asked = valuesOf(form);
  };
  form.addEventListener("submit", submitted, { capture: true });
  form.addEventListener("pat-inject-success", ({ target }) => {
    if (target !== form) return;
    // It takes another one when it has dealt with this.
    setTimeout(() => {
      if (form.isConnected && valuesOf(form) !== asked) form.requestSubmit();
    });
  });
}

function valuesOf(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)]);
}
