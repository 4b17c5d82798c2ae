/** Who may ask for what. An owner sees and claims his own devices, and nothing else. */

import type { Role } from "../../storage/schema.js";

export const all: readonly Role[] = ["admin", "publisher", "operator", "viewer"];
export const forOwnersToo: readonly Role[] = [...all, "owner"];
/** Devices, their tokens and their owners. */
export const forOperators: readonly Role[] = ["admin", "operator"];
/** Products and their firmware. */
export const forPublishers: readonly Role[] = ["admin", "publisher"];
export const forAdmins: readonly Role[] = ["admin"];
