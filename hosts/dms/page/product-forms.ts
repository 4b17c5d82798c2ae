/** What is done to a product by forms. */

import { html } from "hono/html";
import type { Product } from "../administration/products.js";
import type { Operation } from "../api/operation.js";
import { factoryImageOperations } from "../api/operations/factory-images.js";
import { productOperations } from "../api/operations/products.js";
import type { Caller } from "../people/caller.js";
import type { Fields, Refusal } from "./exchange.js";
import { checkbox, choice, field, submit } from "./form.js";
import { numberIn } from "./input.js";
import { type Markup, shown } from "./layout.js";

interface Deed {
	readonly one: Operation;
	/** What the operation is asked for, of what the form says. */
	input(code: string, fields: Fields): { readonly [name: string]: unknown };
	/** What is asked before it is done, if something is. */
	question?(code: string, fields: Fields): string | undefined;
}

/** By the form's name. */
export const productDeeds: { readonly [form: string]: Deed } = Object.freeze({
	set: {
		one: productOperations.set,
		input: (code, { title, platform, owner, production }) => ({
			...{ code, title, platform, owner },
			production: production !== undefined,
		}),
		question: (code, { production, wasProduction }) =>
			production !== undefined && wasProduction === undefined
				? `A device never leaves ${code}: not by a reset, nor by its owner.`
				: undefined,
	},
	floor: {
		one: productOperations.setFloor,
		input: (code, { value = "" }) => ({ code, version: value }),
	},
	interval: {
		one: productOperations.setUpdateInterval,
		input: (code, { value }) => ({ code, seconds: numberIn(value) }),
	},
	lock: { one: productOperations.lock, input: (code) => ({ code }) },
	unlock: { one: productOperations.unlock, input: (code) => ({ code }) },
	share: { one: productOperations.share, input: (code, { user }) => ({ code, user }) },
	unshare: { one: productOperations.unshare, input: (code, { user }) => ({ code, user }) },
	remove: {
		one: productOperations.remove,
		input: (code) => ({ code }),
		question: (code) => `${code} is gone then, with its key, batches and activation tokens.`,
	},
	"stone-remove": {
		one: productOperations.removeSteppingStone,
		input: (code, { ordinal }) => ({ code, ordinal }),
		question: (_, { ordinal }) =>
			`Devices that have stepping stone ${ordinal} before them need a cable then.`,
	},
	"factory-remove": {
		one: factoryImageOperations.remove,
		input: (product) => ({ product }),
		question: () => "No blank chip is flashed from here any more, until a file is given again.",
	},
});

export function productForms(
	product: Product,
	{ role }: Caller,
	refusal: Refusal | undefined,
): Markup {
	const { setFloor, set } = productOperations;
	return html`${setFloor.roles.includes(role) ? toldForms(product, refusal) : ""}
	${set.roles.includes(role) ? adminForms(product, refusal) : ""}`;
}

function toldForms({ code, floor, updateInterval }: Product, refusal: Refusal | undefined): Markup {
	return html`<h2>What devices are told</h2>
		<div class="actions">
			${formOf(code, "floor", "Set the lowest version", refusal, [
				field("floor", "value", "No version below this one", refusal, { value: floor }),
			])}
			${formOf(code, "interval", "Set the interval", refusal, [
				field("interval", "value", "Ask for updates every so many seconds", refusal, {
					value: String(updateInterval),
					type: "number",
				}),
			])}
		</div>`;
}

function adminForms(product: Product, refusal: Refusal | undefined): Markup {
	const { code, title, platform, owner, production, locked } = product;
	const textOf = (name: string, label: string, value: string) =>
		field("set", name, label, refusal, { value });
	return html`<h2>Correct it</h2>
		<p class="quiet">Platform and kind, as long as no device, key or bundle is there.</p>
		<form method="post" action="${pathTo(code, "set")}" class="actions">
			${textOf("title", "Title", title)} ${textOf("platform", "Platform", platform)}
			${textOf("owner", "Owner: a user's name", owner)}
			${checkbox("set", "production", "Production: a device never leaves it", refusal, production)}
			${production ? html`<input type="hidden" name="wasProduction" value="yes" />` : ""}
			${submit("set", refusal, "Correct it")}
		</form>
		<h2>Who else may put devices on it</h2>
		<div class="actions">
			${formOf(code, "share", "Share it", refusal, [
				field("share", "user", "A user's name", refusal),
			])}
			${product.sharedWith.length === 0 ? "" : unshareForm(product, refusal)}
		</div>
		<h2>Claims</h2>
		<p class="quiet">While it is locked, its devices can't be claimed: for those not sold yet.</p>
		${formOf(code, locked ? "unlock" : "lock", locked ? "Unlock it" : "Lock it", refusal)}
		<h2>Remove it</h2>
		<p class="quiet">A product that no device is on, and that has no bundle.</p>
		${formOf(code, "remove", "Remove the product", refusal)}`;
}

function unshareForm({ code, sharedWith }: Product, refusal: Refusal | undefined): Markup {
	const names = Object.fromEntries(sharedWith.map((name) => [name, shown(name)]));
	const chosen = refusal?.form === "unshare" ? (refusal.fields["user"] ?? "") : "";
	return formOf(code, "unshare", "Share it no more", refusal, [
		html`<label>Shared with ${choice("user", chosen, names)}</label>`,
	]);
}

function pathTo(code: string, form: string): string {
	return `/products/${encodeURIComponent(code)}/${form}`;
}

export function formOf(
	code: string,
	form: string,
	label: string,
	refusal: Refusal | undefined,
	inside: readonly Markup[] = [],
): Markup {
	return html`<form method="post" action="${pathTo(code, form)}">
		${inside} ${submit(form, refusal, label)}
	</form>`;
}
