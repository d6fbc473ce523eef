/**
 * A document for each kind of link that LibreOffice follows: each names `target` somewhere else, a file or an address. Knows
 * nothing of who opens them.
 */
import { odfPackage } from "./samples.ts";
import { zip } from "./zip-writer.ts";

export interface LinkingDocument {
  readonly name: string;
  readonly bytes: Buffer;
}

const DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"';
const LINK = 'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"';

/** @param target a URL. */
export function linkingDocuments(target: string): readonly LinkingDocument[] {
  const picture = `<draw:frame svg:width="5cm" svg:height="5cm" ${DRAW}><draw:image xlink:href="${target}" ${LINK}/></draw:frame>`;
  const object = `<draw:frame svg:width="5cm" svg:height="5cm"><draw:object xlink:href="${target}" ${LINK}/></draw:frame>`;
  const section = `<text:section text:name="s"><text:section-source xlink:href="${target}" ${LINK}/><text:p/></text:section>`;
  const dde = `<text:section text:name="s"><office:dde-source office:dde-application="soffice" office:dde-topic="${target}" office:dde-item="s" office:automatic-update="true"/><text:p/></text:section>`;
  const plugin = `<draw:frame svg:width="5cm" svg:height="5cm"><draw:plugin xlink:href="${target}" ${LINK}/></draw:frame>`;
  const floating = `<draw:frame svg:width="5cm" svg:height="5cm"><draw:floating-frame xlink:href="${target}" ${LINK}/></draw:frame>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"><image width="100" height="100" xlink:href="${target}"/></svg>`;
  const bullet = `<text:list text:style-name="bullets"><text:list-item><text:p>Item</text:p></text:list-item></text:list>`;
  const inner = `<draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="Pictures/inner.svg" ${LINK}/></draw:frame>`;
  const sheet = `<table:table table:name="a"><table:table-source xlink:href="${target}" table:filter-name="Text - txt - csv (StarCalc)" table:mode="copy-all"/><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>`;
  const area = `<table:table table:name="a"><table:table-row><table:table-cell><text:p>x</text:p><table:cell-range-source table:name="HTML_all" xlink:href="${target}" table:filter-name="HTML (StarCalc)" table:last-column-spanned="1" table:last-row-spanned="1"/></table:table-cell></table:table-row></table:table>`;
  const formula = `<table:table table:name="a"><table:table-row><table:table-cell table:formula="of:='${target}'#$Sheet1.A1"><text:p>x</text:p></table:table-cell><table:table-cell table:formula='of:=WEBSERVICE("${target}")'><text:p>x</text:p></table:table-cell></table:table-row></table:table>`;

  return [
    { name: "picture.odt", bytes: odfPackage("text", `<text:p>${picture}</text:p>`) },
    { name: "bullet.odt", bytes: odfPackage("text", bullet, "", {}, bulletStyle(target)) },
    { name: "object.odt", bytes: odfPackage("text", `<text:p>${object}</text:p>`) },
    { name: "section.odt", bytes: odfPackage("text", section) },
    { name: "dde.odt", bytes: odfPackage("text", dde) },
    { name: "plugin.odt", bytes: odfPackage("text", `<text:p>${plugin}</text:p>`) },
    { name: "frame.odt", bytes: odfPackage("text", `<text:p>${floating}</text:p>`) },
    {
      name: "svg-inside.odt",
      bytes: odfPackage("text", `<text:p>${inner}</text:p>`, "", { "Pictures/inner.svg": svg }),
    },
    { name: "sheet.ods", bytes: odfPackage("spreadsheet", sheet) },
    { name: "area.ods", bytes: odfPackage("spreadsheet", area) },
    { name: "formula.ods", bytes: odfPackage("spreadsheet", formula) },
    {
      name: "picture.odp",
      bytes: odfPackage("presentation", `<draw:page draw:master-page-name="Default">${picture}</draw:page>`),
    },
    { name: "background.fodt", bytes: background(target) },
    { name: "picture.docx", bytes: linkingDocx(target) },
    { name: "field.docx", bytes: fieldDocx(target) },
    { name: "template.docx", bytes: templateDocx(target) },
    { name: "picture.html", bytes: html(`<img src="${target}" width="50" height="50">`) },
    {
      name: "style.html",
      bytes: html(`<link rel="stylesheet" href="${target}"><p style="background: url(${target})">x</p>`),
    },
    { name: "frame.html", bytes: html(`<iframe src="${target}"></iframe><embed src="${target}">`) },
    { name: "field.rtf", bytes: rtfField(`INCLUDEPICTURE "${target}" \\\\d`) },
    { name: "text.rtf", bytes: rtfField(`INCLUDETEXT "${target}"`) },
    { name: "dde.rtf", bytes: rtfField(`DDEAUTO soffice "${target}" s`) },
    { name: "picture.svg", bytes: Buffer.from(svg) },
  ];
}

