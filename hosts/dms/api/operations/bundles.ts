/** Operations on products' keys and firmware. */

import * as z from "zod";
import { slotLengthMaximum } from "../../publisher/slot.js";
import type { Download } from "../../storage/image-stream.js";
import { operation } from "../operation.js";
import { bundle, done, percent, tag, version } from "../schemas.js";
import { all, forPublishers } from "./access.js";

const bytes = "application/octet-stream";
const product = z.string();
const since = z
	.union([version, z.literal("none")])
	.describe("for a statement by the platform's next key: from which version on firmware has it");
const path = "/products/{product}/bundles";
/** A key's statement is short. */
const keyBytesMaximum = 64 * 2 ** 10;
/** The longest image, and what its publisher states of it. */
const bundleBytesMaximum = slotLengthMaximum + 64 * 2 ** 10;

export const bundleOperations = {
	addKey: operation({
		id: "addProductKey",
		method: "POST",
		path: "/keys",
		summary: "Takes a product's key, as its platform's publisher has signed it",
		roles: forPublishers,
		input: z.strictObject({ since: since.optional() }),
		...{ body: bytes, bytesMaximum: keyBytesMaximum },
		output: z.strictObject({ product, generation: z.int() }),
		run: ({ service, file }, input) => {
			const statement = Uint8Array.from(file.read(0, file.length));
			return service.bundles.addKey(statement, input.since);
		},
	}),
	publish: operation({
		id: "publishBundle",
		method: "POST",
		path: "/bundles",
		summary: "Takes a bundle; devices get it once it is tagged",
		roles: forPublishers,
		input: z.strictObject({}),
		...{ body: bytes, bytesMaximum: bundleBytesMaximum },
		output: bundle,
		run: ({ service, file }) => service.bundles.receive(file),
	}),
	list: operation({
		...{ id: "listBundles", method: "GET", path, summary: "A product's bundles, newest first" },
		roles: all,
		input: z.strictObject({ product }),
		output: z.array(bundle),
		run: ({ service }, input) => service.bundles.list(input.product),
	}),
	show: operation({
		id: "showBundle",
		method: "GET",
		path: path + "/{version}",
		summary: "A bundle, and how it fares on devices",
		roles: all,
		input: z.strictObject({ product, version }),
		output: bundle,
		run: ({ service }, input) => service.bundles.show(input.product, input.version),
	}),
	read: operation({
		id: "readBundle",
		method: "GET",
		path: path + "/{version}/file",
		summary: "A bundle as it was published: its statement and its image",
		roles: all,
		input: z.strictObject({ product, version }),
		answer: bytes,
		output: z.custom<Download>(),
		run: ({ service }, input) => service.bundles.read(input.product, input.version),
	}),
	tag: operation({
		id: "tagBundle",
		method: "PUT",
		path: "/products/{product}/tags/{tag}",
		summary: "Gives devices this bundle: all of them, or those of this tag",
		roles: forPublishers,
		input: z.strictObject({
			...{ product, tag, version },
			percent: percent.optional(),
			failurePercent: percent.optional(),
		}),
		output: done,
		run: ({ service }, { product, version, tag, ...rollOut }) =>
			service.bundles.tag(product, version, tag, rollOut),
	}),
	untag: operation({
		id: "untagBundle",
		method: "DELETE",
		path: "/products/{product}/tags/{tag}",
		summary: "Takes a tag away",
		roles: forPublishers,
		input: z.strictObject({ product, tag }),
		output: done,
		run: ({ service }, input) => service.bundles.untag(input.product, input.tag),
	}),
	withdraw: operation({
		id: "withdrawBundle",
		method: "DELETE",
		path: path + "/{version}",
		summary: "Lets no device get this bundle any more",
		roles: forPublishers,
		input: z.strictObject({ product, version }),
		output: done,
		run: ({ service }, input) => service.bundles.withdraw(input.product, input.version),
	}),
};
