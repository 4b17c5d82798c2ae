/** Labels: a text, a printer's ZPL, or a template of the maker's, filled in for a device. */

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { Batch } from "../administration/batches.js";

export interface LabelFormat {
	readonly template: string;
	/** Of the file that a label is written into. */
	readonly extension: string;
	/** Makes a text safe for this format. */
	escape(text: string): string;
}

/** What a label says of a device. */
export interface Labelled {
	readonly uuid: string;
	/** As people write it, with colons. */
	readonly mac: string;
}

const textFormat: LabelFormat = Object.freeze({
	template: "{title}\n{product} {batch}\nUUID {uuid}\nMAC {mac}\nQR {qr}\n",
	extension: ".txt",
	escape: (text: string) => text,
});

/** For 203 dots per inch: the printer makes the QR code itself. */
const zplFormat: LabelFormat = Object.freeze({
	template: [
		"^XA^CI28",
		"^FO20,20^BQN,2,4^FH^FDMA,{qr}^FS",
		"^FO230,30^A0N,30,30^FH^FD{title}^FS",
		"^FO230,70^A0N,22,22^FH^FD{product} {batch}^FS",
		"^FO230,100^A0N,22,22^FH^FD{mac}^FS",
		"^FO20,220^A0N,18,18^FH^FD{uuid}^FS",
		"^XZ\n",
	].join("\n"),
	extension: ".zpl",
	// Behind ^FH an underscore and two hexadecimal digits are a byte.
	escape: (text: string) =>
		text.replace(/[\^~_]/g, (sign) => "_" + sign.charCodeAt(0).toString(16).toUpperCase()),
});

/** `text`, `zpl`, or the path of a template. */
export function labelFormatOf(name: string): LabelFormat {
	if (name === "text") return textFormat;
	if (name === "zpl") return zplFormat;
	const template = readFileSync(name, "utf8");
	const extension = extname(name) || ".txt";
	const isZpl = template.includes("^XA");
	return { template, extension, escape: isZpl ? zplFormat.escape : textFormat.escape };
}

export function labelOf(format: LabelFormat, batch: Batch, { uuid, mac }: Labelled): string {
	const { name, product, platform, title, label } = batch;
	const names = { uuid, mac, product, batch: name };
	const all = { ...names, platform, title, qr: filled(label, names) };
	const escaped = Object.entries(all).map(([key, text]) => [key, format.escape(text)] as const);
	return filled(format.template, Object.fromEntries(escaped));
}

function filled(template: string, names: { readonly [name: string]: string }): string {
	return template.replace(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all);
}
