/** The example for `pat-inject-async/testing`, as it stands. */
import "../../examples/testing/preview.spec.ts";
