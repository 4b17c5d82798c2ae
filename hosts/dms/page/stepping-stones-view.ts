/** What leads a product's devices that were off over to their platform's next key. */

import { html } from "hono/html";
import type { SteppingStone } from "../administration/stepping-stones.js";
import { productOperations } from "../api/operations/products.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import type { Refusal } from "./exchange.js";
import { choice, kept } from "./form.js";
import { type Markup, shown, table } from "./layout.js";
import { formOf } from "./product-forms.js";

/** Nothing, where the platform's key was never followed by another. */
export function steppingStonesSection(
	code: string,
	stones: readonly SteppingStone[],
	{ role }: Caller,
	refusal: Refusal | undefined,
): Markup | string {
	if (stones.length === 0) return "";
	const held = stones.filter(({ removedAt }) => removedAt === null);
	const mayRemove = productOperations.removeSteppingStone.roles.includes(role);
	return html`<h2>Stepping stones</h2>
		<p class="quiet">
			A device that was off while the platform's key was replaced gets this version first.
		</p>
		${table(
			["Number", "Version", "Devices before it", "Added", "Removed"],
			stones.map(({ ordinal, version, devices, addedAt, removedAt }) => [
				String(ordinal),
				shown(version ?? "none: they need a cable"),
				String(devices),
				timeText(addedAt),
				removedAt === null ? "-" : timeText(removedAt),
			]),
		)}
		${mayRemove && held.length > 0 ? removeForm(code, held, refusal) : ""}`;
}

function removeForm(
	code: string,
	held: readonly SteppingStone[],
	refusal: Refusal | undefined,
): Markup {
	const texts = Object.fromEntries(
		held.map(({ ordinal, version }) => [ordinal, `${ordinal}: ${version ?? "none"}`]),
	);
	const chosen = kept(removal, "ordinal", refusal);
	return formOf(code, removal, "Remove it", refusal, [
		html`<label>Lead no device over it any more ${choice("ordinal", chosen, texts)}</label>`,
	]);
}

/** The form's name. */
const removal = "stone-remove";
