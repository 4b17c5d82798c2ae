/** All that can be asked of the API. */

import type { Operation } from "./operation.js";
import { batchOperations } from "./operations/batches.js";
import { bundleOperations } from "./operations/bundles.js";
import { deviceOperations } from "./operations/devices.js";
import { factoryImageOperations } from "./operations/factory-images.js";
import { productOperations } from "./operations/products.js";
import { rollOutOperations } from "./operations/roll-outs.js";
import { serviceOperations } from "./operations/service.js";
import { sessionOperations } from "./operations/sessions.js";
import { tokenOperations } from "./operations/tokens.js";
import { userOperations } from "./operations/users.js";

/** By the names that group them in the OpenAPI document, its tags. */
export const operationsBySubject = {
	devices: deviceOperations,
	products: productOperations,
	bundles: bundleOperations,
	factoryImages: factoryImageOperations,
	rollOuts: rollOutOperations,
	tokens: tokenOperations,
	batches: batchOperations,
	users: userOperations,
	sessions: sessionOperations,
	service: serviceOperations,
};

export const operations: readonly Operation[] = Object.values(operationsBySubject).flatMap(
	(group): readonly Operation[] => Object.values(group),
);
