/** Tests that need LibreOffice or a cage: in CI they fail without, elsewhere they say that they were left out, and why. */
import { findCage } from "./cage.ts";
import { findOffice } from "./office.ts";

const CI = process.env["CI"] !== undefined && process.env["CI"] !== "";

/** For a test's `skip`: false, or the reason. */
export const withoutOffice: string | false =
  CI || (await findOffice()) !== undefined ? false : "LibreOffice is not installed";

export const withoutCage: string | false =
  CI || (await findCage()).closed ? false : "bubblewrap is not installed, or not allowed here";
