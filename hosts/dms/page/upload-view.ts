/** Files that a product's publisher uploads: forms, and a bar by a script. */

import { html } from "hono/html";
import type { FactoryImage } from "../administration/factory-images.js";
import { apiPath } from "../api/openapi.js";
import type { Operation } from "../api/operation.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { factoryImageOperations } from "../api/operations/factory-images.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import { lengthMaximum as factoryLengthMaximum } from "../publisher/factory-image.js";
import { slotLengthMaximum } from "../publisher/slot.js";
import type { Fields, Refusal } from "./exchange.js";
import { kept, submit } from "./form.js";
import { input } from "./input.js";
import { facts, type Markup, shown } from "./layout.js";
import { formOf } from "./product-forms.js";

/** What a publisher states of an image, and what a form has around it. */
const aroundBytes = 64 * 2 ** 10;
const bundleBytesMaximum = slotLengthMaximum + aroundBytes;
const factoryBytesMaximum = factoryLengthMaximum + aroundBytes;
const mebibytes = slotLengthMaximum / 2 ** 20;

export interface Upload {
	readonly form: string;
	/** What the operation is told besides the file, of what else is in the form. */
	input(product: string, fields: Fields): { readonly [name: string]: unknown };
	/** What else may be in the form, by its name there: a text. */
	readonly field?: { readonly name: string; readonly label: string };
	readonly bytesMaximum: number;
	readonly operation: Operation;
	readonly heading: string;
	readonly label: string;
	readonly button: string;
}

export const uploads: readonly Upload[] = [
	{
		...{ form: "bundle", input: () => ({}), bytesMaximum: bundleBytesMaximum },
		operation: bundleOperations.publish,
		heading: "A new bundle",
		label: `The file that "opendms bundle build" has made: an image of at most ${mebibytes} MiB`,
		button: "Upload the bundle",
	},
	{
		...{ form: "key", input: (_, { since }) => ({ since }), bytesMaximum: bundleBytesMaximum },
		field: {
			name: "since",
			label:
				"Where the platform's next key has signed it: from which version on firmware has that " +
				'key, or "none"',
		},
		operation: bundleOperations.addKey,
		heading: "The product's key",
		label: 'What the platform\'s publisher has signed with "opendms key product"',
		button: "Upload the key's statement",
	},
	{
		...{ form: "factory", input: (product) => ({ product }), bytesMaximum: factoryBytesMaximum },
		operation: factoryImageOperations.set,
		heading: "Blank chips",
		label: 'What "esptool merge_bin" has made of boot loader, partition table and app',
		button: "Upload the firmware",
	},
];

/** For bundles and keys. */
export function uploadForms(code: string, refusal: Refusal | undefined): Markup {
	return html`${uploads
		.filter(({ form }) => form !== "factory")
		.map(
			(upload) =>
				html`<h2>${upload.heading}</h2>
					${uploadForm(code, upload, refusal)}`,
		)}`;
}

/** With the script, the file goes straight to the API. */
function uploadForm(code: string, upload: Upload, refusal: Refusal | undefined): Markup {
	const { form, operation, label, field, button, bytesMaximum } = upload;
	const product = encodeURIComponent(code);
	return html`<form
		method="post"
		action="/products/${product}/${form}"
		enctype="multipart/form-data"
		data-upload="${apiPath + operation.path.replace("{product}", product)}"
		data-method="${operation.method}"
		data-bytes-maximum="${bytesMaximum}"
	>
		${field && input(field.name, field.label, kept(form, field.name, refusal))}
		<label>${label}<input type="file" name="file" required /></label>
		<progress hidden max="1" value="0" aria-label="Upload"></progress>
		${submit(form, refusal, button)}
	</form>`;
}

/** What a cable puts onto the product's blank chips. */
export function factorySection(
	code: string,
	image: FactoryImage | undefined,
	{ role }: Caller,
	refusal: Refusal | undefined,
): Markup {
	const upload = uploads.find(({ form }) => form === "factory");
	const maySet = factoryImageOperations.set.roles.includes(role) && upload !== undefined;
	return html`<h2>Blank chips</h2>
		${
			image === undefined
				? html`<p class="quiet">
						There is no firmware for blank chips: "Add a device" can't flash them.
					</p>`
				: facts({
						Version: shown(image.version),
						Length: `${image.length} bytes`,
						"SHA-256": html`<code>${image.digest}</code>`,
						Added: timeText(image.addedAt),
					})
		}
		${maySet ? uploadForm(code, upload, refusal) : ""}
		${
			maySet && image !== undefined
				? formOf(code, "factory-remove", "Take the firmware away", refusal)
				: ""
		}`;
}
