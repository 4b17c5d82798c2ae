/** Operations on products. */

import * as z from "zod";
import { operation } from "../operation.js";
import { done, name, product, time, version } from "../schemas.js";
import { all, forAdmins, forOwnersToo, forPublishers } from "./access.js";

const code = z.string().min(1).max(64).describe("upper case, such as ACME-LAMP");
const title = z.string().min(1).max(256);
const platform = z.string().min(1).max(64);
const count = z.int().min(0);
const updateInterval = z.int().describe("seconds");

const steppingStone = z
	.strictObject({
		ordinal: z.int().describe("counts up with each change of the platform's key"),
		version: version.nullable().describe("from it on, firmware has the next key"),
		generation: z.int().describe("of the product's key by then"),
		devices: count.describe("how many have it before them, as far as they have told"),
		addedAt: time,
		removedAt: time.nullable(),
	})
	.meta({ id: "SteppingStone" });

export const productOperations = {
	list: operation({
		...{ id: "listProducts", method: "GET", path: "/products", summary: "All products" },
		roles: all,
		input: z.strictObject({}),
		output: z.array(product),
		run: ({ service }) => service.products.list(),
	}),
	listOwn: operation({
		id: "listOwnProducts",
		method: "GET",
		path: "/own-products",
		summary: "The products that whoever asks may put his devices on",
		roles: forOwnersToo,
		input: z.strictObject({}),
		output: z.array(product.pick({ code: true, title: true, platform: true })),
		run: async ({ service, caller: { user } }) =>
			(await service.products.list())
				.filter(({ owner, sharedWith }) => [owner, ...sharedWith].some((one) => one === user))
				.map(({ code, title, platform }) => ({ code, title, platform })),
	}),
	show: operation({
		...{ id: "showProduct", method: "GET", path: "/products/{code}", summary: "A product" },
		roles: all,
		input: z.strictObject({ code }),
		output: product,
		run: ({ service }, input) => service.products.show(input.code),
	}),
	add: operation({
		...{ id: "addProduct", method: "POST", path: "/products", summary: "Adds a product" },
		roles: forAdmins,
		input: z.strictObject({
			...{ code, title, platform, owner: name },
			production: z.boolean().exactOptional(),
			locked: z.boolean().exactOptional(),
		}),
		output: product,
		run: ({ service }, input) => service.products.add(input),
	}),
	versions: operation({
		id: "listProductVersions",
		method: "GET",
		path: "/products/{code}/versions",
		summary: "How many of its devices run each version, as they have told it last",
		roles: all,
		input: z.strictObject({ code }),
		output: z.array(z.strictObject({ version: z.string(), devices: count })),
		run: ({ service }, input) => service.products.versions(input.code),
	}),
	set: operation({
		id: "setProduct",
		method: "PATCH",
		path: "/products/{code}",
		summary: "Changes what is given; the rest stays",
		roles: forAdmins,
		input: z.strictObject({
			code,
			title: title.exactOptional(),
			platform: platform.exactOptional(),
			owner: name.exactOptional(),
			production: z.boolean().exactOptional(),
		}),
		output: product,
		run: ({ service }, { code, ...changes }) => service.products.set(code, changes),
	}),
	remove: operation({
		id: "removeProduct",
		method: "DELETE",
		path: "/products/{code}",
		summary: "Removes a product without devices and bundles",
		roles: forAdmins,
		input: z.strictObject({ code }),
		output: done,
		run: ({ service }, input) => service.products.remove(input.code),
	}),
	share: operation({
		id: "shareProduct",
		method: "PUT",
		path: "/products/{code}/users/{user}",
		summary: "Lets another user activate devices to it",
		roles: forAdmins,
		input: z.strictObject({ code, user: name }),
		output: done,
		run: ({ service }, input) => service.products.share(input.code, input.user),
	}),
	unshare: operation({
		id: "unshareProduct",
		method: "DELETE",
		path: "/products/{code}/users/{user}",
		summary: "Lets this user do so no more",
		roles: forAdmins,
		input: z.strictObject({ code, user: name }),
		output: done,
		run: ({ service }, input) => service.products.unshare(input.code, input.user),
	}),
	lock: operation({
		id: "lockProduct",
		method: "PUT",
		path: "/products/{code}/lock",
		summary: "Keeps devices on it from being claimed",
		roles: forAdmins,
		input: z.strictObject({ code }),
		output: done,
		run: ({ service }, input) => service.products.lock(input.code),
	}),
	unlock: operation({
		id: "unlockProduct",
		method: "DELETE",
		path: "/products/{code}/lock",
		summary: "Lets devices on it be claimed again",
		roles: forAdmins,
		input: z.strictObject({ code }),
		output: done,
		run: ({ service }, input) => service.products.unlock(input.code),
	}),
	setFloor: operation({
		id: "setFloor",
		method: "PUT",
		path: "/products/{code}/floor",
		summary: "Offers no version below this one any more",
		roles: forPublishers,
		input: z.strictObject({ code, version }),
		output: done,
		run: ({ service }, input) => service.products.setFloor(input.code, input.version),
	}),
	setUpdateInterval: operation({
		id: "setUpdateInterval",
		method: "PUT",
		path: "/products/{code}/update-interval",
		summary: "How often devices ask for updates",
		roles: forPublishers,
		input: z.strictObject({ code, seconds: updateInterval }),
		output: done,
		run: ({ service }, input) => service.products.setUpdateInterval(input.code, input.seconds),
	}),
	steppingStones: operation({
		id: "listSteppingStones",
		method: "GET",
		path: "/products/{code}/stepping-stones",
		summary: "What leads devices that were off over to the next key of their platform",
		roles: all,
		input: z.strictObject({ code }),
		output: z.array(steppingStone),
		run: ({ service }, input) => service.steppingStones.list(input.code),
	}),
	removeSteppingStone: operation({
		id: "removeSteppingStone",
		method: "DELETE",
		path: "/products/{code}/stepping-stones/{ordinal}",
		summary: "Leads no device over it any more: who has it before him needs a cable",
		roles: forPublishers,
		input: z.strictObject({ code, ordinal: z.coerce.number().int() }),
		output: done,
		run: ({ service }, input) => service.steppingStones.remove(input.code, input.ordinal),
	}),
};
