/** Files that a product's publisher uploads: forms, and a bar by a script. */

import { html } from "hono/html";
import { apiPath } from "../api/openapi.js";
import type { Operation } from "../api/operation.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { slotLengthMaximum } from "../publisher/slot.js";
import type { Refusal } from "./exchange.js";
import { submit } from "./form.js";
import type { Markup } from "./layout.js";

/** The longest image, with what its publisher states of it and what a form has around it. */
export const bytesMaximum = slotLengthMaximum + 64 * 2 ** 10;
const mebibytes = slotLengthMaximum / 2 ** 20;

interface Upload {
	readonly form: string;
	readonly operation: Operation;
	readonly heading: string;
	readonly label: string;
	readonly button: string;
}

export const uploads: readonly Upload[] = [
	{
		form: "bundle",
		operation: bundleOperations.publish,
		heading: "A new bundle",
		label: `The file that "opendms bundle build" has made: an image of at most ${mebibytes} MiB`,
		button: "Upload the bundle",
	},
	{
		form: "key",
		operation: bundleOperations.addKey,
		heading: "The product's key",
		label: 'What the platform\'s publisher has signed with "opendms key product"',
		button: "Upload the key's statement",
	},
];

/** `path` is the product's. With the script, the file goes straight to the API. */
export function uploadForms(path: string, refusal: Refusal | undefined): Markup {
	return html`${uploads.map(
		({ form, operation, heading, label, button }) =>
			html`<h2>${heading}</h2>
				<form
					method="post"
					action="${path}/${form}"
					enctype="multipart/form-data"
					data-upload="${apiPath + operation.path}"
					data-bytes-maximum="${bytesMaximum}"
				>
					<label>${label}<input type="file" name="file" required /></label>
					<progress hidden max="1" value="0" aria-label="Upload"></progress>
					${submit(form, refusal, button)}
				</form>`,
	)}`;
}
