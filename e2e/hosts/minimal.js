/**
 * The smallest host there is: a bundle of one's own with Patternslib's registry, pat-inject and the library, as a project
 * writes it. jQuery is inside and on no global.
 */
import "@patternslib/patternslib/src/pat/inject/inject";
import "@patternslib/patternslib/src/pat/validation/validation";
import "pat-inject-async";
import registry from "@patternslib/patternslib/src/core/registry";

registry.init();
