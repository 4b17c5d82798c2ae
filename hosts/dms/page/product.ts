/** One product: its roll-outs, its bundles, and what its publisher does with them. */

import { html } from "hono/html";
import type { Bundle } from "../administration/bundles.js";
import type { FactoryImage } from "../administration/factory-images.js";
import type { Product } from "../administration/products.js";
import type { RollOutState } from "../administration/roll-outs.js";
import type { SteppingStone } from "../administration/stepping-stones.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { factoryImageOperations } from "../api/operations/factory-images.js";
import { productOperations } from "../api/operations/products.js";
import { rollOutOperations } from "../api/operations/roll-outs.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import type { Service } from "../service.js";
import type { VersionCount } from "../storage/fleet.js";
import {
	act,
	type Exchange,
	fieldsIn,
	perform,
	problemIn,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { formsAsSeen } from "./form.js";
import { facts, type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";
import { productDeeds, productForms } from "./product-forms.js";
import { rollOutSection } from "./roll-out-view.js";
import { scriptPath } from "./scripts.js";
import { steppingStonesSection } from "./stepping-stones-view.js";
import { factorySection, uploadForms } from "./upload-view.js";

export const product: Part = {
	paths: ["/products/:product", "/products/:product/:action"],
	addTo(app, service) {
		app.get("/products/:product", async (exchange) =>
			send(exchange, await productPage(service, exchange)),
		);
		for (const [form, deed] of Object.entries(productDeeds)) {
			app.post("/products/:product/" + form, async (exchange) => {
				const fields = await fieldsIn(exchange);
				const code = exchange.req.param("product") ?? "";
				return act(exchange, {
					...{ form, fields, subject: "product:" + code },
					async run() {
						const { question } = deed;
						// Who may not isn't asked.
						if (question !== undefined && deed.one.roles.includes(exchange.get("caller").role)) {
							const text = question(code, fields);
							if (text !== undefined) requireSure(fields, text);
						}
						await perform(service, exchange, deed.one, deed.input(code, fields));
						return form === "remove" ? "/products" : pathOf(code);
					},
					pageOf: (refusal) => productPage(service, exchange, refusal),
				});
			});
		}
	},
};

function pathOf(code: string): string {
	return "/products/" + encodeURIComponent(code);
}

/** The page of the product in the path, with what was wrong with a form. */
export async function productPage(
	service: Service,
	exchange: Exchange,
	refusal?: Refusal,
): Promise<Page> {
	const code = exchange.req.param("product") ?? "";
	const seen = await service.seen("product:" + code);
	const found = await perform<Product>(service, exchange, productOperations.show, { code });
	const input = { product: code };
	const bundles = await perform<Bundle[]>(service, exchange, bundleOperations.list, input);
	const rollOuts: RollOutState[] = [];
	for (const { tag } of bundles.flatMap(({ tags }) => tags)) {
		rollOuts.push(
			await perform<RollOutState>(service, exchange, rollOutOperations.show, { ...input, tag }),
		);
	}
	const factoryImage = await factoryImageOf(service, exchange, code);
	const { versions: count, steppingStones: led } = productOperations;
	const versions = await perform<VersionCount[]>(service, exchange, count, { code });
	const stones = await perform<SteppingStone[]>(service, exchange, led, { code });
	const about = { versions, bundles, rollOuts, stones, factoryImage };
	const view = { product: found, ...about, caller: exchange.get("caller"), refusal };
	const content = await formsAsSeen(seen, productView(view));
	return { title: code, content, script: scriptPath("publisher") };
}

async function factoryImageOf(
	service: Service,
	exchange: Exchange,
	product: string,
): Promise<FactoryImage | undefined> {
	try {
		const { show } = factoryImageOperations;
		return await perform<FactoryImage>(service, exchange, show, { product });
	} catch (error) {
		if (problemIn(error).rule === "bundle-unknown") return undefined;
		throw error;
	}
}

interface ProductView {
	readonly product: Product;
	readonly versions: readonly VersionCount[];
	readonly bundles: readonly Bundle[];
	readonly rollOuts: readonly RollOutState[];
	readonly stones: readonly SteppingStone[];
	readonly factoryImage: FactoryImage | undefined;
	readonly caller: Caller;
	readonly refusal: Refusal | undefined;
}

function productView(view: ProductView): Markup {
	const { product, bundles, rollOuts, stones, factoryImage, caller, refusal } = view;
	const { code, title, platform, owner, production, locked, floor, updateInterval } = product;
	const blankChips = factorySection(code, factoryImage, caller, refusal);
	return html`${facts({
			Title: shown(title),
			Platform: shown(platform),
			Owner: shown(owner),
			"Shared with": shown(product.sharedWith.join(", ")),
			Production: production ? "yes: a device never leaves it" : "no",
			Claims: locked ? "locked: its devices can't be claimed" : "open",
			"Lowest version": shown(floor),
			"Devices ask for updates": intervalText(updateInterval),
			Devices: devicesOn(code, view.versions),
		})}
		${rollOuts.map((one) => rollOutSection(one, caller, refusal))}
		<h2>Bundles, newest first</h2>
		${table(
			["Version", "Tags", "Reported", "Published"],
			bundles.map((bundle) => [
				html`<a href="${pathOf(code)}/bundles/${bundle.version}">${shown(bundle.version)}</a>`,
				html`${tagsOf(bundle)}`,
				shown(reportsOf(bundle)),
				timeText(bundle.publishedAt),
			]),
		)}
		${bundleOperations.publish.roles.includes(caller.role) ? uploadForms(code, refusal) : ""}
		${steppingStonesSection(code, stones, caller, refusal)} ${blankChips}
		${productForms(product, caller, refusal)}`;
}

export function tagsOf({ tags, withdrawnAt }: Bundle): Markup | string {
	if (withdrawnAt !== null) return "withdrawn";
	if (tags.length === 0) return "-";
	return html`${tags.map(({ tag, percent, haltedAt }) =>
		haltedAt === null
			? html`${tag}, ${percent} %<br />`
			: html`<span class="bad">${tag}, ${percent} %: stopped ${timeText(haltedAt)}</span><br />`,
	)}`;
}

function reportsOf({ reports }: Bundle): string {
	const sum = Object.values(reports).reduce((all, count) => all + count, 0);
	return sum === 0 ? "" : `${reports["1"] ?? 0} of ${sum} confirmed`;
}

/** How many run what, with the way to them. */
function devicesOn(product: string, versions: readonly VersionCount[]): Markup {
	if (versions.length === 0) return html`none`;
	const pathOf = (more: { readonly version?: string }) =>
		"/devices?" + new URLSearchParams({ product, ...more }).toString();
	const all = versions.reduce((sum, { devices }) => sum + devices, 0);
	const parts = versions.map(
		({ version, devices }) =>
			html`, ${devices} on <a href="${pathOf({ version })}">${shown(version)}</a>`,
	);
	return html`<a href="${pathOf({})}">${all} in all</a>${parts}`;
}

function intervalText(seconds: number): string {
	for (const [name, length] of [
		["day", 86_400],
		["hour", 3_600],
		["minute", 60],
	] as const) {
		const count = seconds / length;
		if (Number.isInteger(count)) return count === 1 ? "every " + name : `every ${count} ${name}s`;
	}
	return `every ${seconds} seconds`;
}
