/** Who asks something of the service: a program with a token, or a person who has logged in. */

import type { TokenRole } from "../storage/schema.js";

export interface Caller {
	readonly kind: "api" | "user";
	/** Of the API token, or of the user. */
	readonly name: string;
	readonly role: TokenRole;
	/** The user that it is, or whose an `owner`'s token is. */
	readonly user: string | null;
}

/** Who hasn't said who he is, and asks what everybody may. */
export const nobody: Caller = Object.freeze({
	...{ kind: "user", name: "(unknown)", role: "owner", user: null },
} as const);

/** Who acts, in the log and in the audit log. */
export function actorOf({ kind, name }: Pick<Caller, "kind" | "name">): string {
	return kind + ":" + name;
}
