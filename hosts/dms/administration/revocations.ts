/** What tells other services which devices' certificates are revoked. */

import { currentRevocationList } from "../authority/revocations.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { revokedBy } from "../storage/revocations.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { actor, change } from "./change.js";

export interface RevocationList {
	/** Counts up with each list. */
	readonly number: number;
	/** How many certificates it names. */
	readonly revoked: number;
	/** Seconds since 1970. */
	readonly signedAt: number;
	/** Seconds since 1970: others ask for a newer one by then. */
	readonly expiresAt: number;
	/** What certificates say of where it is. */
	readonly url: string | null;
	readonly pem: string;
}

export interface Revocations {
	show(): Promise<RevocationList>;
	/** Certificates that are issued from now on carry this URL, or none. */
	setUrl(url: string | undefined): Promise<void>;
}

/** A device takes certificates of 1,500 bytes, of which the rest needs about 600. */
const urlLengthMaximum = 200;

export function createRevocations(core: Core): Revocations {
	return {
		show: () => show(core),
		setUrl: (url) => change(core, (database, time) => setUrl(database, url, time)),
	};
}

async function show(core: Core): Promise<RevocationList> {
	const { authority, number, list, signedAt, expiresAt } = await currentRevocationList(core);
	const revoked = (await revokedBy(core.database, authority)).length;
	const url = (await readSetting(core.database, "revocationList")) || null;
	return { number, revoked, signedAt, expiresAt, url, pem: pemOf(list) };
}

async function setUrl(database: Database, url: string | undefined, time: number): Promise<void> {
	if (url !== undefined) requireUrl(url);
	const value = url ?? "";
	if (value === ((await readSetting(database, "revocationList")) ?? "")) return;
	await writeSetting(database, "revocationList", value);
	await appendAudit(database, time, {
		actor: actor(),
		action: "revocations.url",
		subject: "service",
		details: { url: value },
	});
}

/** Who looks whether a certificate is good mustn't need one for that: RFC 5280 section 8. */
function requireUrl(text: string): void {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const isPlain = url?.protocol === "http:" && url.username === "" && url.password === "";
	if (isPlain && url.href === text && text.length <= urlLengthMaximum) return;
	const message = text + " is no plain address. Write one such as http://dms.example.com/crl.der";
	throw new OperatorError("address", message);
}

function pemOf(der: Uint8Array): string {
	const lines =
		Buffer.from(der)
			.toString("base64")
			.match(/.{1,64}/g) ?? [];
	return ["-----BEGIN X509 CRL-----", ...lines, "-----END X509 CRL-----", ""].join("\n");
}
