/** All that is done to a service by those who run it. */

import type { Core } from "../core.js";
import type { Administration, Service } from "../service.js";
import { createUsers } from "./users.js";
import { createProducts } from "./products.js";
import { createTokens } from "./tokens.js";
import { createBatches } from "./batches.js";
import { createDevices } from "./devices.js";
import { createBundles } from "./bundles.js";
import { createFactoryImages } from "./factory-images.js";
import { createSteppingStones } from "./stepping-stones.js";
import { createRollOuts } from "./roll-outs.js";
import { createApiTokens } from "./api-tokens.js";
import { createCertificates } from "./certificates.js";
import { createRevocations } from "./revocations.js";

/** `addressOf` says where devices reach the service: what tokens carry. */
export function administrationOf(
	core: Core,
	addressOf: () => string,
): Pick<Service, Exclude<keyof Administration, "auditPages" | "close">> {
	return {
		users: createUsers(core),
		products: createProducts(core),
		tokens: createTokens(core, addressOf),
		batches: createBatches(core, addressOf),
		devices: createDevices(core),
		...{ bundles: createBundles(core), factoryImages: createFactoryImages(core) },
		steppingStones: createSteppingStones(core),
		...{ rollOuts: createRollOuts(core), apiTokens: createApiTokens(core) },
		...{ certificates: createCertificates(core), revocations: createRevocations(core) },
	};
}
