/** Invitations: links with which users set a password, also in place of a forgotten one. */

import { OperatorError } from "../operator-error.js";
import { digestOfText, newSecretText } from "../people/secret-text.js";
import { appendAudit } from "../storage/audit.js";
import { replaceInvite } from "../storage/invites.js";
import type { Database } from "../storage/schema.js";
import { readSetting } from "../storage/settings.js";
import { actor } from "./change.js";

export interface Invite {
	readonly name: string;
	/** What opens it. Behind `#` it is in no log of any server. */
	readonly token: string;
	/** The page with it. */
	readonly link: string;
	readonly expiresAt: number;
}

const lifeDefault = 86_400;
const lifeMaximum = 30 * 86_400;
/** Where a service on this machine has its page, unless somebody says otherwise. */
const pageDefault = "http://127.0.0.1:8444";

/** Where the page has people set their password. */
const invitePath = "/invite";

/** Makes one for a user who is there; those made before are void. */
export async function invite(
	database: Database,
	name: string,
	time: number,
	lifeSeconds = lifeDefault,
): Promise<Invite> {
	if (lifeSeconds < 1 || lifeSeconds > lifeMaximum) {
		throw new OperatorError("limit", "An invitation is good for 1 second to 30 days.");
	}
	const token = newSecretText();
	const expiresAt = time + lifeSeconds;
	const digest = digestOfText(token);
	await replaceInvite(database, { digest, user: name, addedAt: time, expiresAt });
	const entry = { actor: actor(), action: "user.invite", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { expiresAt } });
	const page = (await readSetting(database, "page")) ?? pageDefault;
	return { name, token, link: page + invitePath + "#" + token, expiresAt };
}
