/** Who may ask for what. An owner sees and claims his own devices, and nothing else. */

import type { TokenRole } from "../../storage/schema.js";

export const all: readonly TokenRole[] = ["admin", "publisher", "operator", "viewer"];
export const forOwnersToo: readonly TokenRole[] = [...all, "owner"];
/** Devices, their tokens and their owners. */
export const forOperators: readonly TokenRole[] = ["admin", "operator"];
/** Products and their firmware. */
export const forPublishers: readonly TokenRole[] = ["admin", "publisher"];
/** What a factory line asks for a batch's boards: who has its token can make no more than those. */
export const forStations: readonly TokenRole[] = [...forOperators, "station"];
export const forAdmins: readonly TokenRole[] = ["admin"];
