import "pat-inject-async";

document.addEventListener("pat-inject-async-injected", ({ target }) => target.classList.add("is-new"));