function bulletStyle(target: string): string {
  return `<text:list-style style:name="bullets"><text:list-level-style-image text:level="1" xlink:href="${target}" ${LINK}>
    <style:list-level-properties text:space-before="1cm" text:min-label-width="3cm" fo:width="3cm" fo:height="3cm"/>
    </text:list-level-style-image></text:list-style>`;
}

function background(target: string): Buffer {
  const odf = "urn:oasis:names:tc:opendocument:xmlns";
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
    <office:document xmlns:office="${odf}:office:1.0" xmlns:text="${odf}:text:1.0" xmlns:style="${odf}:style:1.0"
      xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
      <office:automatic-styles><style:style style:name="B" style:family="paragraph"><style:paragraph-properties>
      <style:background-image xlink:href="${target}" ${LINK}/></style:paragraph-properties></style:style></office:automatic-styles>
      <office:body><office:text><text:p text:style-name="B">Background</text:p></office:text></office:body></office:document>`);
}

const RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml";

function wordPackage(body: string, parts: Readonly<Record<string, string>>, overrides = ""): Buffer {
  return zip({
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Override PartName="/word/document.xml" ContentType="${MAIN}.document.main+xml"/>${overrides}</Types>`,
    "_rels/.rels": relationships(`<Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/>`),
    "word/document.xml": `<w:document xmlns:w="${WORD}" xmlns:r="${OFFICE}"><w:body>${body}</w:body></w:document>`,
    ...parts,
  });
}

function relationships(content: string): string {
  return `<Relationships xmlns="${RELATIONSHIPS}">${content}</Relationships>`;
}

function linkingDocx(target: string): Buffer {
  const drawing = "http://schemas.openxmlformats.org/drawingml/2006";
  const blip = `<a:blip xmlns:a="${drawing}/main" r:link="r2"/>`;
  const picture = `<pic:pic xmlns:pic="${drawing}/picture"><pic:nvPicPr><pic:cNvPr id="1" name="a"/><pic:cNvPicPr/></pic:nvPicPr>
    <pic:blipFill>${blip}<a:stretch xmlns:a="${drawing}/main"><a:fillRect/></a:stretch></pic:blipFill>
    <pic:spPr><a:xfrm xmlns:a="${drawing}/main"><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm></pic:spPr></pic:pic>`;
  const inline = `<w:p><w:r><w:drawing><wp:inline xmlns:wp="${drawing}/wordprocessingDrawing"><wp:extent cx="900000" cy="900000"/>
    <wp:docPr id="1" name="a"/><a:graphic xmlns:a="${drawing}/main"><a:graphicData uri="${drawing}/picture">${picture}</a:graphicData>
    </a:graphic></wp:inline></w:drawing></w:r></w:p>`;
  const link = `<Relationship Id="r2" Type="${OFFICE}/image" Target="${target}" TargetMode="External"/>`;
  return wordPackage(inline, { "word/_rels/document.xml.rels": relationships(link) });
}

function fieldDocx(target: string): Buffer {
  const field = (text: string): string => `<w:fldSimple w:instr='${text}'><w:r><w:t>x</w:t></w:r></w:fldSimple>`;
  return wordPackage(`<w:p>${field(`INCLUDEPICTURE "${target}" \\d`)}${field(`INCLUDETEXT "${target}"`)}</w:p>`, {});
}

function templateDocx(target: string): Buffer {
  const link = `<Relationship Id="r2" Type="${OFFICE}/attachedTemplate" Target="${target}" TargetMode="External"/>`;
  return wordPackage(
    "<w:p/>",
    {
      "word/_rels/document.xml.rels": relationships(
        `<Relationship Id="r3" Type="${OFFICE}/settings" Target="settings.xml"/>`,
      ),
      "word/settings.xml": `<w:settings xmlns:w="${WORD}" xmlns:r="${OFFICE}"><w:attachedTemplate r:id="r2"/></w:settings>`,
      "word/_rels/settings.xml.rels": relationships(link),
    },
    `<Override PartName="/word/settings.xml" ContentType="${MAIN}.settings+xml"/>`,
  );
}

function html(body: string): Buffer {
  return Buffer.from(`<!doctype html><html><body>${body}</body></html>`);
}

function rtfField(instruction: string): Buffer {
  return Buffer.from(`{\\rtf1\\ansi {\\field{\\*\\fldinst ${instruction}}{\\fldrslt x}}\\par}`);
}
