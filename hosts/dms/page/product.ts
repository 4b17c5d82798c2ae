/** One product: its roll-outs, its bundles, and what its publisher does with them. */

import { html } from "hono/html";
import type { Bundle } from "../administration/bundles.js";
import type { Product } from "../administration/products.js";
import type { RollOutState } from "../administration/roll-outs.js";
import type { Operation } from "../api/operation.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { productOperations } from "../api/operations/products.js";
import { rollOutOperations } from "../api/operations/roll-outs.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import type { Service } from "../service.js";
import { act, type Exchange, fieldsIn, perform, type Refusal, send } from "./exchange.js";
import { field, submit } from "./form.js";
import { facts, type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";
import { rollOutSection } from "./roll-out-view.js";
import { scriptPath } from "./scripts.js";
import { uploadForms } from "./upload-view.js";

export const product: Part = {
	paths: ["/products/:product", "/products/:product/:action"],
	addTo(app, service) {
		app.get("/products/:product", async (exchange) =>
			send(exchange, await productPage(service, exchange)),
		);
		const forms: { readonly [form: string]: (text: string) => [Operation, object] } = {
			floor: (version) => [productOperations.setFloor, { version }],
			interval: (text) => [productOperations.setUpdateInterval, { seconds: Number(text) }],
		};
		for (const [form, inputOf] of Object.entries(forms)) {
			app.post("/products/:product/" + form, async (exchange) => {
				const fields = await fieldsIn(exchange);
				return act(exchange, {
					...{ form, fields },
					async run() {
						const code = exchange.req.param("product") ?? "";
						const [one, input] = inputOf(fields["value"] ?? "");
						await perform(service, exchange, one, { code, ...input });
						return pathOf(code);
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
	const found = await perform<Product>(service, exchange, productOperations.show, { code });
	const input = { product: code };
	const bundles = await perform<Bundle[]>(service, exchange, bundleOperations.list, input);
	const rollOuts: RollOutState[] = [];
	for (const { tag } of bundles.flatMap(({ tags }) => tags)) {
		rollOuts.push(
			await perform<RollOutState>(service, exchange, rollOutOperations.show, { ...input, tag }),
		);
	}
	const view = { product: found, bundles, rollOuts, caller: exchange.get("caller"), refusal };
	return { title: code, content: productView(view), script: scriptPath("publisher") };
}

interface ProductView {
	readonly product: Product;
	readonly bundles: readonly Bundle[];
	readonly rollOuts: readonly RollOutState[];
	readonly caller: Caller;
	readonly refusal: Refusal | undefined;
}

function productView({ product, bundles, rollOuts, caller, refusal }: ProductView): Markup {
	const { code, title, platform, owner, production, floor, updateInterval } = product;
	return html`${facts({
			Title: shown(title),
			Platform: shown(platform),
			Owner: shown(owner),
			Production: production ? "yes: a device never leaves it" : "no",
			"Lowest version": shown(floor),
			"Devices ask for updates": `every ${updateInterval} seconds`,
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
		${bundleOperations.publish.roles.includes(caller.role) ? forms(product, refusal) : ""}`;
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

function forms(product: Product, refusal: Refusal | undefined): Markup {
	const { code, floor, updateInterval } = product;
	return html`${uploadForms(pathOf(code), refusal)}
		<h2>What devices are told</h2>
		<div class="actions">
			<form method="post" action="${pathOf(code)}/floor">
				${field("floor", "value", "No version below this one", refusal, { value: floor })}
				${submit("floor", refusal, "Set the lowest version")}
			</form>
			<form method="post" action="${pathOf(code)}/interval">
				${field("interval", "value", "Ask for updates every so many seconds", refusal, {
					value: String(updateInterval),
					type: "number",
				})}
				${submit("interval", refusal, "Set the interval")}
			</form>
		</div>`;
}
