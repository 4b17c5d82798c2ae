/** The list of products, and how a new one comes into it. */

import { html } from "hono/html";
import type { Product } from "../administration/products.js";
import { productOperations } from "../api/operations/products.js";
import type { Service } from "../service.js";
import {
	act,
	type Exchange,
	fieldsIn,
	perform,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { checkbox, field, submit } from "./form.js";
import { type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";

export const products: Part = {
	paths: ["/products"],
	addTo(app, service) {
		app.get("/products", async (exchange) => send(exchange, await productsPage(service, exchange)));
		app.post("/products", async (exchange) => {
			const fields = await fieldsIn(exchange);
			return act(exchange, {
				...{ form: "add", fields },
				async run() {
					const { code = "", title, platform, owner } = fields;
					const production = fields["production"] !== undefined;
					if (production) {
						const what = `A device never leaves ${code}: not by a reset, nor by its owner.`;
						requireSure(fields, what);
					}
					const input = { code, title, platform, owner, production };
					await perform(service, exchange, productOperations.add, input);
					return "/products/" + encodeURIComponent(code);
				},
				pageOf: (refusal) => productsPage(service, exchange, refusal),
			});
		});
	},
};

async function productsPage(
	service: Service,
	exchange: Exchange,
	refusal?: Refusal,
): Promise<Page> {
	const all = await perform<Product[]>(service, exchange, productOperations.list);
	const canAdd = productOperations.add.roles.includes(exchange.get("caller").role);
	const content = html`${productTable(all)} ${canAdd ? addForm(refusal) : ""}`;
	return { title: "Products", content };
}

function productTable(products: readonly Product[]): Markup {
	return table(
		["Product", "Title", "Platform", "Owner", "Lowest version"],
		products.map(({ code, title, platform, owner, floor }) => [
			html`<a href="/products/${encodeURIComponent(code)}">${shown(code)}</a>`,
			...[shown(title), shown(platform), shown(owner), shown(floor)],
		]),
	);
}

function addForm(refusal: Refusal | undefined): Markup {
	return html`<h2>Add a product</h2>
		<form method="post" action="/products" class="actions">
			${field("add", "code", "Code, such as ACME-LAMP", refusal)}
			${field("add", "title", "Title", refusal)}
			${field("add", "platform", "Platform, such as esp32", refusal)}
			${field("add", "owner", "Owner: a user's name", refusal)}
			${checkbox("add", "production", "Production: a device never leaves it", refusal)}
			${submit("add", refusal, "Add the product")}
		</form>`;
}
