/** Tests that need LibreOffice: skipped, in words, where it is not installed, but not in continuous integration. */
import { test } from "@playwright/test";
import { findOffice } from "../../demo/docconv/office.ts";

/** @throws in continuous integration when LibreOffice is not there. */
export async function needsLibreOffice(): Promise<void> {
  if (await findOffice()) return;
  if (process.env["CI"]) throw new Error("expected LibreOffice, found no soffice or libreoffice on PATH");
  test.skip(true, "LibreOffice is not installed");
}

/** Does it where programs are not found: as on a machine without LibreOffice. */
export async function withoutPrograms(action: () => Promise<void>): Promise<void> {
  const { PATH } = process.env;
  process.env["PATH"] = "";
  try {
    await action();
  } finally {
    process.env["PATH"] = PATH;
  }
}
