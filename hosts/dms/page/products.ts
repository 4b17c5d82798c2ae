/** The list of products, and one of them with its bundles. */

import { html } from "hono/html";
import type { Bundle } from "../administration/bundles.js";
import type { Product } from "../administration/products.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { productOperations } from "../api/operations/products.js";
import { timeText } from "../json.js";
import { perform, send } from "./exchange.js";
import { type Markup, shown, table } from "./layout.js";
import type { Part } from "./part.js";

export const products: Part = {
	paths: ["/products", "/products/:product"],
	addTo(app, service) {
		app.get("/products", async (exchange) => {
			const products = await perform<Product[]>(service, exchange, productOperations.list);
			return send(exchange, { title: "Products", content: productsView(products) });
		});
		app.get("/products/:product", async (exchange) => {
			const product = exchange.req.param("product");
			const bundles = await perform<Bundle[]>(
				...([service, exchange, bundleOperations.list, { product }] as const),
			);
			return send(exchange, { title: product, content: productView(bundles) });
		});
	},
};

function productsView(products: readonly Product[]): Markup {
	return table(
		["Product", "Title", "Platform", "Owner", "Lowest version"],
		products.map(({ code, title, platform, owner, floor }) => [
			html`<a href="/products/${encodeURIComponent(code)}">${shown(code)}</a>`,
			...[shown(title), shown(platform), shown(owner), shown(floor)],
		]),
	);
}

function productView(bundles: readonly Bundle[]): Markup {
	return html`<h2>Bundles, newest first</h2>
		${table(
			["Version", "Tags", "dfu.status reported", "Published"],
			bundles.map((bundle) => [
				shown(bundle.version),
				html`${tagsOf(bundle)}`,
				shown(reportsOf(bundle)),
				timeText(bundle.publishedAt),
			]),
		)}
		<p class="quiet">
			200 is confirmed. 221 and up are images that were taken back; PROTOCOL.md says why.
		</p>`;
}

function tagsOf({ tags, withdrawnAt }: Bundle): Markup | string {
	if (withdrawnAt !== null) return "withdrawn";
	if (tags.length === 0) return "-";
	return html`${tags.map(({ tag, percent, haltedAt }) =>
		haltedAt === null
			? html`${tag}, ${percent} %<br />`
			: html`<span class="bad">${tag}, ${percent} %: stopped ${timeText(haltedAt)}</span><br />`,
	)}`;
}

function reportsOf({ reports }: Bundle): string {
	const texts = Object.entries(reports).map(([status, count]) => `${status}: ${count}`);
	return texts.join(", ");
}
