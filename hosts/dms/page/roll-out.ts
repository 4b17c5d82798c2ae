/** What pauses a roll-out, lets it go on, makes it larger, or ends it. */

import type { RollOutState } from "../administration/roll-outs.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { rollOutOperations } from "../api/operations/roll-outs.js";
import { act, fieldsIn, namesIn, perform, requireSure } from "./exchange.js";
import type { Part } from "./part.js";
import { productPage } from "./product.js";
import { formOf } from "./roll-out-view.js";

/** Fewer are a desk's; a roll-out to many begins with a share of them. */
export const manyDevices = 10;

export const rollOut: Part = {
	paths: ["/products/:product/tags/:tag/:action"],
	addTo(app, service) {
		for (const action of ["pause", "resume", "share", "untag"] as const) {
			app.post("/products/:product/tags/:tag/" + action, async (exchange) => {
				const fields = await fieldsIn(exchange);
				const { product = "", tag = "" } = namesIn(exchange);
				const input = { product, tag };
				return act(exchange, {
					...{ form: formOf(action, tag), fields, subject: "product:" + product },
					async run() {
						if (action === "share") {
							const now = await perform<RollOutState>(
								...([service, exchange, rollOutOperations.show, input] as const),
							);
							const { version, failurePercent } = now;
							const percent = Number(fields["percent"]);
							if (percent === 100 && now.devices > manyDevices) {
								requireSure(fields, `All ${now.devices} devices get ${version} now.`);
							}
							const share = { ...input, version, percent, failurePercent };
							await perform(service, exchange, bundleOperations.tag, share);
						} else if (action === "untag") {
							requireSure(fields, `No device gets ${product} by the tag ${tag} any more.`);
							await perform(service, exchange, bundleOperations.untag, input);
						} else await perform(service, exchange, rollOutOperations[action], input);
						return "/products/" + encodeURIComponent(product);
					},
					pageOf: (refusal) => productPage(service, exchange, refusal),
				});
			});
		}
	},
};
