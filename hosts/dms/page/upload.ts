/** A product's key and its bundles come to the service. */

import type { Bundle } from "../administration/bundles.js";
import { OperatorError } from "../operator-error.js";
import { act, type Exchange, perform } from "./exchange.js";
import type { Part } from "./part.js";
import { productPage } from "./product.js";
import { uploads } from "./upload-view.js";

export const upload: Part = {
	paths: uploads.map(({ form }) => "/products/:product/" + form),
	bytesMaximum: Math.max(...uploads.map(({ bytesMaximum }) => bytesMaximum)),
	addTo(app, service) {
		for (const { form, operation, input } of uploads) {
			app.post("/products/:product/" + form, (exchange) =>
				act(exchange, {
					...{ form, fields: {} },
					async run() {
						const bytes = await fileIn(exchange);
						const taken = await perform<Pick<Bundle, "product">>(
							...([service, exchange, operation, input(nameIn(exchange)), bytes] as const),
						);
						return "/products/" + encodeURIComponent(taken.product);
					},
					pageOf: (refusal) => productPage(service, exchange, refusal),
				}),
			);
		}
	},
};

function nameIn(exchange: Exchange): string {
	return exchange.req.param("product") ?? "";
}

async function fileIn({ req }: Exchange): Promise<Uint8Array> {
	const { file } = await req.parseBody();
	if (file instanceof File && file.size > 0) return new Uint8Array(await file.arrayBuffer());
	throw new OperatorError("bundle", "Choose a file first.");
}
