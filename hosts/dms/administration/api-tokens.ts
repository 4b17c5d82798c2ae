/** API tokens: with which programs, and people through them, use the service from elsewhere. */

import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { digestOfText, newSecretText } from "../people/secret-text.js";
import {
	deleteApiToken,
	findApiToken,
	insertApiToken,
	listApiTokens,
} from "../storage/api-tokens.js";
import { appendAudit } from "../storage/audit.js";
import type { ApiTokenRow, Database, TokenRole } from "../storage/schema.js";
import { actor, change, requireUser } from "./change.js";

export interface NewApiToken {
	/** What it is called: 1 to 64 of the letters a-z, digits, dot, hyphen and underscore. */
	readonly name: string;
	readonly role: TokenRole;
	/** The user whose devices an `owner` sees; nobody else has one. */
	readonly user?: string | undefined;
	/** Default: 90 days. */
	readonly lifeSeconds?: number | undefined;
}

export interface ApiToken extends Omit<ApiTokenRow, "digest"> {
	/** Seconds since 1970. */
	readonly addedAt: number;
	/** Seconds since 1970. */
	readonly expiresAt: number;
}

export interface ApiTokens {
	/** Its text can't be had again. */
	add(token: NewApiToken): Promise<ApiToken & { readonly token: string }>;
	list(): Promise<ApiToken[]>;
	revoke(name: string): Promise<void>;
	/** Whose text this is; `undefined` for nobody's, and when its time is over. */
	find(text: string): Promise<ApiToken | undefined>;
}

const namePattern = /^(?!\.+$)[a-z0-9._-]{1,64}$/;
const secondsPerDay = 86_400;
const lifeDays = 90;
const lifeDaysMaximum = 3_650;
/** So that a scanner for lost secrets can know one. */
const prefix = "opendms_";

export function createApiTokens(core: Core): ApiTokens {
	return {
		add: (token) => change(core, (database, time) => add(database, token, time)),
		list: async () => (await listApiTokens(core.database)).map(apiTokenOf),
		revoke: (name) => change(core, (database, time) => revoke(database, name, time)),
		async find(text) {
			const row = await findApiToken(core.database, { digest: digestOfText(text) });
			return row !== undefined && row.expiresAt > timeOf(core) ? apiTokenOf(row) : undefined;
		},
	};
}

async function add(
	database: Database,
	{ name, role, user, lifeSeconds = lifeDays * secondsPerDay }: NewApiToken,
	time: number,
): Promise<ApiToken & { readonly token: string }> {
	if (!namePattern.test(name)) {
		throw new OperatorError(
			"name",
			"A token's name has 1 to 64 of these letters: a-z 0-9 . _ - (not dots alone)",
		);
	}
	if (lifeSeconds < 1 || lifeSeconds > lifeDaysMaximum * secondsPerDay) {
		throw new OperatorError("limit", `A token is good for 1 second to ${lifeDaysMaximum} days.`);
	}
	if ((role === "owner") !== (user !== undefined)) {
		const message =
			"An owner's token says whose it is, and no other does: --role owner --user <name>";
		throw new OperatorError("usage", message);
	}
	if (user !== undefined) await requireUser(database, user);
	if ((await findApiToken(database, { name })) !== undefined) {
		const message = `There is an API token ${name}. Choose another name, or revoke it first.`;
		throw new OperatorError("api-token-exists", message);
	}
	const token = prefix + newSecretText();
	const times = { addedAt: time, expiresAt: time + lifeSeconds };
	const row = {
		name,
		digest: digestOfText(token),
		role,
		user: user ?? null,
		addedBy: actor(),
		...times,
	};
	await insertApiToken(database, row);
	const details = { role, user: user ?? null, expiresAt: row.expiresAt };
	const subject = "api-token:" + name;
	await appendAudit(database, time, { actor: actor(), action: "api-token.add", subject, details });
	return { ...apiTokenOf(row), token };
}

async function revoke(database: Database, name: string, time: number): Promise<void> {
	if ((await findApiToken(database, { name })) === undefined) {
		const message = `There is no API token ${name}. See which there are: opendms api-token list`;
		throw new OperatorError("api-token-unknown", message);
	}
	await deleteApiToken(database, name);
	const subject = "api-token:" + name;
	await appendAudit(database, time, { actor: actor(), action: "api-token.revoke", subject });
}

function apiTokenOf({ digest: _, ...token }: ApiTokenRow): ApiToken {
	return token;
}
