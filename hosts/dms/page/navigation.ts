/** What the head of each page leads to. */

import { batchOperations } from "../api/operations/batches.js";
import { deviceOperations } from "../api/operations/devices.js";
import { productOperations } from "../api/operations/products.js";
import { serviceOperations } from "../api/operations/service.js";
import { tokenOperations } from "../api/operations/tokens.js";
import { userOperations } from "../api/operations/users.js";
import type { TokenRole } from "../storage/schema.js";

export interface Section {
	readonly path: string;
	/** The title of the page that is there, too. */
	readonly title: string;
	/** Who may see it: those who may ask for what it shows. */
	readonly roles: readonly TokenRole[];
}

const { list: tokens, addClaim } = tokenOperations;
/** An owner sees none, and makes some. */
const tokenRoles = [...new Set([...tokens.roles, ...addClaim.roles])];

export const sections: readonly Section[] = [
	{ path: "/devices", title: "Devices", roles: deviceOperations.list.roles },
	{ path: "/devices/add", title: "Add a device", roles: tokenOperations.addClaim.roles },
	{ path: "/products", title: "Products", roles: productOperations.list.roles },
	{ path: "/batches", title: "Batches", roles: batchOperations.list.roles },
	{ path: "/tokens", title: "Tokens", roles: tokenRoles },
	{ path: "/users", title: "Users", roles: userOperations.list.roles },
	{ path: "/api-tokens", title: "API tokens", roles: serviceOperations.listApiTokens.roles },
	{ path: "/audit", title: "Audit log", roles: serviceOperations.audit.roles },
];
