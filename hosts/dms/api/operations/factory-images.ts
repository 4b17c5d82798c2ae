/** Operations on what a cable puts onto a product's blank chips. */

import * as z from "zod";
import { OperatorError } from "../../operator-error.js";
import { lengthMaximum } from "../../publisher/factory-image.js";
import type { Download } from "../../storage/image-stream.js";
import { type Context, operation } from "../operation.js";
import { done, factoryImage } from "../schemas.js";
import { forOwnersToo, forPublishers } from "./access.js";

const bytes = "application/octet-stream";
const path = "/products/{product}/factory-image";
const input = z.strictObject({ product: z.string() });

export const factoryImageOperations = {
	set: operation({
		...{ id: "setFactoryImage", method: "PUT", path },
		summary: "Takes what a cable puts onto a blank chip, as esptool merge_bin makes it",
		roles: forPublishers,
		input,
		...{ body: bytes, bytesMaximum: lengthMaximum },
		output: factoryImage,
		run: ({ service, file }, { product }) => service.factoryImages.receive(product, file),
	}),
	show: operation({
		...{ id: "showFactoryImage", method: "GET", path },
		summary: "What a cable puts onto a blank chip, and where",
		roles: forOwnersToo,
		input,
		output: factoryImage,
		run: async (context, { product }) => {
			await requireUse(context, product);
			return context.service.factoryImages.show(product);
		},
	}),
	read: operation({
		id: "readFactoryImage",
		method: "GET",
		path: path + "/content",
		summary: "Its bytes",
		roles: forOwnersToo,
		input,
		answer: bytes,
		output: z.custom<Download>(),
		run: async (context, { product }) => {
			await requireUse(context, product);
			return context.service.factoryImages.read(product);
		},
	}),
	remove: operation({
		...{ id: "removeFactoryImage", method: "DELETE", path, summary: "Takes it away" },
		roles: forPublishers,
		input,
		output: done,
		run: ({ service }, { product }) => service.factoryImages.remove(product),
	}),
};

/** An owner gets that of the products that he may put devices on. */
async function requireUse({ service, caller }: Context, code: string): Promise<void> {
	if (caller.role !== "owner") return;
	const product = await service.products.show(code).catch(() => undefined);
	const users = product === undefined ? [] : [product.owner, ...product.sharedWith];
	if (users.some((user) => user === caller.user)) return;
	throw new OperatorError("product-unknown", `None of your products is ${code}.`);
}
