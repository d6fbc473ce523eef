/** The contrast of texts with what is behind them. */
import type { Page } from "@playwright/test";

/**
 * Texts that axe cannot judge, as something lies over or behind them: against the background of the nearest element around them
 * that has one, and if that lets something through, against the worse of black and white behind it. WCAG 2.2, 1.4.3.
 *
 * @returns one line for each that is too faint.
 */
export function tooFaint(page: Page, selectors: readonly string[]): Promise<string[]> {
  return page.evaluate((given) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("expected a canvas, found none");
    type Colour = readonly [red: number, green: number, blue: number];
    const paint = (...colours: readonly string[]): Colour => {
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue];
    };
    const luminance = (colour: Colour): number => {
      const [red = 0, green = 0, blue = 0] = colour.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element: Element | null): string[] => {
      const layers: string[] = [];
      for (let around = element; around; around = around.parentElement) {
        const { backgroundColor } = getComputedStyle(around);
        layers.unshift(backgroundColor);
        if (!/^rgba\(.*, (0|0?\.\d+)\)$|\/ (0|0?\.\d+)\)$/.test(backgroundColor)) break;
      }
      return layers;
    };
    return given.flatMap((selector) => {
      const element = document.querySelector(selector);
      if (!element) return [];
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const layers = behind(element);
      const ratios = ["white", "black"].map((canvas) => {
        const back = luminance(paint(canvas, ...layers));
        const front = luminance(paint(canvas, ...layers, color));
        return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
      });
      const size = Number.parseFloat(fontSize);
      const least = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
      const ratio = Math.min(...ratios);
      return ratio < least ? [`contrast: ${selector}: expected at least ${least}, found ${ratio.toFixed(2)}`] : [];
    });
  }, selectors);
}
