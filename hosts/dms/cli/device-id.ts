/** Which device somebody means: nobody types 40 digits. */

import { OperatorError } from "../operator-error.js";
import type { Administration } from "../service.js";

/** Fewer are a slip of the keyboard. */
const beginning = /^[0-9a-f]{4,39}$/;

/** The UUID of the one device that begins so, or what was typed. */
export async function deviceIn(
	{ devices }: Pick<Administration, "devices">,
	typed: string,
): Promise<string> {
	const prefix = typed.toLowerCase();
	if (!beginning.test(prefix)) return typed;
	const found: string[] = [];
	for await (const page of devices.pages({ prefix }, { limit: 2 })) {
		found.push(...page.map(({ uuid }) => uuid));
	}
	const [uuid = typed, other] = found;
	if (other === undefined) return uuid;
	const message = `More than one device begins with ${typed}, such as ${uuid} and ${other}.`;
	throw new OperatorError("usage", message + " Type more of it.");
}
